import { describe, expect, test } from '@jest/globals'
import { makeContentTwins } from '../support/content-worlds.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)
const clone = twins.copy('ours').repo('clone')
const [here, there] = ['here.txt', 'there.txt'].map((file) =>
  clone.annex('lookupkey', file).stdout.trim(),
) as [string, string]

describe('git annex transferkey', () => {
  test('transfers in silence, as git-annex does', () => {
    const { world } = twins.expectSame(
      'clone',
      [
        ['transferkey', here, '--to=bare'],
        ['transferkey', there, '--from=origin', '--file=there.txt'],
        ['transferkey', there, '--from=origin'],
        ['transferkey', there, '--to', 'bare', '--file', 'there.txt'],
        ['whereis', 'there.txt'],
      ],
      { only: 'answers' },
    )
    // Whoever looks next, with either program, sees it.
    expect(
      world.scratch.run(['git', 'annex', 'whereis', 'there.txt'], {
        cwd: world.repo('clone').dir,
        program: 'real',
      }).stdout,
    ).toContain('(3 copies)')
  })

  test('fails with a message', () => {
    for (const [args, message] of [
      [[there, '--from=bare'], ''],
      [[here.replace(/--./, '--0'), '--to=bare'], 'is not present'],
      [['nokey', '--to=bare'], 'bad key'],
      [[here, '--to=nobody'], 'there is no available git remote named "nobody"'],
      [[here], 'Missing: '],
    ] as const) {
      const { status, stdout, stderr } = clone.tryAnnex('transferkey', ...args)
      expect({ args, status, stdout }).toEqual({ args, status: 1, stdout: '' })
      expect(stderr).toContain(message)
    }
  })
})
