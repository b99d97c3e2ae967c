/** External backends through both programs, and ones that misbehave under `git add`. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectPointer, expectPresent } from '../support/expect.js'
import { EXAMPLES, writeProgram } from '../support/external-programs.js'
import { OUR_BIN, REAL_BIN, type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const bin = scratch.path('bin')

/** PATH with the programs of external backends behind one of the two git-annexes. */
const withPrograms = (program: 'ours' | 'real') => ({
  program,
  env: {
    PATH: `${program === 'ours' ? OUR_BIN : REAL_BIN}:${bin}:${EXAMPLES}:${process.env.PATH}`,
  },
})
const ours = (repo: ScratchRepo, ...args: string[]) =>
  repo.tryRun(['git', ...args], withPrograms('ours'))
const real = (repo: ScratchRepo, ...args: string[]) =>
  repo.tryRun(['git', ...args], withPrograms('real'))

let count = 0
function annex(): ScratchRepo {
  const repo = scratch.repo(`r${count++}`)
  repo.annex('init')
  repo.git('config', 'annex.largefiles', 'anything')
  return repo
}

describe('both programs', () => {
  test('make the same keys with the program in docs/examples', () => {
    const repo = annex()
    const names = ['a', 'b.tar.gz', 'with blanks.jpg', 'ü.mp3', '.x.longextension', '$HOME.c']
    for (const [i, name] of names.entries()) {
      repo.write(name, someBytes(1000 * i + 1, i))
      for (const backend of ['XSHA512T', 'XSHA512TE']) {
        const args = ['annex', 'calckey', `--backend=${backend}`, name]
        const key = real(repo, ...args).stdout
        expect(key).toMatch(/^XSHA512TE?-s\d+--[0-9a-f]{64}/)
        expect(ours(repo, ...args).stdout).toBe(key)
      }
    }
  })

  test('accept what the other added, by annex add and by git add', () => {
    const repo = annex()
    repo.git('config', 'annex.backend', 'XSHA512TE')
    const add = (name: string, bytes: number) => repo.write(name, someBytes(bytes, bytes))
    add('small.txt', 300)
    add('large.bin', 5 << 20)
    expect(ours(repo, 'add', '.').status).toBe(0)
    add('annexed.txt', 400)
    add('annexed.bin', 3 << 20)
    expect(ours(repo, 'annex', 'add', '.').status).toBe(0)
    add('theirs.txt', 500)
    expect(real(repo, 'annex', 'add', '.').status).toBe(0)
    for (const name of ['small.txt', 'large.bin', 'annexed.txt', 'annexed.bin'])
      expect(expectPointer(repo, name)).toMatch(/^XSHA512TE-s\d+--[0-9a-f]{64}\.(txt|bin)$/)
    expect(ours(repo, 'commit', '-qm', 'files').status).toBe(0)
    expectClean(repo)
    expect(real(repo, 'annex', 'fsck').status).toBe(0)
    const clone = scratch.clone(repo, `clone${count++}`)
    expect(ours(clone, 'annex', 'get', '.').status).toBe(0)
    expectClean(clone)
    expect(real(clone, 'annex', 'fsck').status).toBe(0)
  })
})

test('git add keeps the external backend of a file that changes', () => {
  const repo = annex()
  repo.write('f', 'first')
  expect(ours(repo, 'annex', 'add', '--backend=XSHA512T', 'f').status).toBe(0)
  repo.write('f', 'second, longer')
  expect(ours(repo, 'add', 'f').status).toBe(0)
  expect(expectPointer(repo, 'f')).toMatch(/^XSHA512T-s14--/)
})

test('git annex get refuses content that the program does not recognise', () => {
  const repo = annex()
  repo.write('f', 'right')
  expect(ours(repo, 'annex', 'add', '--backend=XSHA512T', 'f').status).toBe(0)
  repo.git('commit', '-qm', 'f')
  const key = expectPointer(repo, 'f')
  const object = repo.path(repo.annex('contentlocation', key).stdout.trim())
  repo.run(['chmod', 'u+w', object])
  writeFileSync(object, 'wrong')
  const clone = scratch.clone(repo, `clone${count++}`)
  const { status, stderr } = ours(clone, 'annex', 'get', 'f')
  expect(stderr).toContain('Verification of content failed')
  expect(status).toBe(1)
  writeFileSync(object, 'right')
  expect(ours(clone, 'annex', 'get', 'f').status).toBe(0)
})

test('git annex get takes content that nobody here can verify', () => {
  const repo = annex()
  repo.write('f', 'content')
  expect(ours(repo, 'annex', 'add', '--backend=XSHA512T', 'f').status).toBe(0)
  repo.git('commit', '-qm', 'f')
  const clone = scratch.clone(repo, `clone${count++}`)
  clone.annex('get', 'f')
  expectPresent(clone, expectPointer(repo, 'f'))
  clone.annex('drop', 'f')
})

describe.each([
  ['ends', 'XENDS', 'exit 1', 'ended before it answered'],
  ['prints nonsense', 'XODD', 'echo HELLO', 'answered "HELLO"'],
  [
    'says no',
    'XNO',
    'echo "GENKEY-FAILURE not this one"',
    'failed to generate a key: not this one',
  ],
  ['hangs', 'XHANG', 'exec sleep 30', 'did not answer within 1 seconds'],
])('a program that %s', (_, name, work, message) => {
  test.each(['add', 'annex add'])('fails git %s and leaves the file alone', (command) => {
    writeProgram(bin, name, work)
    const repo = annex()
    repo.git('config', 'annex.backend', name)
    repo.git('config', 'annex.externalbackend-timeout', '1s')
    repo.write('f', 'content')
    const { status, stderr } = ours(repo, ...command.split(' '), 'f')
    expect(status).not.toBe(0)
    expect(stderr).toContain(message)
    expect(repo.git('status', '--porcelain').stdout).toBe('?? f\n')
    expect(readFileSync(repo.path('f'), 'utf8')).toBe('content')
    expect(repo.run(['find', '.git/annex', '-path', '*annexe/tmp/*']).stdout).toBe('')
  })
})

test('git add starts one program for all files', () => {
  const log = scratch.path('pids')
  writeProgram(
    bin,
    'XLOG',
    `echo $$ >>${log}; set -- $(cksum <"\${line#GENKEY }"); echo "GENKEY-SUCCESS XLOG-s$2--$1"`,
  )
  const repo = annex()
  repo.git('config', 'annex.backend', 'XLOG')
  for (let i = 0; i < 20; i++) repo.write(`f${i}`, `content ${i}`)
  expect(ours(repo, 'add', '.').status).toBe(0)
  const pids = readFileSync(log, 'utf8').split('\n').slice(0, -1)
  expect(pids).toHaveLength(20)
  expect(new Set(pids).size).toBe(1)
  const keys = repo
    .git('ls-files')
    .stdout.split('\n')
    .slice(0, -1)
    .map((f) => expectPointer(repo, f))
  expect(new Set(keys).size).toBe(20)
})

test('annex.securehashesonly refuses keys of a program that does not claim to be secure', () => {
  const repo = annex()
  repo.git('config', 'annex.securehashesonly', 'true')
  rmSync(scratch.path('pids'), { force: true })
  writeProgram(bin, 'XWEAK', 'echo GENKEY-SUCCESS XWEAK-s1--a')
  const weak = `${bin}/git-annex-backend-XWEAK`
  writeFileSync(weak, readFileSync(weak, 'utf8').replace('$line-YES', '$line-NO'))
  repo.write('f', 'content')
  const refused = ours(repo, 'annex', 'add', '--backend=XWEAK', 'f')
  expect(refused.status).toBe(1)
  expect(refused.stderr).toContain('annex.securehashesonly forbids keys of backend XWEAK')
  expect(ours(repo, 'annex', 'add', '--backend=XSHA512T', 'f').status).toBe(0)
})
