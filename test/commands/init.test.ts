import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectPointer } from '../support/expect.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/

describe('git annex init', () => {
  test('gives the repository an identity, a description, the filter and the hooks', () => {
    const repo = scratch.repo('fresh')
    expect(repo.annex('init', 'my', 'laptop').stdout).toBe('init my laptop ok\n')
    expect(repo.git('config', 'annex.uuid').stdout).toMatch(UUID)
    expect(repo.git('config', 'annex.version').stdout).toBe('10\n')
    expect(repo.git('config', 'filter.annex.required').stdout).toBe('true\n')
    expect(repo.git('config', 'annex.addunlocked').stdout).toBe('true\n')
    expect(readFileSync(repo.path('.git/info/attributes'), 'utf8')).toContain('* filter=annex\n')
    expect(repo.git('show', 'git-annex:uuid.log').stdout).toContain('my laptop timestamp=')
    for (const hook of ['pre-commit', 'post-checkout', 'post-merge', 'pre-push', 'post-receive'])
      expect(existsSync(repo.path(`.git/hooks/${hook}`))).toBe(true)
    expect(repo.realAnnex('info', '--fast').stdout).toContain('my laptop [here]')
  })

  test('makes a description of user, host and place', () => {
    const repo = scratch.repo('nameless')
    repo.annex('init')
    expect(repo.git('show', 'git-annex:uuid.log').stdout).toMatch(/ \S+@\S+:.*nameless timestamp=/)
  })

  test('keeps the identity the second time and changes only what is asked', () => {
    const repo = scratch.repo('twice')
    repo.annex('init', 'first')
    const uuid = repo.git('config', 'annex.uuid').stdout
    const before = repo.git('rev-parse', 'git-annex').stdout
    repo.annex('init')
    expect(repo.git('rev-parse', 'git-annex').stdout).toBe(before)
    repo.annex('init', 'second')
    expect(repo.git('config', 'annex.uuid').stdout).toBe(uuid)
    expect(repo.git('show', 'git-annex:uuid.log').stdout).toContain(' second timestamp=')
  })

  test('keeps a uuid and a choice that the user has made', () => {
    const repo = scratch.repo('chosen')
    const uuid = '11111111-2222-4333-8444-555555555555'
    repo.git('config', 'annex.uuid', uuid)
    repo.git('config', 'annex.addunlocked', 'false')
    repo.annex('init')
    expect(repo.git('config', 'annex.uuid').stdout.trim()).toBe(uuid)
    expect(repo.git('config', 'annex.addunlocked').stdout).toBe('false\n')
  })

  test('sets a bare repository up without filter and hooks', () => {
    const repo = scratch.repo('bare.git', '--bare')
    repo.annex('init', 'server')
    expect(repo.tryRun(['git', 'config', 'filter.annex.process']).status).toBe(1)
    expect(existsSync(repo.path('hooks/pre-commit'))).toBe(false)
    expect(repo.git('show', 'git-annex:uuid.log').stdout).toContain('server')
  })

  test('happens by itself in a clone of an annex, and nowhere else', () => {
    const origin = scratch.repo('origin')
    origin.annex('init', 'origin')
    origin.write('film', 'content\n')
    origin.annex('add', 'film')
    origin.git('commit', '-q', '-m', 'film')
    const clone = scratch.clone(origin, 'clone')
    expect(clone.annex('whereis', 'film').stdout).toContain('(1 copy)')
    expect(clone.git('config', 'annex.uuid').stdout).toMatch(UUID)
    expectClean(clone)
    const plain = scratch.repo('plain')
    const { status, stderr } = plain.tryAnnex('find')
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'git-annex: First run: git-annex init\n',
    })
  })

  test('leaves the files of other filters to them, unless annexed ones have no pattern', () => {
    const repo = scratch.repo('two-filters')
    repo.git('config', 'filter.loud.clean', 'tr a-z A-Z')
    repo.write('sub/.gitattributes', '*.txt filter=loud\n')
    repo.write('sub/a.txt', 'text\n')
    repo.git('add', '.')
    const first = repo.annex('init')
    expect(first.stderr).toContain('filter=loud in sub/.gitattributes are left to that filter')
    expect(existsSync(repo.path('.git/info/attributes'))).toBe(false)
    repo.write('sub/b.txt', 'more\n')
    repo.git('add', '.')
    expect(repo.git('show', ':sub/b.txt').stdout).toBe('MORE\n')
    repo.annex('track', '*.mov')
    repo.write('c.mov', 'film')
    repo.git('add', '.')
    const key = expectPointer(repo, 'c.mov')
    repo.annex('untrack', '*.mov')
    expect(repo.git('check-attr', 'filter', 'c.mov').stdout).toContain('annex')
    expect(repo.annex('init').stderr).toContain('To give those back: git annex track PATTERN')
    expect(expectPointer(repo, 'c.mov')).toBe(key)
  })

  test('refuses where .noannex forbids it, and shows why', () => {
    const repo = scratch.repo('forbidden')
    repo.write('.noannex', 'This is a text-only repository\n')
    const { status, stderr } = repo.tryAnnex('init')
    expect(status).toBe(1)
    expect(stderr).toContain('This is a text-only repository')
    expect(repo.tryRun(['git', 'config', 'annex.uuid']).status).toBe(1)
  })

  test('takes over a repository of git-annex', () => {
    const repo = scratch.repo('taken')
    repo.realAnnex('init', 'made elsewhere')
    const uuid = repo.git('config', 'annex.uuid').stdout
    repo.annex('init')
    expect(repo.git('config', 'annex.uuid').stdout).toBe(uuid)
    expect(repo.git('config', 'filter.annex.required').stdout).toBe('true\n')
    expect(repo.git('show', 'git-annex:uuid.log').stdout).toContain('made elsewhere')
  })
})
