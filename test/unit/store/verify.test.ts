import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { isAnnexError } from '../../../src/model/errors.js'
import { copyVerified, prepareVerification, verifyContent } from '../../../src/store/verify.js'
import { someBytes, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const CONTENT = someBytes(2_500_000, 3)
const KEY = `SHA256E-s${CONTENT.length}--${createHash('sha256').update(CONTENT).digest('hex')}.bin`
let count = 0

function writeNew(content: Uint8Array | string, mode = 0o644): string {
  const path = scratch.path(`content${count++}`)
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return isAnnexError(error) ? error.code : String(error)
  }
}

describe('copyVerified()', () => {
  test('copies content that is the key’s, as executable as it was and not writable', () => {
    for (const [mode, expected] of [
      [0o644, 0o444],
      [0o755, 0o555],
      [0o200, 0o400],
    ] as const) {
      const paths = { source: writeNew(CONTENT, mode), destination: scratch.path(`copy${count++}`) }
      const steps: number[] = []
      expect(copyVerified(KEY, paths, { onProgress: (done) => steps.push(done) })).toBe(true)
      expect(readFileSync(paths.destination).equals(CONTENT)).toBe(true)
      expect(lstatSync(paths.destination).mode & 0o777).toBe(expected)
      expect(steps.at(-1)).toBe(CONTENT.length)
      expect(steps).toEqual([...steps].sort((a, b) => a - b))
    }
  })

  test.each([
    ['another content', someBytes(CONTENT.length, 4)],
    ['one bit less', Buffer.concat([CONTENT.subarray(0, -1), Buffer.from([CONTENT.at(-1)! ^ 1])])],
    ['a shorter one', CONTENT.subarray(1)],
    ['a longer one', Buffer.concat([CONTENT, Buffer.from('x')])],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s and leaves no copy', (_, content) => {
    const paths = { source: writeNew(content), destination: scratch.path(`copy${count++}`) }
    expect(codeOf(() => copyVerified(KEY, paths))).toBe('CONTENT_MISMATCH')
    expect(existsSync(paths.destination)).toBe(false)
  })

  test('compares only the length when it is told so, or the backend cannot tell', () => {
    const other = someBytes(CONTENT.length, 4)
    const copy = (key: string, content: Buffer, checkHash?: boolean) =>
      copyVerified(
        key,
        { source: writeNew(content), destination: scratch.path(`copy${count++}`) },
        checkHash === undefined ? {} : { checkHash },
      )
    expect(copy(KEY, other, false)).toBe(false)
    expect(codeOf(() => copy(KEY, Buffer.from('short'), false))).toBe('CONTENT_MISMATCH')
    expect(copy(`WORM-s5-m1--name`, Buffer.from('12345'))).toBe(false)
    expect(codeOf(() => copy(`WORM-s5-m1--name`, Buffer.from('1234')))).toBe('CONTENT_MISMATCH')
    expect(copy('URL--http&c%%x', Buffer.from('anything'))).toBe(false)
  })

  test.each([[true], [false]])(
    'notices a file that is cut short meanwhile, hashed: %s',
    (checkHash) => {
      const paths = { source: writeNew(CONTENT), destination: scratch.path(`copy${count++}`) }
      const onProgress = () => truncateSync(paths.source, 1_500_000)
      expect(codeOf(() => copyVerified(KEY, paths, { onProgress, checkHash }))).toBe(
        'CONTENT_MISMATCH',
      )
      expect(existsSync(paths.destination)).toBe(false)
    },
  )

  test('never overwrites, and knows absent content from bad keys', () => {
    const source = writeNew(CONTENT)
    const destination = writeNew('mine')
    expect(codeOf(() => copyVerified(KEY, { source, destination }))).toMatch(/EEXIST/)
    const nowhere = { source: scratch.path('nowhere'), destination: scratch.path('x') }
    expect(codeOf(() => copyVerified(KEY, nowhere))).toBe('CONTENT_MISSING')
    expect(codeOf(() => copyVerified('no key', nowhere))).toBe('KEY_INVALID')
  })

  test.each(['SHA1', 'MD5', 'SHA512', 'SHA3_256', 'BLAKE2B256', 'BLAKE2S224', 'SKEIN256'])(
    'checks keys of backend %s',
    async (backend) => {
      const repo = scratch.repo(`real${count++}`)
      repo.realAnnex('init')
      const source = writeNew('some content\n')
      const key = repo.realAnnex('calckey', '--backend', backend, source).stdout.trim()
      await prepareVerification(key)
      const copy = () => copyVerified(key, { source, destination: scratch.path(`copy${count++}`) })
      expect(copy()).toBe(true)
      writeFileSync(source, 'Some content\n')
      expect(codeOf(copy)).toBe('CONTENT_MISMATCH')
    },
  )
})

describe('verifyContent()', () => {
  test('says whether the backend could tell, and throws when the content is wrong', () => {
    expect(verifyContent(KEY, writeNew(CONTENT))).toBe(true)
    expect(verifyContent('WORM-s5-m1--name', writeNew('12345'))).toBe(false)
    expect(codeOf(() => verifyContent(KEY, writeNew(someBytes(CONTENT.length, 5))))).toBe(
      'CONTENT_MISMATCH',
    )
    expect(codeOf(() => verifyContent(KEY, scratch.path('nowhere')))).toBe('CONTENT_MISSING')
  })

  test('shows another hasher the content in the same pass', () => {
    const seen = createHash('md5')
    const also = {
      update: (chunk: Uint8Array) => void seen.update(chunk),
      digestHex: () => seen.digest('hex'),
    }
    verifyContent(KEY, writeNew(CONTENT), { also })
    expect(also.digestHex()).toBe(createHash('md5').update(CONTENT).digest('hex'))
  })
})
