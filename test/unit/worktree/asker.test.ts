import { expect, test } from '@jest/globals'
import { gitCommand, isShowing } from '../../../src/worktree/asker.js'

test.each([
  ['git diff HEAD', 'diff'],
  ['/usr/lib/git-core/git -C diff -c a.b=c --no-pager --git-dir=x log -p', 'log'],
  ['git --git-dir log show', 'show'],
  ['git', undefined],
  ['git --version', undefined],
  ['sh -c diff', undefined],
  ['', undefined],
])('gitCommand() finds in %j: %j', (line, command) => {
  expect(gitCommand(line.split(' ').filter(Boolean))).toBe(command)
})

test('isShowing() is false when no git has started us', () => {
  expect(isShowing({})).toBe(false)
})
