import { expect, test } from '@jest/globals'
import { expectClean, expectPointer } from '../support/expect.js'
import { PairedRepos } from '../support/paired-repos.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const PLAIN = 'SHA256-s6--5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03'

test('git annex rekey gives files other keys as git-annex does', () => {
  const pair = PairedRepos.make(scratch, (repo) => {
    repo.write('unlocked.txt', 'hello\n')
    repo.realAnnex('add', 'unlocked.txt')
    repo.git('config', 'annex.addunlocked', 'false')
    repo.write('sub/locked.txt', 'hello\n')
    repo.realAnnex('add', 'sub')
    repo.realAnnex('fromkey', '--force', 'SHA256E-s7--aa', 'absent')
    repo.write('plain', 'plain')
    repo.realGit('commit', '-qm', 'files')
  })
  pair.same(['rekey', 'unlocked.txt', PLAIN, 'sub/locked.txt', PLAIN])
  pair.same(['rekey', 'unlocked.txt', PLAIN])
  expect(pair.same(['rekey', 'absent', 'SHA256-s7--bb']).status).toBe(1)
  pair.same(['rekey', '--force', 'absent', 'SHA256-s7--bb'])
  pair.same(['rekey', 'plain', PLAIN])
  pair.same(['rekey', 'plain', 'bad'])
  pair.same(['rekey', 'absent', 'bad'])
  pair.same(['rekey', 'plain'])
  pair.expectSame()
})

test('git annex rekey refuses a key that is not that of the content', () => {
  const repo = scratch.repo('wrong')
  repo.annex('init')
  repo.write('f', 'hello\n')
  repo.annex('add', 'f')
  repo.git('commit', '-qm', 'f')
  for (const key of ['SHA256-s6--00', 'SHA256-s7--00', 'MD5-s6--00']) {
    const { status, stderr } = repo.tryAnnex('rekey', 'f', key)
    expect(stderr).toContain('Verification of content failed')
    expect(status).toBe(1)
  }
  expectClean(repo)
})

test('git annex rekey leaves a modification in the work tree', () => {
  const repo = scratch.repo('modified')
  repo.annex('init')
  repo.write('f', 'hello\n')
  repo.annex('add', 'f')
  repo.git('commit', '-qm', 'f')
  repo.write('f', 'changed\n')
  repo.annex('rekey', 'f', PLAIN)
  expect(repo.read('f').toString()).toBe('changed\n')
  expect(repo.git('status', '--porcelain').stdout).toBe('MM f\n')
  repo.git('checkout', '-q', 'f')
  expect(repo.read('f').toString()).toBe('hello\n')
})

test('git annex rekey --batch stages each answer', () => {
  const repo = scratch.repo('batch')
  repo.annex('init')
  repo.write('a b', 'hello\n')
  repo.write('plain', 'plain')
  repo.annex('add', 'a b')
  const argv = ['git', 'annex', 'rekey', '--batch']
  const { stdout } = repo.run(argv, { input: `a b ${PLAIN}\nplain ${PLAIN}\n` })
  expect(stdout).toMatch(/^rekey a b .*ok\n\n/)
  expect(expectPointer(repo, 'a b')).toBe(PLAIN)
})
