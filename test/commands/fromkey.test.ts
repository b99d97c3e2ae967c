import { expect, test } from '@jest/globals'
import { PairedRepos } from '../support/paired-repos.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const ABSENT = 'SHA256E-s5--00'

test('git annex fromkey makes files as git-annex does', () => {
  let key = ''
  const pair = PairedRepos.make(scratch, (repo) => {
    repo.write('a.txt', 'hello\n')
    repo.realAnnex('add', 'a.txt')
    repo.realGit('commit', '-qm', 'a')
    repo.write('in the way', 'local')
    key = repo.realAnnex('lookupkey', 'a.txt').stdout.trim()
  })
  pair.same(['fromkey', key, 'b.txt', key, 'sub/deep/c.txt'])
  pair.same(['fromkey', key, 'b.txt'])
  expect(pair.same(['fromkey', key, 'in the way']).status).toBe(1)
  expect(pair.same(['fromkey', ABSENT, 'absent']).status).toBe(1)
  pair.same(['fromkey', '--force', '--json', ABSENT, 'absent'])
  pair.same(['fromkey', '--force', 'http://example.com/?a=b', 'url'])
  pair.same(['fromkey', '--force', 'nokey', 'x'])
  pair.same(['fromkey', key])
  pair.same(['fromkey', '--batch'], { input: `${key} with  blanks\n${key} d.txt\n` })
  pair.same(['fromkey', '--batch', '--json'], { input: `${key} e.txt\n` })
  pair.expectSame()
})

test('git annex fromkey makes links where annex.addunlocked is false', () => {
  const pair = PairedRepos.make(scratch, (repo) => {
    repo.git('config', 'annex.addunlocked', 'false')
  })
  pair.same(['fromkey', '--force', ABSENT, 'sub/link'])
  pair.expectSame()
})

test.each(['../outside', '.git/hooks/pre-commit', '.'])(
  'git annex fromkey refuses to make %s',
  (path) => {
    const repo = scratch.repo(`refuse-${path.replace(/\W/g, '_')}`)
    repo.annex('init')
    expect(repo.tryAnnex('fromkey', '--force', ABSENT, path).status).toBe(1)
  },
)
