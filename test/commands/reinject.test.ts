import { existsSync, writeFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { PairedRepos } from '../support/paired-repos.js'
import type { ScratchRepo } from '../support/scratch.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

function withDroppedFile(repo: ScratchRepo): void {
  for (const name of ['a.txt', 'sub/b.txt']) repo.write(name, 'hello\n')
  repo.realAnnex('add', '.')
  repo.realGit('commit', '-qm', 'files')
  repo.realAnnex('drop', '--force', 'a.txt')
}

test('git annex reinject puts content back as git-annex does', () => {
  const pair = PairedRepos.make(scratch, withDroppedFile)
  pair.each((repo) => writeFileSync(repo.path('../other'), 'other\n'))
  expect(pair.same(['reinject', '../other', 'a.txt']).status).toBe(1)
  pair.each((repo) => expect(existsSync(repo.path('../other'))).toBe(true))
  for (let times = 0; times < 2; times++) {
    pair.each((repo) => writeFileSync(repo.path('../source'), 'hello\n'))
    pair.same(['reinject', '../source', 'a.txt'])
    pair.each((repo) => expect(existsSync(repo.path('../source'))).toBe(false))
  }
  pair.same(['reinject', '../other'])
  pair.expectSame()
})

test('git annex reinject --known takes what some annex had once', () => {
  const pair = PairedRepos.make(scratch, withDroppedFile)
  pair.each((repo) => {
    writeFileSync(repo.path('../known.txt'), 'hello\n')
    writeFileSync(repo.path('../unknown.txt'), 'unknown\n')
  })
  const { ours, real } = pair.run(['reinject', '--known', '../known.txt', '../unknown.txt'])
  expect([ours.status, real.status]).toEqual([0, 0])
  expect(ours.stdout).toContain('Not known content; skipping')
  pair.each((repo) => {
    expect(existsSync(repo.path('../known.txt'))).toBe(false)
    expect(existsSync(repo.path('../unknown.txt'))).toBe(true)
  })
  pair.expectSame()
})

test('git annex reinject refuses an annexed source, and a destination that is not annexed', () => {
  const repo = scratch.repo('refuse')
  repo.annex('init')
  withDroppedFile(repo)
  expect(repo.tryAnnex('reinject', 'a.txt', 'sub/b.txt').stderr).toContain('cannot use an annexed')
  repo.write('plain', 'plain')
  expect(repo.tryAnnex('reinject', 'plain', 'plain').stderr).toContain('is not an annexed file')
  expect(repo.tryAnnex('reinject', 'missing', 'a.txt').status).toBe(1)
})
