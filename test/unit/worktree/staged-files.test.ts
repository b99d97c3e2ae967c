import { describe, expect, test } from '@jest/globals'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { StagedFiles } from '../../../src/worktree/staged-files.js'
import { type ScratchRepo, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const KEY = `SHA256E-s1--${'1'.repeat(64)}`

/** Stages blobs under paths: content, or pointers for keys. */
function stage(repo: ScratchRepo, files: Readonly<Record<string, string>>): void {
  const lines = Object.entries(files).map(([path, content]) => `${hash(repo, content)}\t${path}`)
  repo.run(['git', 'update-index', '--index-info'], { input: `${lines.join('\n')}\n` })
}

function hash(repo: ScratchRepo, content: string, stage = 0): string {
  const { stdout } = repo.run(['git', 'hash-object', '-w', '--stdin'], { input: content })
  return `100644 ${stdout.trim()} ${stage}`
}

const staged = (repo: ScratchRepo) => new StagedFiles(openRepositoryAt(repo.dir)!)

describe('StagedFiles', () => {
  test('finds nothing without an index', () => {
    expect(staged(scratch.repo('none')).find('a')).toBeUndefined()
  })

  test('finds entries by their whole path', () => {
    const repo = scratch.repo('paths')
    stage(repo, { a: '1', 'a-b': '2', 'a/b': '3', 'a/b.c': '4', a0: '5', z: '6' })
    const files = staged(repo)
    for (const path of ['a-b', 'a/b', 'a/b.c', 'a0', 'z']) expect(files.find(path)?.path).toBe(path)
    for (const path of ['', 'A', 'a/', 'a/b.', 'zz']) expect(files.find(path)).toBeUndefined()
  })

  test('takes our side of a conflict', () => {
    const repo = scratch.repo('conflict')
    const lines = [1, 2, 3].map((side) => `${hash(repo, `side ${side}`, side)}\tf`)
    repo.run(['git', 'update-index', '--index-info'], { input: `${lines.join('\n')}\n` })
    expect(staged(repo).find('f')?.stage).toBe(2)
  })

  test('tells the key of each entry, in whatever order they are asked for', () => {
    const repo = scratch.repo('keys')
    const names = Array.from({ length: 60 }, (_, i) => `f${i}`)
    const isPointer = (name: string) => name.length === 3
    stage(
      repo,
      Object.fromEntries(
        names.map((name) => [name, isPointer(name) ? `/annex/objects/${KEY}.${name}\n` : name]),
      ),
    )
    const files = staged(repo)
    for (const name of [...names.slice(30), ...names.slice(0, 30).reverse()])
      expect(files.keyTextOf(files.find(name)!)).toBe(
        isPointer(name) ? `${KEY}.${name}` : undefined,
      )
  })

  test('keeps what it learnt for the next process', () => {
    const repo = scratch.repo('kept')
    stage(repo, { f: `/annex/objects/${KEY}\n` })
    const first = staged(repo)
    first.keyTextOf(first.find('f')!)
    first.save()
    const oid = first.find('f')!.oid
    repo.run(['rm', '-f', `.git/objects/${oid.slice(0, 2)}/${oid.slice(2)}`])
    const second = staged(repo)
    expect(second.keyTextOf(second.find('f')!)).toBe(KEY)
  })
})
