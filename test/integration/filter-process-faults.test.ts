import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { annexMaker } from '../support/annexes.js'
import {
  expectClean,
  expectContent,
  expectIntact,
  expectPointer,
  listObjects,
} from '../support/expect.js'
import {
  exitOf,
  noteProcess,
  objectCount,
  peakKiB,
  startGit,
  temporaryFiles,
  until,
} from '../support/filter-sessions.js'
import { someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const annex = annexMaker(scratch)
const MIB = 1 << 20

describe('a filter that is killed in the middle', () => {
  test('of many files leaves a repository that works', async () => {
    const repo = annex(['annex.largefiles', 'anything'])
    const pidFile = noteProcess(repo)
    for (let i = 0; i < 2000; i++) repo.write(`d${i % 20}/f${i}`, someBytes(4096, i + 1))
    const adding = startGit(repo, 'add', '.')
    await until(() => objectCount(repo) > 100)
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
    expect(await exitOf(adding)).not.toBe(0)
    rmSync(repo.path('.git/index.lock'), { force: true })
    expectIntact(repo)
    repo.git('add', '.')
    repo.git('commit', '-qm', 'x')
    expectClean(repo)
    expectIntact(repo)
    expect(listObjects(repo).size).toBe(2000)
    expect(temporaryFiles(repo)).toEqual([])
    expect(repo.realAnnex('find', '--in=here').stdout.trim().split('\n')).toHaveLength(2000)
    expect(repo.realAnnex('fsck', '-q').stderr).toBe('')
  })

  test('of one big file stores nothing of it', async () => {
    const repo = annex()
    const pidFile = noteProcess(repo)
    const content = Buffer.concat(Array(300).fill(someBytes(MIB)))
    repo.write('big', content)
    const adding = startGit(repo, 'add', '.')
    await until(() => temporaryFiles(repo).length > 0)
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
    expect(await exitOf(adding)).not.toBe(0)
    expect(listObjects(repo).size).toBe(0)
    rmSync(repo.path('.git/index.lock'), { force: true })
    repo.git('add', '.')
    expectPointer(repo, 'big')
    expectIntact(repo)
    expect(temporaryFiles(repo)).toEqual([])
  })
})

describe('a file of 300 MB', () => {
  test('is added and checked out in less than 100 MB of memory', async () => {
    const repo = annex()
    const pidFile = noteProcess(repo)
    const content = Buffer.concat(Array(300).fill(someBytes(1_000_000)))
    repo.write('big', content)
    expect(await peakKiB(startGit(repo, 'add', 'big'), pidFile)).toBeLessThan(100_000)
    expectPointer(repo, 'big')
    expectIntact(repo)
    repo.git('commit', '-qm', 'x')
    rmSync(repo.path('big'))
    rmSync(pidFile)
    expect(await peakKiB(startGit(repo, 'checkout', 'big'), pidFile)).toBeLessThan(100_000)
    expectContent(repo, 'big', content)
    expectClean(repo)
  })

  test('that goes to git and comes back takes no more', async () => {
    const repo = annex(['annex.largefiles', 'nothing'], ['core.compression', '0'])
    const pidFile = noteProcess(repo)
    repo.write('big', Buffer.concat(Array(300).fill(someBytes(1_000_000))))
    expect(await peakKiB(startGit(repo, 'add', 'big'), pidFile)).toBeLessThan(100_000)
    rmSync(repo.path('big'))
    rmSync(pidFile)
    expect(await peakKiB(startGit(repo, 'checkout', 'big'), pidFile)).toBeLessThan(100_000)
    expect(temporaryFiles(repo)).toEqual([])
  })
})

const canMount = scratch.tryRun(['mount', '-t', 'tmpfs', 'tmpfs', mountPoint()]).status === 0
if (canMount) scratch.run(['umount', mountPoint()])

/** Where nothing can be mounted, nothing is full. */
describe(canMount ? 'a full disk' : 'a full disk (not tested: cannot mount)', () => {
  const testMounted = canMount ? test : test.skip
  testMounted.each([
    ['small files', 400, 20_000],
    ['a big file', 1, 8 * MIB],
  ])('stops adding %s with one sentence, and loses nothing', (_, files, size) => {
    const repo = annex(['annex.largefiles', 'anything'])
    for (let i = 0; i < files; i++) repo.write(`f${i}`, someBytes(size, i + 1))
    const objects = repo.path('.git/annex')
    const state = repo.path('.git/annex.kept')
    repo.run(['cp', '-a', objects, state])
    repo.run(['mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', objects])
    try {
      repo.run(['sh', '-c', `cp -a '${state}/.' '${objects}'`])
      const { status, stderr } = repo.tryGit('add', '.')
      expect(status).toBe(128)
      expect(stderr).toMatch(/git-annex: Cannot add f\d+: Cannot store .*: no space left/)
      expectIntact(repo)
    } finally {
      repo.run(['umount', objects])
    }
    repo.git('add', '.')
    expectIntact(repo)
    expect(temporaryFiles(repo)).toEqual([])
    expect(listObjects(repo).size).toBe(files)
  })
})

function mountPoint(): string {
  mkdirSync(scratch.path('mnt'), { recursive: true })
  return scratch.path('mnt')
}
