/** Reading the branch from git, without any lock: this much also works on Node. */
import { existsSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { AnnexBranch } from '../../../src/branch/branch.js'
import { CommittedContent } from '../../../src/branch/committed.js'
import { committerIdent, type FileChange, importCommit } from '../../../src/branch/fast-import.js'
import { mergeCommits } from '../../../src/branch/merge.js'
import {
  addIgnoredCommits,
  addMergedRefs,
  readSettledCommits,
} from '../../../src/branch/merged-refs.js'
import { diffTrees, listTree, readObjects } from '../../../src/branch/objects.js'
import { readBranchHead, shortRef } from '../../../src/branch/refs.js'
import { openRepositoryAt, type Repository } from '../../../src/git/repository.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()
let made = 0

function newRepository(): Repository {
  const repo = scratch.repo(`r${made++}`)
  for (const [name, value] of [
    ['user.name', 'T'],
    ['user.email', 't@example.com'],
  ] as const)
    repo.git('config', name, value)
  const repository = openRepositoryAt(repo.dir)!
  scratch.run(['mkdir', '-p', repository.annexDir])
  return repository
}

/** Commits files on top of the branch. @returns the commit */
function commit(
  repository: Repository,
  files: Record<string, string | null>,
  from?: string,
): string {
  const changes = new Map<string, FileChange>()
  for (const [path, content] of Object.entries(files))
    changes.set(path, content === null ? 'remove' : { content })
  const parent = from ?? readBranchHead(repository)
  return importCommit(repository, {
    message: 'm',
    committer: committerIdent(repository),
    parents: parent === undefined ? [] : [parent],
    changes,
    ...(from !== undefined && { ref: `refs/heads/other${made++}` }),
  })!
}

const manyFiles = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`d/${i}`, `content ${i}\n`]))

describe('importCommit()', () => {
  test('writes odd paths and bytes', () => {
    const repository = newRepository()
    const files = { '"quoted"': 'a', 'two words': '\xff\0\n', 'new\nline': '', 'ü\xff': 'x' }
    const sha = commit(repository, files)
    const listed = listTree(repository, sha)
    expect(listed.map(({ path }) => path).sort()).toEqual(Object.keys(files).sort())
    const contents = readObjects(
      repository,
      listed.map((entry) => entry.sha),
    )
    for (const [i, { path }] of listed.entries())
      expect(contents[i]).toBe(files[path as keyof typeof files])
  })

  test('refuses when the branch has moved', () => {
    const repository = newRepository()
    const first = commit(repository, { a: '1' })
    commit(repository, { a: '2' })
    const late = {
      message: 'm',
      committer: committerIdent(repository),
      parents: [first],
      changes: new Map(),
    }
    expect(importCommit(repository, late)).toBeUndefined()
  })

  test('tells what git said when it cannot write the ref', () => {
    const repository = newRepository()
    commit(repository, { a: '1' })
    writeFileSync(`${repository.commonDir}/refs/heads/git-annex.lock`, '')
    expect(() => commit(repository, { a: '2' })).toThrow(/git-annex\.lock/)
  })
})

describe('CommittedContent', () => {
  test('reads an absent branch as empty', () => {
    const content = new CommittedContent(newRepository(), undefined)
    expect(content.read('uuid.log')).toBe('')
    expect([...content.all()]).toEqual([])
  })

  test('reads few files and all files alike', () => {
    const repository = newRepository()
    const sha = commit(repository, { ...manyFiles(400), 'uuid.log': 'u\n' })
    const few = new CommittedContent(repository, sha)
    expect(few.readMany(['d/5', 'nothing', 'uuid.log'])).toEqual(
      new Map([
        ['d/5', 'content 5\n'],
        ['nothing', ''],
        ['uuid.log', 'u\n'],
      ]),
    )
    expect(few.isLoaded).toBe(false)
    const many = few.readMany(Object.keys(manyFiles(400)))
    expect(few.isLoaded).toBe(true)
    expect(Object.fromEntries(many)).toEqual(manyFiles(400))
  })

  test('brings its cache up to date with what changed', () => {
    const repository = newRepository()
    const first = commit(repository, manyFiles(200))
    expect(new CommittedContent(repository, first).all().size).toBe(200)
    expect(existsSync(`${repository.annexDir}/annexe/cache/branch`)).toBe(true)
    const second = commit(repository, { 'd/0': null, 'd/1': 'new\n', e: 'more\n' })
    const all = new CommittedContent(repository, second).all()
    expect(all.size).toBe(200)
    expect([all.get('d/0'), all.get('d/1'), all.get('e')]).toEqual([undefined, 'new\n', 'more\n'])
    // Back to a commit that the cache is ahead of.
    expect(Object.fromEntries(new CommittedContent(repository, first).all())).toEqual(
      manyFiles(200),
    )
  })

  test('does without a cache whose commit is gone', () => {
    const repository = newRepository()
    const sha = commit(repository, { a: '1\n' })
    new CommittedContent(repository, sha).all()
    const path = `${repository.annexDir}/annexe/cache/branch`
    const wrong = scratch.run(['sed', `s/${sha}/${'1'.repeat(40)}/`, path]).stdoutBytes
    writeFileSync(path, wrong)
    expect(new CommittedContent(repository, sha).all().get('a')).toBe('1\n')
  })

  test('knows what our own commit changed without asking git', () => {
    const repository = newRepository()
    const before = new CommittedContent(repository, commit(repository, { a: '1\n', b: '2\n' }))
    before.all()
    const after = before.after(
      'f'.repeat(40),
      new Map([
        ['a', undefined],
        ['c', '3\n'],
      ]),
    )
    expect([after.read('a'), after.read('b'), after.read('c')]).toEqual(['', '2\n', '3\n'])
  })
})

describe('mergeCommits()', () => {
  test('looks only at what differs, and never deletes', () => {
    const repository = newRepository()
    const base = commit(repository, { same: 's\n', gone: 'g\n', both: 'x\n', sub: 'a\n' })
    const head = commit(repository, { ours: 'o\n', both: 'x\ny\n', sub: 'a\nb\n' })
    const theirs = commit(
      repository,
      { gone: null, both: 'x\nz\n', sub: 'b\na\nc\n', new: 'n\n' },
      base,
    )
    const merged = mergeCommits(repository, head, { staged: new Map(), commits: [theirs] })
    expect([...merged.keys()].sort()).toEqual(['both', 'new', 'sub'])
    expect(merged.get('both')).toEqual({ content: 'x\ny\nz\n' })
    // Their blobs are taken unread where nothing of ours is missing in them.
    for (const path of ['new', 'sub']) expect(merged.get(path)).toHaveProperty('sha')
    expect(diffTrees(repository, head, '0'.repeat(40))).toBeUndefined()
  })

  test('merges several commits and what is staged', () => {
    const repository = newRepository()
    const head = commit(repository, { f: 'a\n' })
    const commits = ['b', 'c'].map((line) =>
      commit(repository, { f: `${line}\n`, [line]: 'x\n' }, head),
    )
    const staged = new Map([
      ['f', 'd\n'],
      ['j', 'j\n'],
    ])
    const merged = mergeCommits(repository, head, { staged, commits })
    expect(merged.get('f')).toEqual({ content: 'b\nc\nd\n' })
    expect(merged.get('j')).toEqual({ content: 'j\n' })
    expect([...merged.keys()].sort()).toEqual(['b', 'c', 'f', 'j'])
  })
})

describe('readSettledCommits()', () => {
  test('knows merged and ignored commits, one line for each ref', () => {
    const repository = newRepository()
    addMergedRefs(repository, [{ name: 'refs/remotes/o/git-annex', oid: 'a1' }])
    addMergedRefs(repository, [
      { name: 'refs/remotes/o/git-annex', oid: 'a2' },
      { name: 'refs/x/git-annex', oid: 'a3' },
    ])
    addIgnoredCommits(repository, ['a4'])
    addIgnoredCommits(repository, ['a4', 'a5'])
    expect(readSettledCommits(repository)).toEqual(new Set(['a2', 'a3', 'a4', 'a5']))
  })
})

test('AnnexBranch reads what is pending without git when there is no branch', () => {
  const repository = newRepository()
  using branch = new AnnexBranch(repository)
  expect(branch.locations('WORM--x')).toEqual([])
  branch.setPresence('WORM--x', 'b', true)
  branch.setPresence('WORM--x', 'a', true)
  branch.edit('config.log', { kind: 'map', field: 'annex.x', value: 'y z' })
  expect(branch.locations('WORM--x')).toEqual(['a', 'b'])
  expect(branch.configLog('annex.x')).toBe('y z')
  branch.setPresence('WORM--x', 'a', false)
  expect(branch.locations('WORM--x')).toEqual(['b'])
  expect([...branch.keysInBranch()]).toEqual(['WORM--x'])
  expect(new AnnexBranch(repository).locations('WORM--x')).toEqual(['b'])
  expect(branch.hasPending()).toBe(true)
  expect(() => branch.setPresence('no key', 'a', true)).toThrow(/Not a key/)
})

test('shortRef() shows a ref as people know it', () => {
  expect(
    ['refs/heads/git-annex', 'refs/remotes/o/synced/git-annex', 'refs/synced/u/git-annex'].map(
      shortRef,
    ),
  ).toEqual(['git-annex', 'o/synced/git-annex', 'synced/u/git-annex'])
})
