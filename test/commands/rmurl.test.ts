import { expect, test } from '@jest/globals'
import { PairedRepos } from '../support/paired-repos.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** Two urls for an annexed file. */
function fill(repo: ScratchRepo): void {
  repo.write('f', 'content')
  repo.write('plain', 'plain')
  repo.realAnnex('add', 'f')
  repo.realGit('commit', '-qm', 'f')
  for (const url of ['http://example.com/1', 'http://example.com/2'])
    repo.realAnnex('registerurl', repo.realAnnex('lookupkey', 'f').stdout.trim(), url)
}

test('git annex rmurl forgets urls as git-annex does', () => {
  const pair = PairedRepos.make(scratch, fill)
  pair.same(['rmurl', 'f', 'http://example.com/unknown'])
  pair.same(['rmurl', 'f', 'http://example.com/1', 'plain', 'http://example.com/1'])
  pair.same(['whereis', '--json', 'f'])
  pair.same(['rmurl', '--batch'], { input: 'f http://example.com/2\n' })
  pair.same(['whereis', '--json', 'f'])
  expect(pair.same(['rmurl', 'f']).status).toBe(1)
  expect(pair.same(['rmurl', '--batch'], { input: 'bad\n' }).status).toBe(1)
  pair.expectSame()
})
