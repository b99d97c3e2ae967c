import { describe, expect, test } from '@jest/globals'
import { expectClean } from '../support/expect.js'
import { PairedRepos } from '../support/paired-repos.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()
let count = 0

/** The same conflict for both programs; each side is a list of changes. */
function makePair(theirs: (repo: ScratchRepo) => void, ours: (repo: ScratchRepo) => void) {
  return PairedRepos.make(scratch, (repo) => {
    for (const path of ['a.bin', 'sub/b', 'c.tar.gz', '.d']) repo.write(path, `base of ${path}\n`)
    repo.realAnnex('add', '.')
    repo.realAnnex('add', '--force-large', '.d')
    repo.write('plain', 'plain\n')
    repo.realGit('-c', 'annex.largefiles=nothing', 'add', '.')
    repo.realGit('commit', '-qm', 'base')
    repo.git('checkout', '-q', '-b', 'other')
    theirs(repo)
    repo.realGit('commit', '-qam', 'theirs')
    repo.realGit('checkout', '-q', 'main')
    repo.realAnnex('smudge', '--update')
    ours(repo)
    repo.realGit('commit', '-qam', 'ours')
  })
}

const put = (path: string, text: string) => (repo: ScratchRepo) => {
  repo.run(['rm', '-f', path])
  repo.write(path, text)
  repo.realAnnex('add', path)
}

function all(...changes: ((repo: ScratchRepo) => void)[]) {
  return (repo: ScratchRepo) => {
    for (const change of changes) change(repo)
  }
}

function resolveBoth(pair: PairedRepos): void {
  pair.ours.tryGit('merge', 'other')
  pair.real.tryRun(['git', 'merge', 'other'], { program: 'real' })
  const { ours, real } = pair.run(['resolvemerge'])
  expect({ status: ours.status }).toEqual({ status: real.status })
  const shown = (repo: ScratchRepo) => repo.git('ls-files', '-s').stdout
  expect(shown(pair.ours)).toBe(shown(pair.real))
  const last = (repo: ScratchRepo) =>
    repo.git('log', '-1', '--format=%s %p').stdout.split(' ').length
  expect(last(pair.ours)).toBe(last(pair.real))
}

describe('git annex resolvemerge, as git-annex does,', () => {
  test('keeps both sides of changed files', () => {
    const paths = ['a.bin', 'sub/b', 'c.tar.gz']
    const pair = makePair(
      all(...paths.map((path) => put(path, `theirs of ${path}\n`))),
      all(...paths.map((path) => put(path, `ours of ${path}\n`))),
    )
    resolveBoth(pair)
    expect(pair.ours.git('log', '-1', '--format=%s').stdout).toBe(
      'git-annex automatic merge conflict fix\n',
    )
    expectClean(pair.ours)
    pair.expectSame()
  })

  test('keeps a file that the other side has deleted', () => {
    const pair = makePair(
      all((repo) => repo.realGit('rm', '-q', 'a.bin'), put('sub/b', 'theirs\n')),
      all((repo) => repo.realGit('rm', '-q', 'sub/b'), put('a.bin', 'ours\n')),
    )
    resolveBoth(pair)
    expectClean(pair.ours)
  })

  test('keeps one file when only its form differs', () => {
    const pair = makePair(
      all(put('new', 'same\n'), (repo) => void repo.realAnnex('lock', 'new')),
      put('new', 'same\n'),
    )
    resolveBoth(pair)
    expectClean(pair.ours)
  })

  test('resolves a file that is annexed on one side and in git on the other', () => {
    const plain = (repo: ScratchRepo) => {
      repo.write('new', 'in git\n')
      repo.realGit('-c', 'annex.largefiles=nothing', 'add', 'new')
    }
    const pair = makePair(plain, put('new', 'annexed\n'))
    resolveBoth(pair)
    expectClean(pair.ours)
  })

  test('fails for conflicts that are not annexed, and without any', () => {
    const text = (content: string) => (repo: ScratchRepo) => repo.write('plain', content)
    const pair = makePair(text('theirs\n'), text('ours\n'))
    resolveBoth(pair)
    pair.each((repo) => repo.git('merge', '--abort'))
    const { ours, real } = pair.run(['resolvemerge'])
    expect([ours.status, real.status]).toEqual([1, 1])
    expect(ours.stderr).toContain('MERGE_HEAD')
  })
})

describe('git annex sync', () => {
  /** Two clones that have changed the same file, the first of which has pushed. */
  function makeClones(): ScratchRepo[] {
    const origin = scratch.repo(`origin${count}`, '--bare')
    const first = scratch.clone(origin, `first${count}`)
    first.annex('init')
    first.write('f.bin', 'base\n')
    first.annex('add')
    first.git('commit', '-qm', 'base')
    first.git('push', '-q', 'origin', 'main')
    const second = scratch.clone(origin, `second${count}`)
    second.annex('init')
    const made = [first, second]
    count++
    for (const [i, repo] of made.entries()) {
      repo.write('f.bin', `changed by ${i}\n`)
      repo.git('commit', '-qam', 'change')
    }
    made[0]!.annex('sync')
    return made
  }

  test('keeps both sides of annexed files in conflict, the same in each clone', () => {
    const [first, second] = makeClones()
    second!.annex('sync')
    expectClean(second!)
    first!.annex('sync')
    expectClean(first!)
    const listed = second!.git('ls-files').stdout
    expect(listed).toMatch(/^f\.variant-[0-9a-f]{4}\.bin\nf\.variant-[0-9a-f]{4}\.bin\n$/)
    expect(first!.git('ls-files').stdout).toBe(listed)
  })

  test.each([[['--no-resolvemerge']], [['-c', 'annex.resolvemerge=false']]])(
    'leaves the conflict with %j',
    (args) => {
      const second = makeClones()[1]!
      expect(second.tryAnnex('sync', ...args).status).toBe(1)
      expect(second.git('status', '--porcelain').stdout).toBe('UU f.bin\n')
    },
  )
})
