import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { expectContent, expectPointer } from '../support/expect.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const ABSENT = 'SHA256E-s9--e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

test('git annex addunused gives unused content a file again, and leaves other leftovers alone', () => {
  const repo = scratch.repo('r')
  repo.annex('init', 'r')
  repo.git('config', 'annex.largefiles', 'anything')
  repo.write('a', 'content of a\n')
  repo.git('add', 'a')
  const key = expectPointer(repo, 'a')
  repo.git('rm', '-qf', 'a')
  mkdirSync(repo.path('.git/annex/bad'))
  writeFileSync(repo.path('.git/annex/bad', ABSENT), 'x')
  repo.annex('unused')
  expect(repo.annex('addunused', '1').stdout).toBe('addunused 1 ok\n')
  expectContent(repo, `unused.${key}`, 'content of a\n')
  expect(repo.git('status', '--porcelain').stdout).toBe(`A  unused.${key}\n`)
  expect(repo.annex('addunused', '1').status).toBe(0)
  const { status, stderr } = repo.tryAnnex('addunused', '2')
  expect(`${status} ${stderr}`).toContain('1 git-annex: cannot addunused badcontent\n')
  expect(repo.annex('unused').stdout).not.toContain(key)
})
