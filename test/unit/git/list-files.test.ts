import { mkdirSync, symlinkSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { readIndexEntries } from '../../../src/git/index-file.js'
import {
  entriesAt,
  listChangedFiles,
  selectEntries,
  unmatchedMessage,
} from '../../../src/git/list-files.js'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { bytesFromText } from '../../../src/model/bytes.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const repo = scratch.repo('r')
for (const path of ['a', 'a*', 'ab', 'd/b', 'd/sub/c', 'd.x', 'd0', 'ü/ö', ':magic', 'z[1]'])
  repo.write(path, path)
repo.git('add', '.')
const repository = openRepositoryAt(bytesFromText(repo.dir))!

function select(words: string[], cwd = '') {
  const { entries, unmatched } = selectEntries(repository, {
    cwd: bytesFromText(repo.path(cwd)),
    words,
  })
  return [entries.map((e) => Buffer.from(e.path, 'latin1').toString()), unmatched]
}

describe('selectEntries()', () => {
  test.each<[words: string[], cwd: string]>([
    [[], ''],
    [[], 'd'],
    [['.'], ''],
    [['d'], ''],
    [['d/'], ''],
    [['d//sub/'], ''],
    [['./d/../a'], ''],
    [['..'], 'd/sub'],
    [['../..'], 'd/sub'],
    [['../a', 'b'], 'd'],
    [['ü'], ''],
    [['ö'], 'ü'],
    [['a'], ''],
    [['a*'], ''],
    [[':magic'], ''],
    [['z[1]'], ''],
    [['d0', 'd.x'], ''],
  ])('finds for %j in "%s" what git finds for these literal paths', (words, cwd) => {
    const listed = repo.run(
      ['git', '--literal-pathspecs', 'ls-files', '--full-name', '-z', '--', ...words],
      { cwd: repo.path(cwd) },
    )
    const paths = listed.stdout.split('\0').slice(0, -1)
    const [found, unmatched] = select(words, cwd)
    expect([...found!].sort()).toEqual(paths.sort())
    expect(unmatched).toEqual([])
    expect(paths.length).toBeGreaterThan(0)
  })

  test('keeps the order of the words and gives every entry once', () => {
    expect(select(['d/sub', 'a', 'd', 'a'])).toEqual([['d/sub/c', 'a', 'd/b'], []])
  })

  test('names the words that match nothing', () => {
    expect(select(['a', 'nope', 'a/', 'd/b/', '[a]', 'd/su'])).toEqual([
      ['a'],
      ['nope', 'a/', 'd/b/', '[a]', 'd/su'],
    ])
    expect(select(['z'])).toEqual([[], ['z']])
  })

  test('takes absolute paths, also through a link to the work tree', () => {
    symlinkSync(repo.dir, scratch.path('link'))
    expect(select([repo.path('d')])).toEqual([['d/b', 'd/sub/c'], []])
    expect(select([scratch.path('link', 'd')])).toEqual([['d/b', 'd/sub/c'], []])
  })

  test('refuses what git refuses', () => {
    expect(() => select(['../x'])).toThrow(`../x: '../x' is outside repository at '${repo.dir}'`)
    expect(() => select([''])).toThrow(/^empty string is not a valid pathspec/)
  })
})

describe('unmatchedMessage()', () => {
  test('speaks as git does', () => {
    const { stderr } = repo.tryGit('ls-files', '--error-unmatch', 'nope', 'nada')
    expect(`${unmatchedMessage(['nope', 'nada'])}\n`).toBe(stderr)
  })
})

describe('entriesAt()', () => {
  test('finds one path and nothing beside it', () => {
    const all = readIndexEntries(repository)
    expect(entriesAt(all, 'd/b').map((e) => e.path)).toEqual(['d/b'])
    expect(entriesAt(all, 'd')).toEqual([])
    expect(entriesAt(all, 'zz')).toEqual([])
  })
})

describe('listChangedFiles()', () => {
  const changed = scratch.repo('changed')
  for (const path of ['same', 'edited', 'gone', 'd/edited', 'e*']) changed.write(path, path)
  changed.write('.gitignore', '*.tmp\n')
  changed.git('add', '.')
  for (const path of ['edited', 'd/edited', 'e*']) changed.write(path, 'something else')
  changed.write('d/new', 'new')
  changed.write('d/x.tmp', 'ignored')
  changed.run(['rm', 'gone'])
  const top = bytesFromText(changed.dir)
  const list = (words: string[], cwd = top, includeIgnored = false) =>
    listChangedFiles(openRepositoryAt(top)!, { cwd, words, includeIgnored })

  test('tells untracked, modified and deleted files apart', () => {
    expect(list([])).toEqual({
      untracked: ['d/new'],
      modified: ['d/edited', 'e*', 'edited'],
      deleted: ['gone'],
    })
  })

  test('takes words as literal paths relative to the current directory', () => {
    expect(list(['e*']).modified).toEqual(['e*'])
    expect(list(['edited'], `${top}/d`)).toEqual({
      untracked: [],
      modified: ['d/edited'],
      deleted: [],
    })
    expect(list([], `${top}/d`).untracked).toEqual(['d/new'])
  })

  test('includes ignored files on request', () => {
    expect(list([], top, true).untracked).toEqual(['d/new', 'd/x.tmp'])
  })

  test('shows a nested repository as one directory', () => {
    mkdirSync(changed.path('nested'))
    changed.run(['git', 'init', '-q', 'nested'])
    changed.write('nested/f', 'f')
    expect(list(['nested']).untracked).toEqual(['nested/'])
  })
})
