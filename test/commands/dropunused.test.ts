import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { expectNotPresent, expectPointer, expectPresent } from '../support/expect.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const ABSENT = 'SHA256E-s9--e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

test('git annex dropunused takes numbers, ranges and all, and keeps the last copy', () => {
  const repo = scratch.repo('r')
  repo.annex('init', 'r')
  repo.git('config', 'annex.largefiles', 'anything')
  const keys = ['a', 'b', 'c'].map((name) => {
    repo.write(name, `content of ${name}\n`)
    repo.git('add', name)
    const key = expectPointer(repo, name)
    repo.git('rm', '-qf', name)
    return key
  })
  mkdirSync(repo.path('.git/annex/bad'))
  writeFileSync(repo.path('.git/annex/bad', ABSENT), 'x')
  repo.annex('unused')
  expect(repo.annex('dropunused').stdout).toBe('')
  const refused = repo.tryAnnex('dropunused', '2-3')
  expect(refused.status).toBe(1)
  expect(refused.stdout.match(/^dropunused [23] \(unsafe\)/gm)).toHaveLength(2)
  expect(refused.stderr).toBe('dropunused: 2 failed\n')
  for (const key of keys) expectPresent(repo, key)
  expect(repo.annex('dropunused', '4').stdout).toBe('dropunused 4 ok\n')
  expect(readdirSync(repo.path('.git/annex/bad'))).toEqual([])
  const forced = repo.annex('dropunused', '--force', '--json', '1', '1').stdout.trim().split('\n')
  expect(forced.map((line) => JSON.parse(line))).toEqual(
    Array(2).fill(expect.objectContaining({ command: 'dropunused', input: ['1'], success: true })),
  )
  for (const words of [['99'], ['foo'], ['2-'], ['3', '99']]) {
    const { status, stderr } = repo.tryAnnex('dropunused', '--force', ...words)
    expect(`${status} ${stderr}`).toMatch(/^1 git-annex: (99 not valid|Expected number or range)/)
  }
  const absent =
    repo.annex('unused', '-q').status + repo.annex('dropunused', '--force', 'all').status
  expect(absent).toBe(0)
  for (const key of keys) expectNotPresent(repo, key)
  expect(repo.annex('unused').stdout).toBe('unused . (checking for unused data...) ok\n')
})

test('git annex dropunused --force keeps what has got a file since it was listed', () => {
  const repo = scratch.repo('stale')
  repo.annex('init', 'stale')
  repo.git('config', 'annex.largefiles', 'anything')
  repo.write('a', 'content of a\n')
  repo.git('add', 'a')
  const key = expectPointer(repo, 'a')
  repo.git('rm', '-qf', 'a')
  repo.annex('unused', '-q')
  repo.write('again', 'content of a\n')
  repo.git('add', 'again')
  for (const args of [
    ['dropunused', '--force', 'all'],
    ['drop', '--force', '--unused'],
  ])
    expect(repo.tryAnnex(...args)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('again uses this content by now'),
    })
  expectPresent(repo, key)
})
