/** Contents that a sync moves and drops, beside git-annex on the same repositories. */
import { describe, test } from '@jest/globals'
import { makeContentTwins } from '../support/content-worlds.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

describe('git annex sync --content', () => {
  test.each([
    ['without preferred content', '', []],
    ['with several jobs', '', ['-J2']],
    ['with wishes here', 'git annex wanted -q . include=sub/*', []],
    ['with wishes there', 'git annex wanted -q bare "include=here.txt"', []],
    [
      'with standard groups',
      'git annex group -q bare archive; git annex wanted -q bare standard; git annex group -q . client; git annex wanted -q . standard',
      [],
    ],
    ['as far as numcopies allows', 'git annex numcopies -q 3; git annex wanted -q . nothing', []],
    ['of a path', '', ['--content-of=sub']],
    ['of one remote', '', ['bare']],
    ['of all keys', 'git rm -q here.txt', ['--all']],
  ])('%s leaves the contents where git-annex leaves them', (_, prepare, args) => {
    const lines = [
      [
        'sync',
        '--no-push',
        '--no-pull',
        ...(args[0]?.startsWith('--content') ? [] : ['--content']),
        ...args,
      ],
    ]
    twins.expectSame('clone', lines, { prepare, only: 'state' })
  })
})
