import { expect, test } from '@jest/globals'
import { makeContentTwins } from '../support/content-worlds.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

test('git annex log says what git-annex says', () => {
  twins.expectSame('clone', [
    ['log'],
    ['log', '--all', '--raw-date'],
    ['log', '--gource', 'here.txt', 'sub', 'nope'],
    ['log', '--max-count=1', '--not', '--in', 'here'],
    ['log', '--all', '--gource', '--since=2001-01-01', '--max-count=2'],
    ['log', '--before', '2001-01-01'],
  ])
})

test('git annex whereused says what git-annex says', () => {
  const [ours, real] = twins.copies()
  const answers = [ours, real].map((world) => {
    world.sh(
      'clone',
      `git rm -q here.txt; echo q >q; git annex add -q q; git commit -qm q; git rm -q q
      git commit -qm q2; cp -a there.txt sub; git add sub; git annex unused -q --used-refspec=+HEAD`,
    )
    const ask = (cwd: string, ...args: string[]) =>
      world
        .tryRun('clone', ['git', 'annex', 'whereused', ...args], { cwd })
        .stdout.split('\n')
        .sort()
    const key = world.annex('clone', 'lookupkey', 'there.txt').stdout.trim()
    return [
      ask('.', '--key', key, '--historical'),
      ask('.', '--unused'),
      ...['.', 'sub'].map((cwd) => ask(cwd, '--unused', '--historical')),
    ]
  })
  expect(answers[0]).toEqual(answers[1])
})
