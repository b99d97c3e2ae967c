import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { externalProgram, setExternalTimeout } from '../../../src/backends/external.js'
import { externalKeyText, verifyExternal } from '../../../src/backends/external-key.js'
import { backendOfKey } from '../../../src/backends/registry.js'
import { DEFAULT_EXTENSION_LIMITS } from '../../../src/model/extension.js'
import { parseKey } from '../../../src/model/key.js'
import { EXAMPLES, writeProgram, writeScript } from '../../support/external-programs.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const bin = scratch.path('bin')
const file = scratch.path('with  blanks.tar.gz')
const oldPath = process.env.PATH

beforeAll(() => {
  process.env.PATH = `${bin}:${EXAMPLES}:${oldPath}`
  writeFileSync(file, 'some content')
})
afterAll(() => {
  process.env.PATH = oldPath
  setExternalTimeout(3600)
})

const HASH = createHash('sha512').update('some content').digest('hex').slice(0, 64)
const limits = DEFAULT_EXTENSION_LIMITS
const generate = (backend: string) =>
  externalKeyText(backendOfKey(backend)!, { file, fileName: file, limits })

describe('the program in docs/examples', () => {
  test('makes keys, with the extension for its E variant', () => {
    expect(generate('XSHA512T')).toBe(`XSHA512T-s12--${HASH}`)
    expect(generate('XSHA512TE')).toBe(`XSHA512TE-s12--${HASH}.tar.gz`)
  })

  test('verifies content, whatever the extension', () => {
    const verify = (text: string) => verifyExternal(parseKey(text)!, file)
    expect(verify(`XSHA512T-s12--${HASH}`)).toBe(true)
    expect(verify(`XSHA512TE-s12--${HASH}.jpg`)).toBe(true)
    expect(verify(`XSHA512TE-s12--${'0'.repeat(64)}.jpg`)).toBe(false)
  })

  test('reports its progress', () => {
    const seen: number[] = []
    externalProgram('XSHA512T').generate(file, (done) => seen.push(done))
    expect(seen).toEqual([12])
  })

  test('says what its keys are worth', () => {
    expect(backendOfKey('XSHA512TE')).toMatchObject({
      isGenerating: true,
      isVerifiable: true,
      isStable: true,
      isSecure: true,
    })
  })

  test('says so when it cannot read a file', () => {
    expect(() => externalProgram('XSHA512T').generate(scratch.path('missing'))).toThrow(
      expect.objectContaining({
        code: 'BACKEND_CANNOT_GENERATE',
        message: expect.stringContaining('failed to generate a key: Cannot read'),
      }),
    )
  })
})

test('externalProgram() starts one process for all questions', () => {
  const log = scratch.path('starts')
  writeProgram(bin, 'XMANY', `echo "$$" >>${log}; echo "GENKEY-SUCCESS XMANY-s1--$$"`)
  for (const backend of ['XMANY', 'XMANYE', 'XMANY']) generate(backend)
  const pids = readFileSync(log, 'utf8').split('\n').slice(0, -1)
  expect(pids).toHaveLength(3)
  expect(new Set(pids).size).toBe(1)
})

test.each([
  ['ends', 'XENDS', 'exit 1', 'git-annex-backend-XENDS ended before it answered'],
  ['prints nonsense', 'XODD', 'echo HELLO', 'answered "HELLO" where GENKEY-SUCCESS'],
  ['names another backend', 'XOTHER', 'echo GENKEY-SUCCESS SHA1--00', 'key of backend XOTHER'],
  ['names no key', 'XNOKEY', 'echo GENKEY-SUCCESS key', 'key of backend XNOKEY'],
  ['puts a path into a key', 'XPATH', 'echo GENKEY-SUCCESS XPATH--../x', 'key of backend XPATH'],
  ['reports an error', 'XERR', 'echo ERROR out of luck', 'said: out of luck'],
  ['counts wrongly', 'XCOUNT', 'echo PROGRESS many', 'PROGRESS with a number'],
])(
  'a program that %s is an error, and started anew for the next file',
  (_, name, work, message) => {
    const counter = scratch.path(`${name}-starts`)
    writeFileSync(counter, '')
    writeScript(
      bin,
      name,
      `case $line in
      GETVERSION) echo start >>${counter}; echo 'VERSION 1' ;;
      CANVERIFY|ISSTABLE|ISCRYPTOGRAPHICALLYSECURE) echo "$line-NO" ;;
      *) ${work} ;;
    esac`,
    )
    for (let run = 0; run < 2; run++)
      expect(() => generate(name)).toThrow(
        expect.objectContaining({
          code: 'BACKEND_FAILED',
          message: expect.stringContaining(message),
        }),
      )
    expect(readFileSync(counter, 'utf8')).toBe('start\nstart\n')
  },
)

test('a program that hangs is given up after the time allowed', () => {
  writeProgram(bin, 'XHANG', 'exec sleep 60')
  expect(backendOfKey('XHANG')!.isVerifiable).toBe(true)
  setExternalTimeout(0.3)
  expect(() => generate('XHANG')).toThrow(/did not answer within 0.3 seconds/)
  setExternalTimeout(3600)
})

test('progress begins the time anew', () => {
  writeProgram(
    bin,
    'XSLOW',
    'for i in 1 2 3 4; do sleep 0.2; echo "PROGRESS $i"; done; echo GENKEY-SUCCESS XSLOW-s1--a',
  )
  expect(backendOfKey('XSLOW')!.isSecure).toBe(true)
  setExternalTimeout(0.6)
  expect(generate('XSLOW')).toBe('XSLOW-s1--a')
  setExternalTimeout(3600)
})

test('a program that does not know the protocol is not started again and again', () => {
  const counter = scratch.path('old-starts')
  writeScript(bin, 'XOLD', `echo start >>${counter}; echo VERSION 2`)
  for (let run = 0; run < 3; run++)
    expect(() => generate('XOLD')).toThrow(/answered "VERSION 2" where VERSION 1 was expected/)
  expect(readFileSync(counter, 'utf8')).toBe('start\n')
})

describe('without its program a backend', () => {
  test('is known, and neither makes nor verifies keys', () => {
    expect(backendOfKey('XMISSINGE')).toMatchObject({
      kind: 'external',
      isGenerating: false,
      isVerifiable: false,
      isStable: false,
      isSecure: false,
    })
    expect(() => generate('XMISSING')).toThrow(
      expect.objectContaining({
        code: 'BACKEND_CANNOT_GENERATE',
        hint: 'Install git-annex-backend-XMISSING: it is not in PATH',
      }),
    )
  })

  test('names no program outside of PATH', () => {
    appendFileSync(scratch.path('git-annex-backend-X'), '')
    expect(backendOfKey('X/../../etc/passwd')!.isGenerating).toBe(false)
  })
})
