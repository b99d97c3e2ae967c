import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, lstatSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { afterEach, describe, expect, test } from '@jest/globals'
import { expectContent, expectPointer, listObjects } from '../support/expect.js'
import { OUR_BIN, type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'
import { findBadObjects, findFaults, findLeftovers } from '../support/soundness.js'
import { failing, whyNoTrace } from '../support/tracing.js'

/** Files that cannot be read, or that somebody writes to while they are added. */
const scratch = useScratch()
const BIG = 3_000_000
const NOBODY = 65_534
let count = 0

function annex(isLocked = false): ScratchRepo {
  const repo = scratch.repo(`r${count++}`)
  repo.annex('init', '-q')
  repo.git('config', 'annex.largefiles', 'anything')
  repo.git('config', 'annex.addunlocked', String(!isLocked))
  return repo
}

const isRoot = process.getuid?.() === 0
const asNobody = isRoot ? test : test.skip
const tracing = whyNoTrace === undefined ? test : test.skip
const untraced = whyNoTrace === undefined ? '' : ` (not tested: ${whyNoTrace})`

/** Adding again works once the fault is gone, and nothing of the first try is left. */
function expectAddedAgain(repo: ScratchRepo, path: string, content: Uint8Array): void {
  expect(listObjects(repo).size).toBe(0)
  repo.annex('add', path)
  repo.git('commit', '-qm', path)
  expectContent(repo, path, content)
  expect(findFaults(repo)).toEqual([])
}

describe(`a disk that fails to read${untraced}`, () => {
  tracing.each([
    ['small', 5000, false, 1],
    ['big', BIG, false, 1],
    ['big, half-way', BIG, false, 2],
    ['small, locked', 5000, true, 1],
    ['big, locked, half-way', BIG, true, 2],
  ])(
    'makes git annex add of a file (%s) say which, and store nothing',
    (_, size, isLocked, nth) => {
      const repo = annex(isLocked)
      repo.write('f', someBytes(size))
      const fault = failing(`read`, `EIO:when=${nth}+`, repo.path('f'))
      const { status, stderr } = repo.tryRun([...fault, `${OUR_BIN}/git-annex`, 'add', 'f'])
      expect(status).toBe(1)
      expect(stderr).toBe(
        'git-annex: Cannot read f: i/o error\n  The disk may be failing: see the log of the system\nadd: 1 failed\n',
      )
      expectAddedAgain(repo, 'f', someBytes(size))
    },
  )

  tracing.each([5000, BIG])(
    'makes git add of %i bytes fail, and the filter store nothing',
    (size) => {
      const repo = annex()
      repo.write('f', someBytes(size))
      const { status, stderr } = repo.tryRun([
        ...failing('read', 'EIO', repo.path('f')),
        'git',
        'add',
        'f',
      ])
      expect(status).toBe(128)
      expect(stderr).toContain("f: clean filter 'annex' failed")
      expect(findLeftovers(repo)).toEqual([])
      expectAddedAgain(repo, 'f', someBytes(size))
    },
  )

  tracing('makes git checkout fail, and another one work', () => {
    const repo = annex()
    repo.write('f', someBytes(BIG))
    repo.git('add', 'f')
    repo.git('commit', '-qm', 'f')
    const object = listObjects(repo).get(expectPointer(repo, 'f'))!
    const filter = [
      ...failing('read', 'EIO:when=2+', object),
      `${OUR_BIN}/git-annex`,
      'filter-process',
    ]
    const usual = repo.git('config', 'filter.annex.process').stdout.trim()
    repo.run(['rm', 'f'])
    repo.git('config', 'filter.annex.process', filter.map((word) => `'${word}'`).join(' '))
    const { status, stderr } = repo.tryGit('checkout', '--', 'f')
    expect(status).toBe(128)
    expect(stderr).toContain('git-annex: Cannot check out f: reading its content failed half-way\n')
    repo.git('config', 'filter.annex.process', usual)
    repo.git('checkout', '--', 'f')
    expectContent(repo, 'f', someBytes(BIG))
    expect(findFaults(repo)).toEqual([])
  })
})

describe(
  isRoot ? 'a file without permission' : 'a file without permission (not tested: not root)',
  () => {
    asNobody.each([false, true])('is not added (locked: %s), and the others are', (isLocked) => {
      const repo = annex(isLocked)
      repo.write('secret', 'secret\n')
      repo.write('other', 'other\n')
      repo.run(['chmod', '0', 'secret'])
      repo.run(['chown', '-R', String(NOBODY), repo.dir])
      repo.run(['chmod', 'a+rx', scratch.dir, scratch.home])
      const as = ['setpriv', `--reuid=${NOBODY}`, '--clear-groups']
      const { status, stdout, stderr } = repo.tryRun([...as, 'git', 'annex', 'add', '.'])
      expect(status).toBe(1)
      expect(stdout).toContain('add other ok\n')
      expect(stderr).toBe(
        'git-annex: Cannot read secret: permission denied\n  See who owns it, and its permissions\nadd: 1 failed\n',
      )
      expect(repo.tryRun([...as, 'git', 'add', 'secret']).stderr).toContain('Permission denied')
      repo.run(['chown', '-R', '0', repo.dir])
      expect(repo.git('ls-files').stdout).toBe('other\n')
      expect(findFaults(repo)).toEqual([])
    })
  },
)

describe('what is no regular file', () => {
  test('is passed over', () => {
    const repo = annex()
    repo.run(['mkfifo', 'fifo'])
    mkdirSync(repo.path('empty'))
    const { stdout } = repo.run(['git', 'annex', 'add', '.'], { timeoutMs: 10_000 })
    expect(stdout).toBe('')
  })
})

let writer: ChildProcess | undefined
afterEach(() => stopWriter())

/** Has a process append to a file, some 4 MB in a second, until it is stopped. */
function startWriter(repo: ScratchRepo, path: string): void {
  repo.write(path, someBytes(20_000_000))
  const script = `for (;;) {
    require('fs').appendFileSync('${path}', Buffer.alloc(4096, 7))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
  }`
  const before = repo.read(path).length
  writer = spawn(process.execPath, ['-e', script], { cwd: repo.dir, stdio: 'ignore' })
  while (lstatSync(repo.path(path)).size === before);
}

async function stopWriter(): Promise<void> {
  const ended = writer
  writer = undefined
  if (ended?.kill('SIGKILL')) await once(ended, 'exit')
}

describe('a file that grows while it is added', () => {
  test('gets the key of what git read, and git sees that it has changed since', async () => {
    const repo = annex()
    startWriter(repo, 'f')
    repo.git('add', 'f')
    const key = expectPointer(repo, 'f')
    expect(findBadObjects(repo)).toEqual([])
    expect(listObjects(repo).has(key)).toBe(true)
    await stopWriter()
    expect(repo.git('status', '--porcelain').stdout).toBe('AM f\n')
    repo.git('add', 'f')
    expect(expectPointer(repo, 'f')).toContain(`SHA256E-s${lstatSync(repo.path('f')).size}--`)
    repo.git('commit', '-qm', 'f')
    expect(findFaults(repo)).toEqual([])
  })

  test.each([false, true])('is refused by git annex add (locked: %s)', async (isLocked) => {
    const repo = annex(isLocked)
    startWriter(repo, 'f')
    const { status, stderr } = repo.tryAnnex('add', 'f')
    expect(status).toBe(1)
    expect(stderr).toBe(
      'git-annex: f changed while it was being added\n  Add it again when nothing writes to it any more\nadd: 1 failed\n',
    )
    await stopWriter()
    expect(lstatSync(repo.path('f')).mode & 0o200).toBe(0o200)
    expectAddedAgain(repo, 'f', repo.read('f'))
  })

  test('is refused as a locked one as long as somebody has it open for writing', () => {
    const repo = annex(true)
    repo.write('f', someBytes(5000))
    const fd = openSync(repo.path('f'), 'a')
    const { status, stderr } = repo.tryAnnex('add', 'f')
    expect(status).toBe(1)
    expect(stderr).toContain('git-annex: f is open for writing\n')
    writeSync(fd, 'more')
    closeSync(fd)
    expect(lstatSync(repo.path('f')).nlink).toBe(1)
    expectAddedAgain(repo, 'f', Buffer.concat([someBytes(5000), Buffer.from('more')]))
  })
})
