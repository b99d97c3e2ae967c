import { readFileSync, rmSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectPointer } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const BIG = someBytes(2_000_000)
let count = 0

/** A repository that would keep everything in git, up to 1.5 MB. */
function makeRepo(): ScratchRepo {
  const repo = scratch.repo(`repo${count++}`)
  repo.annex('init')
  repo.git('config', 'annex.gitaddtoannex', 'false')
  repo.git('config', 'annex.guard-size', '1.5MB')
  return repo
}

function stage(repo: ScratchRepo, path: string, content: Buffer = BIG): void {
  repo.write(path, content)
  repo.git('add', '--', path)
}

describe('git commit of a large file into git', () => {
  test('is stopped, also the first one, and what it says to do annexes the file', () => {
    const repo = makeRepo()
    stage(repo, 'sub/it’s "big"; a')
    const { status, stderr } = repo.tryRun(['git', 'commit', '-qm', 'big'], {
      cwd: repo.path('sub'),
    })
    expect(status).toBe(1)
    expect(stderr).toContain('(1.9 MiB) would go into git itself and stay there for ever')
    expect(stderr).toContain('annex.guard-size is 1.4 MiB')
    const command = /To annex: (.*)\n/.exec(stderr)![1]!
    repo.run(['sh', '-c', command], { cwd: repo.path('sub') })
    expectPointer(repo, 'sub/it’s "big"; a')
    repo.git('commit', '-qm', 'big')
    expectClean(repo)
  })

  test.each([
    ['commit -a', ['commit', '-qam', 'x']],
    ['commit of a path', ['commit', '-qm', 'x', 'a']],
    ['commit --amend', ['commit', '-qm', 'x', '--amend', '-a']],
  ])('is stopped in %s', (_, argv) => {
    const repo = makeRepo()
    stage(repo, 'a', Buffer.from('small'))
    repo.git('commit', '-qm', 'small')
    repo.write('a', BIG)
    const { status, stderr } = repo.tryGit(...argv)
    expect(status).toBe(1)
    expect(stderr).toContain('a (1.9 MiB) would go into git')
    expect(repo.git('show', 'HEAD:a').stdout).toBe('small')
  })

  test('passes below the size, with size 0, with --no-verify, and where it was in git already', () => {
    const repo = makeRepo()
    stage(repo, 'below', someBytes(1_400_000))
    repo.git('commit', '-qm', 'below')
    stage(repo, 'a')
    repo.git('commit', '-qm', 'a', '--no-verify')
    repo.git('mv', 'below', 'above')
    stage(repo, 'small', Buffer.from('small'))
    repo.git('commit', '-qm', 'small')
    stage(repo, 'b', someBytes(2_000_000, 2))
    expect(repo.tryGit('commit', '-qm', 'b').status).toBe(1)
    repo.git('config', 'annex.guard-size', '0')
    repo.git('commit', '-qm', 'b')
    expectClean(repo)
  })

  test('passes when a merge brings it', () => {
    const repo = makeRepo()
    stage(repo, 'f', Buffer.from('base'))
    repo.git('commit', '-qm', 'base')
    repo.git('checkout', '-qb', 'other')
    stage(repo, 'f', Buffer.from('theirs'))
    stage(repo, 'big')
    repo.git('commit', '-qm', 'big', '--no-verify')
    repo.git('checkout', '-q', 'main')
    stage(repo, 'f', Buffer.from('ours'))
    repo.git('commit', '-qm', 'ours')
    expect(repo.tryGit('merge', 'other').status).toBe(1)
    stage(repo, 'f', Buffer.from('both'))
    stage(repo, 'another', someBytes(2_000_000, 3))
    const { stderr } = repo.tryGit('commit', '-qm', 'merged')
    expect(stderr).toMatch(/annex: another \(1\.9 MiB\) would go/)
    repo.git('rm', '-q', '--cached', 'another')
    repo.git('commit', '-qm', 'merged')
  })

  test('passes for annexed files and submodules', () => {
    const repo = makeRepo()
    const inner = scratch.repo(`inner${count++}`)
    stage(inner, 'f', Buffer.from('f'))
    inner.git('commit', '-qm', 'f')
    repo.git('submodule', '--quiet', 'add', inner.dir, 'sub')
    repo.write('a', BIG)
    repo.annex('add', '--force-large', 'a')
    repo.git('commit', '-qm', 'a')
    expectClean(repo)
  })

  test('is found among many annexed ones, which git is not asked about', () => {
    const repo = makeRepo()
    const addAnnexed = (text: string) => {
      for (let i = 0; i < 600; i++) repo.write(`annexed${i}`, `${text} ${i}`)
      repo.git('-c', 'annex.gitaddtoannex=true', '-c', 'annex.largefiles=anything', 'add', '.')
    }
    addAnnexed('first')
    const trace = repo.path('.git/trace')
    repo.run(['git', 'commit', '-qm', 'x'], { env: { GIT_TRACE: trace } })
    const lines = readFileSync(trace, 'utf8').split('\n')
    expect(lines.some((line) => line.includes('fast-import'))).toBe(true)
    expect(lines.filter((line) => line.includes('--batch-check'))).toEqual([])
    addAnnexed('second')
    stage(repo, 'large')
    const { status, stderr } = repo.tryGit('commit', '-qm', 'x')
    expect(status).toBe(1)
    expect(stderr).toContain('large (1.9 MiB) would go into git')
  })

  test('is found by the length of its object, or else by git', () => {
    const repo = makeRepo()
    const commit = (...argv: string[]) => {
      const trace = repo.path('.git/trace')
      rmSync(trace, { force: true })
      const { status } = repo.tryRun(['git', 'annex', 'pre-commit', ...argv], {
        env: { GIT_TRACE: trace },
      })
      return { status, isGitAsked: readFileSync(trace, 'utf8').includes('--batch-check') }
    }
    stage(repo, 'short', someBytes(1000))
    expect(commit()).toEqual({ status: 0, isGitAsked: false })
    stage(repo, 'longer', someBytes(3000))
    expect(commit()).toEqual({ status: 0, isGitAsked: true })
    stage(repo, 'zeros', Buffer.alloc(2_000_000))
    expect(commit()).toEqual({ status: 1, isGitAsked: true })
    repo.git('repack', '-adq')
    expect(commit()).toEqual({ status: 1, isGitAsked: true })
  })

  test('names a few of many, and a size that it cannot read', () => {
    const repo = makeRepo()
    for (let i = 0; i < 7; i++) stage(repo, `f${i}`)
    const { stderr } = repo.tryGit('commit', '-qm', 'all')
    expect(stderr).toContain('f4 (1.9 MiB) and 2 more would go')
    expect(stderr).toContain('git rm -q --cached -- FILE …')
    repo.git('config', 'annex.guard-size', 'much')
    expect(repo.tryGit('commit', '-qm', 'all').stderr).toContain('Bad size "much"')
  })

  test('is not stopped by the default of 50 MiB', () => {
    const repo = makeRepo()
    repo.git('config', '--unset', 'annex.guard-size')
    stage(repo, 'a')
    repo.git('commit', '-qm', 'a')
    stage(repo, 'zeros', Buffer.alloc(50 << 20))
    expect(repo.tryGit('commit', '-qm', 'zeros').stderr).toContain('zeros (50.0 MiB) would go')
  })
})

describe('the hook', () => {
  test('mends a link that was moved', () => {
    const repo = scratch.repo('links')
    repo.annex('init')
    repo.git('config', 'annex.addunlocked', 'false')
    repo.write('a', 'content')
    repo.annex('add', 'a')
    repo.git('commit', '-qm', 'a')
    repo.run(['mkdir', 'sub'])
    repo.git('mv', 'a', 'sub/a')
    repo.git('commit', '-qm', 'moved')
    expect(repo.read('sub/a').toString()).toBe('content')
    expectClean(repo)
  })

  test('leaves commits with the other git-annex alone', () => {
    const repo = makeRepo()
    repo.realAnnex('init')
    stage(repo, 'a')
    expect(repo.tryRun(['git', 'commit', '-qm', 'a'], { program: 'real' }).status).toBe(1)
    repo.git('reset', '-q')
    repo.realAnnex('add', '--force-large', 'a')
    repo.realGit('commit', '-qm', 'a')
    expectClean(repo)
  })
})
