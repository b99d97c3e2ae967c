import { chmodSync, lstatSync, rmSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, expectPointer } from '../support/expect.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()

function makeLocked(name: string): ScratchRepo {
  const repo = scratch.repo(name)
  repo.git('config', 'annex.addunlocked', 'false')
  repo.annex('init')
  repo.write('film', 'content\n')
  repo.write('tool', '#!/bin/sh\n')
  chmodSync(repo.path('tool'), 0o755)
  repo.annex('add', 'film', 'tool')
  repo.git('commit', '-q', '-m', 'files')
  return repo
}

describe('git annex unlock', () => {
  test('turns a link into a file that can be changed, and stages a pointer', () => {
    const repo = makeLocked('change')
    expect(repo.annex('unlock', 'film').stdout).toBe('unlock film ok\n')
    expect(lstatSync(repo.path('film')).isFile()).toBe(true)
    expectPointer(repo, 'film')
    repo.write('film', 'changed\n')
    repo.git('commit', '-q', '-a', '-m', 'changed')
    expectClean(repo)
    repo.git('checkout', '-q', 'HEAD~1', '--', 'film')
    expectContent(repo, 'film', 'content\n')
    expect(repo.realAnnex('fsck', '-q').status).toBe(0)
  })

  test('keeps the execute bit and leaves nothing to report', () => {
    const repo = makeLocked('bits')
    repo.annex('unlock', 'tool')
    expect(lstatSync(repo.path('tool')).mode & 0o111).toBe(0o111)
    expect(repo.git('ls-files', '-s', 'tool').stdout).toMatch(/^100755 /)
    expect(repo.annex('unlock', 'tool').stdout).toBe('')
  })

  test('gives a pointer where the content is not here', () => {
    const repo = makeLocked('absent')
    repo.annex('drop', '--force', 'film')
    repo.annex('unlock', 'film')
    expect(repo.read('film').toString()).toMatch(/^\/annex\/objects\//)
    repo.git('commit', '-q', '-m', 'unlocked')
    expectClean(repo)
  })

  test('stages what a killed one has left in the work tree, and nothing else', () => {
    const repo = makeLocked('killed')
    const replace = (path: string, content: string) => {
      rmSync(repo.path(path))
      repo.write(path, content)
    }
    replace('film', 'content\n')
    replace('tool', 'mine\n')
    expect(repo.annex('unlock', '.').stdout).toBe('unlock film ok\n')
    expectPointer(repo, 'film')
    expectContent(repo, 'film', 'content\n')
    expectContent(repo, 'tool', 'mine\n')
    expect(repo.git('status', '--porcelain').stdout).toBe('T  film\n T tool\n')
  })

  test('--json names file and key', () => {
    const repo = makeLocked('json')
    const item = JSON.parse(repo.annex('unlock', '--json', 'film').stdout)
    expect(item).toMatchObject({ command: 'unlock', file: 'film', success: true })
    expect(item.key).toBe(repo.annex('lookupkey', 'film').stdout.trim())
  })
})
