import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()
let count = 0

function makeRepo(): ScratchRepo {
  const repo = scratch.repo(`repo${count++}`)
  repo.annex('init')
  return repo
}

function catchAll(repo: ScratchRepo): boolean {
  const path = repo.path('.git/info/attributes')
  return existsSync(path) && readFileSync(path, 'utf8').includes('* filter=annex')
}

describe('git annex untrack', () => {
  test('takes the line back, and the last one brings the filter for all back', () => {
    const repo = makeRepo()
    repo.annex('track', '*.psd', '*.bin')
    expect(repo.annex('untrack', '*.psd').stdout).toBe(
      'untrack *.psd ok\nuntrack .gitattributes (staged) ok\n',
    )
    expect(repo.read('.gitattributes').toString()).toMatch(/^\*\.bin filter=annex .*\n$/)
    expect(repo.annex('untrack', '*.bin').stdout).toContain('All files go through the filter again')
    expect(catchAll(repo)).toBe(true)
    expect(repo.git('ls-files').stdout).toBe('')
    expect(repo.annex('untrack', '*.bin').stdout).toContain('(not tracked)')
  })

  test('keeps the filter for files that are annexed', () => {
    const repo = makeRepo()
    repo.annex('track', '*.psd', '*.bin')
    repo.write('a.psd', 'psd')
    repo.git('add', '.')
    expect(repo.annex('untrack', '*.psd').stdout).toContain('such as a.psd')
    expect(catchAll(repo)).toBe(true)
  })

  test('wants a pattern', () => {
    expect(makeRepo().tryAnnex('untrack').status).toBe(1)
  })
})
