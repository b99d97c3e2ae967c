import { chmodSync, closeSync, lstatSync, openSync, readlinkSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, expectPresent } from '../support/expect.js'
import { makeUnlockedFilm } from '../support/film.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

describe('git annex lock', () => {
  test('turns a file into a link to its read-only content, as git-annex would', () => {
    const repo = makeUnlockedFilm(scratch, 'plain')
    expect(repo.annex('lock', 'film').stdout).toBe('lock film ok\n')
    expect(readlinkSync(repo.path('film'))).toMatch(/^\.git\/annex\/objects\//)
    expectContent(repo, 'film', 'content\n')
    repo.git('commit', '-q', '-m', 'locked')
    expectClean(repo)
    expect(repo.realAnnex('fsck', '-q').status).toBe(0)
    expect(repo.realAnnex('unlock', 'film').stdout).toContain('unlock film ok\n')
  })

  test('refuses to lose a modification, unless it is forced', () => {
    const repo = makeUnlockedFilm(scratch, 'modified')
    repo.write('film', 'modified\n')
    const refused = repo.tryAnnex('lock', 'film')
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('--force')
    expectContent(repo, 'film', 'modified\n')
    repo.annex('lock', '--force', 'film')
    expectContent(repo, 'film', 'content\n')
  })

  test('leaves a file that somebody is about to write to', () => {
    const repo = makeUnlockedFilm(scratch, 'open')
    const fd = openSync(repo.path('film'), 'r+')
    const refused = repo.tryAnnex('lock', 'film')
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringContaining('film is open for writing'),
    ])
    writeSync(fd, 'C')
    closeSync(fd)
    expectContent(repo, 'film', 'Content\n')
    expect(repo.tryAnnex('lock', 'film').status).toBe(1)
  })

  test('takes in content that only the work tree has', () => {
    const repo = makeUnlockedFilm(scratch, 'only')
    const key = repo.annex('lookupkey', 'film').stdout.trim()
    const object = repo.path(repo.annex('contentlocation', key).stdout.trim())
    chmodSync(dirname(object), 0o755)
    rmSync(object)
    repo.annex('lock', 'film')
    expectPresent(repo, key)
    expectContent(repo, 'film', 'content\n')
  })

  test('makes a link of a pointer whose content is elsewhere', () => {
    const repo = makeUnlockedFilm(scratch, 'absent')
    repo.annex('drop', '--force', 'film')
    repo.annex('lock', 'film')
    expect(lstatSync(repo.path('film')).isSymbolicLink()).toBe(true)
    repo.git('commit', '-q', '-m', 'locked')
    expectClean(repo)
  })
})
