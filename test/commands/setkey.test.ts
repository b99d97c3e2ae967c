import { existsSync, writeFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { PairedRepos } from '../support/paired-repos.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const KEY = 'SHA256E-s6--5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03.txt'

test('git annex setkey moves a file into the annex as git-annex does', () => {
  const pair = PairedRepos.make(scratch, (repo) => {
    repo.realAnnex('fromkey', '--force', KEY, 'f.txt')
    repo.realAnnex('fromkey', '--force', KEY, 'sub/g.txt')
    repo.realGit('commit', '-qm', 'files')
  })
  pair.each((repo) => writeFileSync(repo.path('../source'), 'hello\n'))
  pair.same(['setkey', KEY, '../source'])
  pair.each((repo) => {
    expect(existsSync(repo.path('../source'))).toBe(false)
    expect(repo.read('f.txt').toString()).toBe('hello\n')
  })
  pair.expectSame()
})

test('git annex setkey leaves a file alone that is not the content', () => {
  const repo = scratch.repo('r')
  repo.annex('init')
  repo.write('f', 'hallo\n')
  for (const key of [KEY, 'SHA256E-s7--00', 'bad', 'MD5-s6--00']) {
    expect(repo.tryAnnex('setkey', key, 'f').status).toBe(1)
    expect(repo.read('f').toString()).toBe('hallo\n')
  }
  expect(repo.annex('contentlocation').stdout).toBe('')
  expect(repo.tryAnnex('setkey', KEY).stderr).toContain('specify a key and a content file')
  expect(repo.tryAnnex('setkey', KEY, 'missing').status).toBe(1)
})

test('git annex setkey refuses an insecure key where annex.securehashesonly is set', () => {
  const repo = scratch.repo('secure')
  repo.annex('init')
  repo.git('config', 'annex.securehashesonly', 'true')
  repo.write('f', 'hello\n')
  const key = repo.run(['git', 'annex', 'calckey', '--backend=SHA256', 'f']).stdout.trim()
  const weak = 'MD5-s6--b1946ac92492d2347c6235b4d2611184'
  const { status, stderr } = repo.tryAnnex('setkey', weak, 'f')
  expect(stderr).toContain('annex.securehashesonly blocked adding MD5 key to annex objects')
  expect(status).toBe(1)
  repo.annex('setkey', key, 'f')
  expect(existsSync(repo.path('f'))).toBe(false)
})
