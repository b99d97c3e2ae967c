import { existsSync, lstatSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, expectPointer } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const BASE = someBytes(50_000, 1)
const OURS = someBytes(60_000, 2)
const THEIRS = someBytes(70_000, 3)
let count = 0

interface Setup {
  readonly tracked?: boolean
  readonly theirs?: (repo: ScratchRepo) => void
  readonly ours?: (repo: ScratchRepo) => void
}

/** `main` and `other` have both changed `dir/a.bin`. */
function makeDiverged({ tracked, theirs, ours }: Setup = {}): ScratchRepo {
  const repo = scratch.repo(`repo${count++}`)
  repo.annex('init')
  if (tracked) repo.annex('track', '*.bin')
  repo.write('dir/a.bin', BASE)
  repo.annex('add')
  repo.git('commit', '-qm', 'base')
  const change = (content: Buffer) => () => {
    repo.write('dir/a.bin', content)
    repo.git('commit', '-qam', 'change')
  }
  repo.git('checkout', '-q', '-b', 'other')
  ;(theirs ?? change(THEIRS))(repo)
  repo.git('checkout', '-q', 'main')
  ;(ours ?? change(OURS))(repo)
  return repo
}

function stages(repo: ScratchRepo): string[] {
  return repo
    .git('ls-files', '-u')
    .stdout.split('\n')
    .slice(0, -1)
    .map((line) => line.slice(48))
}

const three = ['1\tdir/a.bin', '2\tdir/a.bin', '3\tdir/a.bin']

describe('a conflict over an annexed file', () => {
  const ways: [string, string[], string[], Buffer][] = [
    ['merge', ['merge', 'other'], ['merge', '--abort'], OURS],
    ['merge -s recursive', ['merge', '-s', 'recursive', 'other'], ['merge', '--abort'], OURS],
    [
      'merge with diff3',
      ['-c', 'merge.conflictStyle=diff3', 'merge', 'other'],
      ['merge', '--abort'],
      OURS,
    ],
    ['cherry-pick', ['cherry-pick', 'other'], ['cherry-pick', '--abort'], OURS],
    ['rebase', ['rebase', 'other'], ['rebase', '--abort'], THEIRS],
    ['revert', ['revert', '--no-edit', 'HEAD~1'], ['revert', '--abort'], THEIRS],
  ]
  test.each([true, false])(
    'leaves our content and three stages, patterns tracked: %s',
    (tracked) => {
      const repo = makeDiverged({ tracked })
      if (tracked) expect(repo.git('check-attr', 'merge', 'dir/a.bin').stdout).toContain('binary')
      for (const [name, argv, abort, kept] of ways) {
        if (name === 'revert') {
          repo.write('dir/a.bin', THEIRS)
          repo.git('commit', '-qam', 'again')
        }
        expect({ name, status: repo.tryGit(...argv).status }).toEqual({ name, status: 1 })
        expect({ name, stages: stages(repo) }).toEqual({ name, stages: three })
        expectContent(repo, 'dir/a.bin', kept)
        repo.git(...abort)
        expectClean(repo)
      }
    },
  )

  test('of git stash pop leaves what was checked out', () => {
    const repo = makeDiverged()
    repo.write('dir/a.bin', THEIRS)
    repo.git('stash')
    repo.write('dir/a.bin', BASE)
    repo.git('commit', '-qam', 'base again')
    expect(repo.tryGit('stash', 'pop').status).toBe(1)
    expect(stages(repo)).toEqual(three)
    expectContent(repo, 'dir/a.bin', BASE)
    repo.annex('resolve', '--theirs', 'dir/a.bin')
    expectContent(repo, 'dir/a.bin', THEIRS)
    expect(repo.git('status', '--porcelain').stdout).toBe('M  dir/a.bin\n')
  })

  test('leaves our pointer where our content is not', () => {
    const origin = makeDiverged()
    const clone = scratch.clone(origin, `clone${count++}`)
    clone.annex('init')
    const key = expectPointer(clone, 'dir/a.bin')
    expect(clone.tryGit('merge', 'origin/other').status).toBe(1)
    expectContent(clone, 'dir/a.bin', `/annex/objects/${key}\n`)
    clone.annex('resolve', '--theirs', 'dir')
    expect(clone.read('dir/a.bin').toString()).not.toContain(key)
    expectStatus(clone, 'M  dir/a.bin\n')
  })

  test('lets -X ours and -X theirs decide', () => {
    const repo = makeDiverged({ tracked: true })
    repo.git('merge', '-q', '-X', 'theirs', 'other')
    expectContent(repo, 'dir/a.bin', THEIRS)
    expectClean(repo)
  })
})

describe('git annex resolve', () => {
  test.each([
    ['--ours', OURS, ''],
    ['--theirs', THEIRS, 'M  dir/a.bin\n'],
  ])('%s takes that side into index and work tree', (option, content, status) => {
    const repo = makeDiverged()
    repo.tryGit('merge', 'other')
    expect(repo.annex('resolve', option, 'dir/a.bin').stdout).toBe('resolve dir/a.bin ok\n')
    expectContent(repo, 'dir/a.bin', content)
    expectStatus(repo, status)
    repo.git('commit', '-qm', 'merged')
    expectClean(repo)
    expect(repo.git('rev-list', '--count', '--merges', 'HEAD').stdout).toBe('1\n')
  })

  test('--both keeps both under the names that git-annex gives', () => {
    const repo = makeDiverged()
    repo.tryGit('merge', 'other')
    const inode = lstatSync(repo.path('dir/a.bin')).ino
    const { stdout } = repo.run(['git', 'annex', 'resolve', '--json', '--both', '.'], {
      cwd: repo.path('dir'),
    })
    const { files } = JSON.parse(stdout)
    expect(files).toEqual([
      expect.stringMatching(/^a\.variant-[0-9a-f]{4}\.bin$/),
      expect.stringMatching(/^a\.variant-[0-9a-f]{4}\.bin$/),
    ])
    expectContent(repo, `dir/${files[0]}`, OURS)
    expectContent(repo, `dir/${files[1]}`, THEIRS)
    // Renamed, not copied.
    expect(lstatSync(repo.path('dir', files[0])).ino).toBe(inode)
    expect(existsSync(repo.path('dir/a.bin'))).toBe(false)
    repo.git('commit', '-qm', 'merged')
    expectClean(repo)
  })

  test('takes a side that deleted the file, or the one that did not', () => {
    const make = () => {
      const repo = makeDiverged({
        theirs: (made) => {
          made.git('rm', '-q', '-r', 'dir')
          made.git('commit', '-qm', 'gone')
        },
      })
      repo.tryGit('merge', 'other')
      return repo
    }
    const gone = make()
    expect(gone.annex('resolve', '--theirs', 'dir/a.bin').stdout).toContain('(deleted)')
    expect(gone.git('ls-files').stdout).toBe('')
    expect(existsSync(gone.path('dir/a.bin'))).toBe(false)
    const kept = make()
    kept.annex('resolve', '--ours', 'dir/a.bin')
    expectContent(kept, 'dir/a.bin', OURS)
    expectStatus(kept, '')
  })

  test('handles links, ordinary files and executables on either side', () => {
    const repo = makeDiverged({
      theirs: (made) => {
        made.annex('lock', 'dir/a.bin')
        made.git('commit', '-qam', 'locked')
      },
    })
    repo.tryGit('merge', 'other')
    const conflicted = [...new Set(stages(repo).map((line) => line.slice(2)))]
    repo.annex('resolve', '--both', ...conflicted)
    expect(stages(repo)).toEqual([])
    repo.git('commit', '-qm', 'merged')
    expectClean(repo)
    const plain = makeDiverged({
      theirs: (made) => {
        made.write('dir/a.bin', 'ordinary\n')
        made.run(['chmod', '+x', made.path('dir/a.bin')])
        made.git('-c', 'annex.largefiles=nothing', 'commit', '-qam', 'ordinary')
      },
    })
    plain.tryGit('merge', 'other')
    plain.annex('resolve', '--theirs', '.')
    expectContent(plain, 'dir/a.bin', 'ordinary\n')
    expect(lstatSync(plain.path('dir/a.bin')).mode & 0o111).toBe(0o111)
    plain.git('commit', '-qm', 'merged')
    expectClean(plain)
  })

  test('replaces nobody’s work without --force', () => {
    const repo = makeDiverged()
    repo.tryGit('merge', 'other')
    repo.write('dir/a.bin', 'merged by hand')
    const refused = repo.tryAnnex('resolve', '--theirs', 'dir/a.bin')
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('content in the work tree that neither side has')
    expect(stages(repo)).toEqual(three)
    expectContent(repo, 'dir/a.bin', 'merged by hand')
    repo.annex('resolve', '--theirs', '--force', 'dir/a.bin')
    expectContent(repo, 'dir/a.bin', THEIRS)
  })

  test('leaves other conflicts to git, and refuses what it cannot understand', () => {
    const repo = makeDiverged({
      theirs: (made) => commitText(made, 'theirs\n'),
      ours: (made) => commitText(made, 'ours\n'),
    })
    repo.tryGit('merge', 'other')
    const { status, stderr } = repo.tryAnnex('resolve', '--ours', 'text')
    expect(status).toBe(1)
    expect(stderr).toContain('text is not annexed')
    for (const args of [['text'], ['--ours'], ['--ours', '--both', 'text'], ['--ours', 'dir']])
      expect(repo.tryAnnex('resolve', ...args).status).toBe(1)
    expect(stages(repo)).toHaveLength(2)
  })
})

function commitText(repo: ScratchRepo, text: string): void {
  repo.write('text', text)
  repo.git('add', 'text')
  repo.git('commit', '-qm', 'text')
}

function expectStatus(repo: ScratchRepo, status: string): void {
  expect(repo.git('status', '--porcelain').stdout).toBe(status)
}
