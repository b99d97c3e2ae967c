import { chmodSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { BlobKeys } from '../../../src/git/blob-keys.js'
import { readIndexEntries } from '../../../src/git/index-file.js'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { annexedFiles, FilesByKey, isPopulatable } from '../../../src/worktree/annexed-files.js'
import { type ScratchRepo, someBytes, useScratch } from '../../support/scratch.js'

const scratch = useScratch()

function makeAnnex(name: string): ScratchRepo {
  const repo = scratch.repo(name)
  repo.realAnnex('init', '-q')
  repo.write('locked', someBytes(100))
  repo.realAnnex('add', '-q', '.')
  repo.write('unlocked', someBytes(100))
  repo.write('run', someBytes(200, 2))
  chmodSync(repo.path('run'), 0o755)
  repo.realAnnex('add', '-q', '-c', 'annex.addunlocked=true', 'unlocked', 'run')
  repo.realGit('update-index', '--chmod=+x', 'run')
  repo.write('ordinary', 'text')
  repo.realGit('-c', 'annex.gitaddtoannex=false', 'add', 'ordinary')
  return repo
}

function read(repo: ScratchRepo) {
  const repository = openRepositoryAt(repo.dir)!
  return [readIndexEntries(repository), new BlobKeys(repository)] as const
}

describe('annexedFiles()', () => {
  test('finds the files that git-annex finds, with their form', () => {
    const repo = makeAnnex('forms')
    const found = [...annexedFiles(...read(repo))]
    expect(found.map(({ path, isLink, isExecutable }) => [path, isLink, isExecutable])).toEqual([
      ['locked', true, false],
      ['run', false, true],
      ['unlocked', false, false],
    ])
    // biome-ignore lint/suspicious/noTemplateCurlyInString: git-annex's own format
    const theirs = repo.realAnnex('find', '--format', '${file} ${key}\\n').stdout.trim().split('\n')
    expect(found.map(({ path, keyText }) => `${path} ${keyText}`)).toEqual(theirs)
  })

  test('finds every side of a conflict', () => {
    const repo = makeAnnex('conflict')
    const [ours, theirs] = ['unlocked', 'run'].map((path) =>
      repo.git('rev-parse', `:${path}`).stdout.trim(),
    )
    const lines = `0 ${'0'.repeat(40)}\trun\n100644 ${ours} 2\trun\n100644 ${theirs} 3\trun\n`
    repo.run(['git', 'update-index', '--index-info'], { input: lines })
    const found = [...annexedFiles(...read(repo))].filter(({ path }) => path === 'run')
    expect(found.map(({ entry }) => entry.stage)).toEqual([2, 3])
    expect(new Set(found.map(({ keyText }) => keyText)).size).toBe(2)
    expect(found.some(isPopulatable)).toBe(false)
  })
})

describe('FilesByKey', () => {
  test('gives all files of a key', () => {
    const repo = makeAnnex('by-key')
    const byKey = new FilesByKey(...read(repo))
    const key = repo.realAnnex('lookupkey', 'locked').stdout.trim()
    expect(byKey.get(key).map(({ path }) => path)).toEqual(['locked', 'unlocked'])
    expect(byKey.get('SHA256-s1--no')).toEqual([])
    expect([...byKey.paths()].sort()).toEqual(expect.arrayContaining(['locked', 'unlocked']))
  })
})

describe('isPopulatable()', () => {
  test('is true of pointer files that the work tree should hold', () => {
    const repo = makeAnnex('populatable')
    repo.realGit('update-index', '--skip-worktree', 'run')
    const found = [...annexedFiles(...read(repo))].filter(isPopulatable)
    expect(found.map(({ path }) => path)).toEqual(['unlocked'])
  })
})
