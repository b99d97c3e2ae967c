import { readlinkSync, renameSync, symlinkSync, unlinkSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { CONTENTS, makeContentTwins } from '../support/content-worlds.js'
import { expectContent } from '../support/expect.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

describe('git annex fix', () => {
  test('says and does what git-annex does', () => {
    const prepare = 'mkdir -p a/b; git mv here.txt a/b; mv there.txt a; git add -A .'
    twins.expectSame('clone', [['fix', 'sub', 'nope'], ['fix', 'a/b'], ['fix'], ['fix']], {
      prepare,
    })
  })

  test('makes a moved link lead to its content, in the work tree and in the index', () => {
    const clone = twins.copy('ours').repo('clone')
    clone.git('mv', 'here.txt', 'sub/moved.txt')
    clone.annex('fix')
    expectContent(clone, 'sub/moved.txt', CONTENTS['here.txt'])
    clone.git('commit', '-qm', 'moved')
    expect(clone.git('status', '--porcelain').stdout).toBe('')
    expect(clone.annex('fix').stdout).toBe('')
  })

  test('mends a link that only the work tree has wrong, and no other link', () => {
    const clone = twins.copy('ours').repo('clone')
    const target = readlinkSync(clone.path('here.txt'))
    unlinkSync(clone.path('here.txt'))
    symlinkSync(`../${target}`, clone.path('here.txt'))
    unlinkSync(clone.path('there.txt'))
    symlinkSync('plain.txt', clone.path('there.txt'))
    expect(clone.annex('fix').stdout).toContain('fix here.txt ok\n')
    expect(readlinkSync(clone.path('here.txt'))).toBe(target)
    expect(readlinkSync(clone.path('there.txt'))).toBe('plain.txt')
  })

  test('says in JSON only what it has mended', () => {
    const clone = twins.copy('ours').repo('clone')
    renameSync(clone.path('here.txt'), clone.path('sub/here.txt'))
    clone.git('add', '-A', '.')
    const lines = clone.annex('fix', '--json').stdout.trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { file: string }).file)).toEqual([
      'sub/here.txt',
    ])
  })
})
