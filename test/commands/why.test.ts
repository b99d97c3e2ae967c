import { lstatSync, unlinkSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const BIG = someBytes((1 << 20) + 1)
let count = 0

function makeRepo(): ScratchRepo {
  const repo = scratch.repo(`repo${count++}`)
  repo.annex('init')
  repo.write('big', BIG)
  repo.write('small', 'small')
  return repo
}

/** What the command says of a file, and what the two ways of adding it really do. */
function check(repo: ScratchRepo, file: string, says: { git: string; annex: string }): void {
  const { stdout } = repo.annex('why', file)
  expect(/ git add: (.*)\n/.exec(stdout)?.[1]).toBe(says.git)
  expect(/ git annex add: (.*)\n/.exec(stdout)?.[1]).toBe(says.annex)
  const before = repo.tryGit('rev-parse', `:${file}`)
  const wasLink = isLink(repo, file)
  for (const [argv, said] of [
    [['git', 'add', '--', file], says.git],
    [['git', 'annex', 'add', '--', file], says.annex],
  ] as const) {
    repo.run(argv)
    const blob = repo.git('cat-file', 'blob', `:${file}`).stdout
    expect({ argv, annexed: /^(\/annex|\.git\/annex)/.test(blob) }).toEqual({
      argv,
      annexed: said.startsWith('annexed'),
    })
    // Where no filter reaches it, git annex add has made a link of it.
    if (!wasLink && before.status !== 0 && isLink(repo, file)) {
      const content = repo.read(file)
      unlinkSync(repo.path(file))
      repo.write(file, content)
    }
    if (before.status !== 0) repo.git('rm', '-qf', '--cached', '--', file)
  }
}

const isLink = (repo: ScratchRepo, file: string) => lstatSync(repo.path(file)).isSymbolicLink()

describe('git annex why', () => {
  test('tells the threshold, and that git annex add has none', () => {
    const repo = makeRepo()
    const annex = 'annexed, because annex.largefiles is not set'
    const than = 'annex.gitadd-threshold, 1.05 megabytes'
    check(repo, 'big', { git: `annexed, because 1.05 megabytes is at least ${than}`, annex })
    check(repo, 'small', { git: `to git, because 5 bytes is less than ${than}`, annex })
    repo.git('config', 'annex.gitadd-threshold', '3B')
    const origin = '(annex.gitadd-threshold=3B, .git/config)'
    check(repo, 'small', {
      git: `annexed, because 5 bytes is at least annex.gitadd-threshold, 3 bytes ${origin}`,
      annex,
    })
  })

  test('tells file and line of an attribute, here or above or beside the work tree', () => {
    const repo = makeRepo()
    repo.write(
      '.gitattributes',
      '# comment\n* annex.largefiles=nothing\n*.x annex.largefiles=anything\n',
    )
    repo.write('sub/.gitattributes', 'small annex.largefiles=largerthan=3b\n')
    repo.write('sub/small', 'small')
    repo.write('a.x', 'x')
    const because = (value: string, place: string) => {
      const matches =
        value === 'nothing'
          ? 'to git, because annex.largefiles does not match'
          : 'annexed, because annex.largefiles matches'
      const text = `${matches} (annex.largefiles=${value}, ${place})`
      return { git: text, annex: text }
    }
    check(repo, 'big', because('nothing', '.gitattributes:2'))
    check(repo, 'a.x', because('anything', '.gitattributes:3'))
    check(repo, 'sub/small', because('largerthan=3b', 'sub/.gitattributes:1'))
    const attributes = repo.read('.git/info/attributes').toString()
    repo.write('.git/info/attributes', `${attributes}big annex.largefiles=anything\n`)
    check(repo, 'big', because('anything', '.git/info/attributes:3'))
  })

  test('tells the file of a git setting, which wins, and git annex config, which loses', () => {
    const repo = makeRepo()
    repo.annex('config', '--set', 'annex.largefiles', 'anything')
    const one =
      'annexed, because annex.largefiles matches (annex.largefiles=anything, git annex config)'
    check(repo, 'small', { git: one, annex: one })
    repo.git('config', '--global', 'annex.largefiles', 'largerthan=1mb')
    const home = `(annex.largefiles=largerthan=1mb, ${scratch.home}/.gitconfig)`
    const two = `to git, because annex.largefiles does not match ${home}`
    check(repo, 'small', { git: two, annex: two })
    repo.git('config', '--global', '--unset', 'annex.largefiles')
    expect(repo.annex('-c', 'annex.largefiles=nothing', 'why', 'small').stdout).toContain(
      'does not match (annex.largefiles=nothing, command line)',
    )
  })

  test('tells of dotfiles, of annex.gitaddtoannex, of links and of empty files', () => {
    const repo = makeRepo()
    repo.write('.hidden/big', BIG)
    const dot = 'to git, because dotfiles go to git unless annex.dotfiles is true'
    check(repo, '.hidden/big', { git: dot, annex: dot })
    repo.write('empty', '')
    const empty = 'to git, because empty files stay in git'
    check(repo, 'empty', { git: empty, annex: empty })
    repo.run(['ln', '-s', 'big', 'link'])
    const link = 'to git, because it is a symbolic link'
    check(repo, 'link', { git: link, annex: link })
    repo.git('config', 'annex.gitaddtoannex', 'false')
    check(repo, 'big', {
      git: 'to git, because annex.gitaddtoannex is false (annex.gitaddtoannex=false, .git/config)',
      annex: 'annexed, because annex.largefiles is not set',
    })
  })

  test('tells of a file that was annexed before, and of a locked one', () => {
    const repo = makeRepo()
    repo.annex('add', 'small')
    repo.write('small', 'grew')
    const annex = 'annexed, because annex.largefiles is not set'
    check(repo, 'small', { git: 'annexed, because it was annexed before', annex })
    expect(repo.annex('why', 'small').stdout).toContain('  now: annexed, content here\n')
    repo.annex('lock', 'small')
    const locked = 'annexed, because it is a locked file: a link to its content'
    check(repo, 'small', { git: locked, annex: locked })
  })

  test('tells that no attribute, another one, or a negated one keeps the filter away', () => {
    const repo = makeRepo()
    repo.annex('track', '*.psd')
    const annex = 'annexed, because annex.largefiles is not set'
    check(repo, 'big', { git: 'to git, because no attribute sends it through the filter', annex })
    expect(repo.annex('why', 'big').stdout).toContain('  filter: none\n')
    repo.write('.gitattributes', `${repo.read('.gitattributes')}big filter=other\n`)
    check(repo, 'big', {
      git: 'to git, because its filter is other, not annex (.gitattributes:2)',
      annex,
    })
    repo.write('a.psd', 'psd')
    expect(repo.annex('why', 'a.psd').stdout).toContain('  filter: annex (.gitattributes:1)\n')
    repo.git('config', '--remove-section', 'filter.annex')
    expect(repo.annex('why', 'a.psd').stdout).toContain('the filter is not configured')
  })

  test('--json gives each part of the answer a name', () => {
    const repo = makeRepo()
    repo.write('.gitattributes', 'small annex.largefiles=anything\n')
    repo.git('add', '.')
    const verdict = {
      annexed: true,
      reason: 'annex.largefiles matches',
      setting: 'annex.largefiles',
      value: 'anything',
      origin: '.gitattributes:1',
    }
    expect(JSON.parse(repo.annex('why', '--json', 'small').stdout)).toMatchObject({
      file: 'small',
      annexed: true,
      key: expect.stringMatching(/^SHA256E-s5--/),
      staged: true,
      'git-add': verdict,
      'annex-add': verdict,
      filter: 'annex',
      'filter-origin': '.git/info/attributes:2',
    })
  })

  test('fails for what is no file, and goes on', () => {
    const repo = makeRepo()
    repo.write('sub/x', 'x')
    const cwd = repo.path('sub')
    const argv = ['git', 'annex', 'why', 'nope', '.', '/', '../sub', 'x']
    const { status, stdout, stderr } = repo.tryRun(argv, { cwd })
    expect(status).toBe(1)
    expect(stdout).toMatch(/^x\n {2}now: not in the index\n/)
    expect(stderr.match(/git annex why takes files/g)).toHaveLength(4)
  })
})
