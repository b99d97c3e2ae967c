import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, expectNotPresent, expectPointer } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'
import { findFaults } from '../support/soundness.js'

/** What others have written: pointers, keys, links, logs, and our own notes after a crash. */
const scratch = useScratch()
let count = 0

/** An annex in a directory of its own, so that whatever is written beside it shows. */
function annex(): ScratchRepo {
  mkdirSync(scratch.path(`d${count}`))
  const repo = scratch.repo(`d${count++}/r`)
  repo.annex('init', '-q')
  repo.git('config', 'annex.largefiles', 'anything')
  return repo
}

/** Nothing was written outside of the repository. */
function expectAlone(repo: ScratchRepo): void {
  expect(readdirSync(repo.path('..'))).toEqual(['r'])
}

/** Commits what is in the work tree as it is, as somebody without any filter would. */
function commitRaw(repo: ScratchRepo): void {
  const off = ['process', 'clean', 'smudge'].flatMap((name) => ['-c', `filter.annex.${name}=`])
  repo.git(...off, '-c', 'filter.annex.required=false', 'add', '.')
  repo.git('commit', '-qm', 'raw')
}

const HASH = '5'.repeat(64)
const MISSING = `SHA256E-s5--${HASH}.txt`

describe('a pointer to a missing object', () => {
  test('stays a pointer, and get says that nobody has the content', () => {
    const repo = annex()
    repo.write('f', `/annex/objects/${MISSING}\n`)
    repo.git('add', 'f')
    repo.git('commit', '-qm', 'f')
    repo.git('checkout', '--', '.')
    expect(expectPointer(repo, 'f')).toBe(MISSING)
    expectContent(repo, 'f', `/annex/objects/${MISSING}\n`)
    const { status, stdout, stderr } = repo.tryAnnex('get', 'f')
    expect([status, stderr]).toEqual([1, 'get: 1 failed\n'])
    expect(stdout).toBe(
      'get f (not available) \n  No other repository is known to contain the file.\nfailed\n',
    )
    expectNotPresent(repo, MISSING)
    expectClean(repo)
  })

  test('is nothing to drop, lock, unlock or copy, and whereis says so', () => {
    const repo = annex()
    repo.write('f', `/annex/objects/${MISSING}\n`)
    repo.git('add', 'f')
    for (const command of ['drop', 'unlock']) expect(repo.annex(command, 'f').stdout).toBe('')
    expect(repo.tryAnnex('whereis', 'f').stdout).toBe('whereis f (0 copies) failed\n')
    repo.annex('lock', 'f')
    repo.annex('unlock', 'f')
    expectContent(repo, 'f', `/annex/objects/${MISSING}\n`)
    expectAlone(repo)
  })
})

describe('what is no key', () => {
  const broken: readonly string[] = [
    '../../../x',
    '..',
    '',
    `SHA256E-s1--a\nb`,
    'SHA256E-s5',
    'SHA256E-s-5--aa',
    `SHA256E-s1--${HASH}\0/annex/`,
  ]

  test.each(broken)('%j in a pointer file leaves it an ordinary file', (key) => {
    const repo = annex()
    const content = `/annex/objects/${key}\n`
    repo.write('f', content)
    commitRaw(repo)
    repo.run(['rm', 'f'])
    repo.git('checkout', '--', 'f')
    expectContent(repo, 'f', content)
    expectClean(repo)
    expect(repo.tryAnnex('lookupkey', 'f').status).toBe(1)
    appendFileSync(repo.path('f'), 'more\n')
    repo.git('add', 'f')
    expect(repo.git('cat-file', 'blob', ':f').stdout).toBe(`${content}more\n`)
    for (const command of ['get', 'drop', 'find', 'whereis']) repo.annex(command, '.')
    expectAlone(repo)
  })

  test.each([
    [['get', '--key=../../x'], 'option --key: invalid key'],
    [['whereis', '--key=SHA256E-s1--a\nb'], 'option --key: invalid key'],
    [['drop', '--force', '--key='], 'option --key: invalid key'],
    [['dropkey', '--force', '../../x'], 'bad key'],
    [['setkey', '../../x', 'f'], 'bad key'],
    [['fromkey', '../../x', 'f'], 'bad key'],
    [['contentlocation', '../../x'], 'bad key'],
    [['examinekey', '../x'], 'bad key'],
    [['registerurl', '../x', 'http://localhost/'], 'bad key'],
  ])('%j is refused', (args, message) => {
    const repo = annex()
    const { status, stdout, stderr } = repo.tryAnnex(...args)
    expect(status).toBe(1)
    expect(stdout + stderr).toContain(message)
    expectAlone(repo)
  })

  test('is refused line by line with --batch-keys', () => {
    const { status, stderr } = annex().tryRun(['git', 'annex', 'whereis', '--batch-keys'], {
      input: '../x\n',
    })
    expect([status, stderr]).toEqual([1, 'git-annex: Batch input parse failure: not a valid key\n'])
  })
})

describe('a key with slashes and dots in its name', () => {
  const key = 'WORM-s6-m1--../../../../x'
  const escaped = 'WORM-s6-m1--..%..%..%..%x'

  test('names a place among the objects, in every command', () => {
    const repo = annex()
    repo.write('content', 'hello\n')
    repo.annex('setkey', key, 'content')
    repo.write('f', `/annex/objects/${escaped}\n`)
    symlinkSync(`../../.git/annex/objects/aa/bb/${escaped}/${escaped}`, repo.path('link'))
    commitRaw(repo)
    repo.git('checkout', '--', '.')
    repo.annex('fix')
    repo.git('annex', 'smudge', '--update')
    expect(repo.annex('lookupkey', 'f').stdout).toBe(`${key}\n`)
    expect(repo.annex('find').stdout).toBe('f\nlink\n')
    expect(repo.annex('contentlocation', key).stdout).toMatch(
      /^\.git\/annex\/objects\/..\/..\/WORM-s6-m1--\.\.%\.\.%\.\.%\.\.%x\/WORM/,
    )
    expectContent(repo, 'link', 'hello\n')
    repo.annex('drop', '--force', '--key', key)
    expectAlone(repo)
    expect(repo.tryAnnex('get').status).toBe(1)
    expectAlone(repo)
  })
})

/** A branch as a hostile or broken program may have pushed it. */
const HOSTILE: Readonly<Record<string, string>> = {
  'aaa/bbb/a\\nb.log': '1s 1 u\n',
  'aaa/bbb/WORM-s1--..%..%x.log': '1s 1 ../../x\n',
  'uuid.log': 'noise\n \nu2 name timestamp=zzz\n',
  'trust.log': 'x\n',
  'numcopies.log': 'abc 3x\n',
  'remote.log': 'x y=z\nu name=../../x type=directory directory=/etc timestamp=1s\n',
  'group.log': '==\n',
  'preferred-content.log': 'u ((((\n',
  'random/file': '\x01',
}

describe('a git-annex branch of nonsense', () => {
  test('is merged, and everything still works', () => {
    const repo = annex()
    repo.write('f', someBytes(5000))
    repo.git('add', 'f')
    repo.git('commit', '-qm', 'f')
    const key = expectPointer(repo, 'f')
    const logs = {
      ...HOSTILE,
      [`abc/def/${key}.log`]: `junk\n1s 1 \n1s X foo\n${'9'.repeat(30)}s 1 evil\n`,
    }
    const changes = Object.entries(logs).map(
      ([path, text]) => `M 100644 inline "${path}"\ndata ${text.length}\n${text}\n`,
    )
    const stream = `commit refs/remotes/x/git-annex\ncommitter a <a@b> 1 +0000\ndata 1\nx\n${changes.join('')}`
    repo.run(['git', 'fast-import', '--quiet'], { input: stream })
    for (const args of [['whereis'], ['find'], ['info', '--fast'], ['get'], ['list'], ['fsck']])
      expect([args, repo.tryAnnex(...args).status]).toEqual([args, 0])
    expect(repo.tryAnnex('drop', 'f').status).toBe(1)
    expectContent(repo, 'f', someBytes(5000))
    expectAlone(repo)
    expect(findFaults(repo)).toEqual([])
  })
})

describe('files of ours that a crash of the system has damaged', () => {
  test('cost time only', () => {
    const repo = annex()
    repo.write('f', someBytes(5000))
    repo.git('add', 'f')
    repo.git('commit', '-qm', 'f')
    const key = expectPointer(repo, 'f')
    repo.annex('info', '--fast')
    const dir = repo.path('.git/annex/annexe')
    const foreign = `${dir}/unfinished/01234567-1-00000001-1`
    mkdirSync(`${dir}/unfinished`, { recursive: true })
    writeFileSync(foreign, `+../../../etc\0-\0fgarbage\0-WORM-s5--../../x\0-${key}\0${HASH}`)
    utimesSync(foreign, 1e9, 1e9)
    for (const [name, length] of [
      ['000001795280356-4e77225a-1-3124a270.mp', 300],
      ['000001795280357-4e77225a-1-3124a271.mp', 0],
      ['nonsense', 9],
    ] as const)
      writeFileSync(`${dir}/journal/${name}`, randomBytes(length))
    writeFileSync(`${dir}/committing`, randomBytes(100))
    for (const name of readdirSync(`${dir}/cache`))
      writeFileSync(`${dir}/cache/${name}`, randomBytes(500))
    for (const name of ['restage.log', 'smudge.log'])
      writeFileSync(
        repo.path('.git/annex', name),
        `${randomBytes(100).toString('latin1')}\n1 2 3 4:../../../etc/passwd\n1 2 3 4:f\n${key} ../../x\n`,
      )
    repo.annex('info', '--fast')
    expect(repo.annex('find').stdout).toBe('f\n')
    expect(repo.annex('whereis', 'f').stdout).toContain('(1 copy)')
    expectContent(repo, 'f', someBytes(5000))
    expectClean(repo)
    repo.annex('get', 'f')
    expectAlone(repo)
    expect(findFaults(repo)).toEqual([])
  })

  test.each([
    ['of random bytes', randomBytes(500)],
    ['that is empty', Buffer.alloc(0)],
  ])("and an index %s is git's to judge", (_, index) => {
    const repo = annex()
    repo.write('f', someBytes(5000))
    repo.git('add', 'f')
    writeFileSync(repo.path('.git/index'), index)
    const { status, stderr } = repo.tryRun(['git-annex', 'find'])
    expect(status).toBe(1)
    expect(stderr).toMatch(/git-annex: git ls-files .* failed .*index file/s)
  })
})

describe('a setting that means nothing', () => {
  test.each([
    ['annex.version', '99', ['find'], 'is at unsupported version 99. Upgrade git-annex.'],
    ['annex.diskreserve', 'lots', ['get'], 'Bad size "lots" for "annex.diskreserve"'],
    ['annex.numcopies', 'many', ['drop', 'f'], 'Bad number "many" for "annex.numcopies"'],
    ['annex.backend', 'NOPE', ['add', 'n'], 'unknown backend NOPE'],
    ['annex.largefiles', 'larger', ['add', 'n'], 'near "larger"'],
  ])('%s=%s stops the command that needs it', (name, value, args, message) => {
    const repo = annex()
    repo.write('f', someBytes(5000))
    repo.git('add', 'f')
    repo.write('n', 'new\n')
    repo.git('config', name, value)
    const { status, stderr } = repo.tryAnnex(...args)
    expect(status).toBe(1)
    expect(stderr).toContain(message)
    expectContent(repo, 'f', someBytes(5000))
  })
})
