import { expect, test } from '@jest/globals'
import { BlobKeys } from '../../../src/git/blob-keys.js'
import { readConfig } from '../../../src/git/config.js'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { ObjectStore } from '../../../src/store/object-store.js'
import { storeSettings } from '../../../src/store/settings.js'
import { listConflicts } from '../../../src/worktree/conflicts.js'
import { ConflictResolver } from '../../../src/worktree/resolve-conflict.js'
import { expectContent } from '../../support/expect.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()

test('ConflictResolver leaves a file that is written to while other conflicts are looked at', () => {
  const repo = scratch.repo('r')
  repo.annex('init')
  const commit = (name: string) => {
    for (const path of ['a', 'b']) repo.write(path, `${name} ${path}\n`)
    repo.annex('add', '-q', '-c', 'annex.largefiles=anything')
    repo.git('commit', '-qm', name)
  }
  commit('base')
  repo.git('checkout', '-qb', 'other')
  commit('theirs')
  repo.git('checkout', '-q', 'main')
  commit('ours')
  repo.tryGit('merge', '-q', 'other')

  const repository = openRepositoryAt(repo.dir)!
  const config = readConfig(repository)
  const store = new ObjectStore(repository.annexDir, storeSettings(config, false))
  const blobKeys = new BlobKeys(repository)
  const resolver = new ConflictResolver({ repository, config, store, blobKeys })
  const conflicts = listConflicts(repository, blobKeys)
  for (const conflict of conflicts) resolver.add(conflict, 'theirs')
  const before = repo.git('ls-files', '-u').stdout
  repo.write('b', 'written meanwhile\n')
  expect(() => resolver.finish()).toThrow('b was changed meanwhile')
  expectContent(repo, 'b', 'written meanwhile\n')
  expect([conflicts.length, repo.git('ls-files', '-u').stdout]).toEqual([2, before])
})
