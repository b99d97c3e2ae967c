import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { expect, test } from '@jest/globals'
import { expectIntact, expectPresent } from '../support/expect.js'
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

test('git annex reinject --guesskeys takes files that are named like keys, in bare repositories too', () => {
  const repo = scratch.repo('lost.git', '--bare')
  repo.annex('init')
  const key = 'SHA256E-s6--5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03.txt'
  const worm = 'WORM-s5-m1--some_name'
  const wrong = 'SHA256E-s6--0000b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03.txt'
  for (const [name, content] of [
    [key, 'hello\n'],
    [worm, 'world'],
    [wrong, 'hello\n'],
    ['x', 'x'],
  ])
    writeFileSync(scratch.path(name!), content!)
  const paths = [key, worm, wrong, 'x'].map((name) => scratch.path(name))
  const { status, stdout } = repo.tryAnnex('reinject', '--guesskeys', '--json', ...paths)
  expect(status).toBe(1)
  const objects = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(objects.map(({ key: taken, success }) => [taken, success])).toEqual([
    [key, true],
    [worm, true],
    [wrong, false],
    [undefined, true],
  ])
  expect(objects[3].note).toBe('Not named like an object file; skipping')
  expect(paths.map((path) => existsSync(path))).toEqual([false, false, true, true])
  expect(repo.realAnnex('fsck', '--all').status).toBe(0)
})

test('git annex reinject loses no content: neither of the object, nor of the file', () => {
  const repo = scratch.repo('careful')
  repo.annex('init')
  withDroppedFile(repo)
  repo.write('../source', 'hello\n')
  linkSync(repo.path('../source'), repo.path('../other name'))
  repo.annex('reinject', '../source', 'a.txt')
  const key = repo.annex('lookupkey', 'a.txt').stdout.trim()
  const object = repo.path(repo.annex('contentlocation', key).stdout.trim())
  expect(statSync(object).nlink).toBe(1)

  const itself = repo.tryAnnex('reinject', object, 'a.txt')
  expect([itself.status, itself.stderr]).toEqual([1, expect.stringContaining('is in the annex')])
  expectPresent(repo, key)

  const fd = openSync(repo.path('../other name'), 'r+')
  const open = repo.tryAnnex('reinject', '../other name', 'a.txt')
  expect([open.status, open.stderr]).toEqual([1, expect.stringContaining('is being written to')])
  closeSync(fd)

  chmodSync(object, 0o644)
  writeFileSync(object, 'jello\n')
  repo.annex('reinject', '../other name', 'a.txt')
  expect(existsSync(repo.path('../other name'))).toBe(false)
  expectIntact(repo)
  expect(readFileSync(repo.path(`.git/annex/bad/${key}`), 'utf8')).toBe('jello\n')
})
