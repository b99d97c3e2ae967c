import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerClone(scratch)

describe('git annex lookupkey', () => {
  test.each([
    [['here.txt']],
    [['there.txt', 'sub/ünlocked file.bin']],
    [['./sub/../here.txt']],
    [['plain.txt']],
    [['here.txt', 'nope']],
    [['sub']],
    [[]],
  ])('%j answers as git-annex does', (args) => {
    expectLikeGitAnnex(repo, ['lookupkey', ...args])
  })

  test('fails without a word when a file has no key', () => {
    expect(repo.tryAnnex('lookupkey', 'plain.txt')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: '',
    })
  })

  test('goes on after a file without a key', () => {
    const { status, stdout } = repo.tryAnnex('lookupkey', 'nope', '../outside', 'here.txt')
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: repo.annex('lookupkey', 'here.txt').stdout,
    })
  })

  test('answers a batch, what has no key with an empty line', () => {
    const input = 'here.txt\nplain.txt\nnope\nthere.txt\n'
    expectLikeGitAnnex(repo, ['lookupkey', '--batch'], { input })
  })

  test('--ref looks up objects, locked or unlocked, in any tree', () => {
    const keys = repo.annex('lookupkey', 'here.txt', 'sub/ünlocked file.bin').stdout
    const found = repo.annex('lookupkey', '--ref', 'HEAD:here.txt', 'main:sub/ünlocked file.bin')
    expect(found.stdout).toBe(keys)
    expect(repo.tryAnnex('lookupkey', '--ref', 'HEAD:plain.txt').status).toBe(1)
    expect(repo.tryAnnex('lookupkey', '--ref', 'HEAD:nope').status).toBe(1)
  })
})
