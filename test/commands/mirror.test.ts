import { describe, expect, test } from '@jest/globals'
import { makeContentTwins } from '../support/content-worlds.js'
import { expectClean } from '../support/expect.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

describe('git annex mirror', () => {
  test('says and does what git-annex does', () => {
    const { world } = twins.expectSame('clone', [
      ['mirror', '--to=bare', '--json'],
      ['mirror', '--to=bare', '--fast'],
      ['mirror', '--from=origin', 'here.txt', 'there.txt'],
      ['mirror', '--to=bare', '--all', '--quiet'],
      ['drop', '--quiet', 'here.txt'],
      ['mirror', '--to=bare', 'here.txt'],
      ['mirror', '--from=bare'],
    ])
    expectClean(world.repo('clone'))
  })

  test('keeps what has no copies enough, and passes over what it cannot ask', () => {
    twins.expectSame('clone', [['mirror', '--to=origin', 'there.txt']], { only: 'state' })
    const clone = twins.copy('ours').repo('clone')
    clone.run(['mv', '../origin', '../gone'])
    expect(clone.annex('mirror', '--from=origin').stdout).toBe('')
    expect(clone.tryAnnex('mirror', '--to=origin').status).toBe(1)
    for (const args of [[], ['--from=here'], ['--from=bare', '--to=origin']])
      expect(clone.tryAnnex('mirror', ...args).status).toBe(1)
  })
})
