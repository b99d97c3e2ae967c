import { expect, test } from '@jest/globals'
import { PairedRepos } from '../support/paired-repos.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex dropkey removes contents as git-annex does', () => {
  const keys: string[] = []
  const pair = PairedRepos.make(scratch, (repo) => {
    for (const name of ['a', 'b', 'c']) repo.write(name, `content of ${name}`)
    repo.realAnnex('add', '.')
    repo.realGit('commit', '-qm', 'files')
    for (const name of ['a', 'b', 'c']) keys.push(repo.realAnnex('lookupkey', name).stdout.trim())
  })
  expect(pair.same(['dropkey', keys[0]!]).status).toBe(1)
  pair.same(['dropkey', '--force', keys[0]!])
  pair.same(['dropkey', '--force', '--json', keys[0]!, keys[1]!])
  pair.same(['dropkey', '--force', 'bad'])
  pair.same(['dropkey', '--force', '--batch'], { input: `${keys[2]}\n` })
  pair.same(['dropkey', '--force', '--batch'], { input: 'bad\n' })
  pair.expectSame()
  expect(pair.ours.read('a').toString()).toBe(`/annex/objects/${keys[0]}\n`)
})
