import { describe, expect, test } from '@jest/globals'
import { makeContentTwins } from '../support/content-worlds.js'
import { expectPresent } from '../support/expect.js'
import { makeFamily } from '../support/family.js'
import { readLocations, uuidOf } from '../support/locations.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

describe('settings of a remote mean what they mean to git-annex', () => {
  const both = 'git annex copy -q --from=origin --to=bare there.txt'

  test.each([
    ['none: of equal costs the first by name', both],
    ['annex-cost', `${both}; git config remote.origin.annex-cost 99.5`],
    ['annex-cost-command', `${both}; git config remote.origin.annex-cost-command "echo 50"`],
    ['annex-ignore', `${both}; git config remote.bare.annex-ignore true`],
    ['annex-ignore-command', `${both}; git config remote.bare.annex-ignore-command false`],
  ])('%s', (_, prepare) => {
    twins.expectSame(
      'clone',
      [
        ['get', 'there.txt'],
        ['drop', 'there.txt', '-N3'],
        ['drop', 'there.txt', '--json'],
      ],
      { prepare, only: 'answers' },
    )
  })

  test.each(['trusted', 'untrusted', 'dead'])('annex-trustlevel=%s', (level) => {
    const prepare = `git config remote.origin.annex-trustlevel ${level}; mv ../origin ../gone`
    twins.expectSame('clone', [['drop', 'here.txt']], { prepare })
  })

  test('annex-readonly keeps it from losing and from getting content', () => {
    twins.expectSame(
      'clone',
      [
        ['drop', '--from=origin', 'here.txt'],
        ['move', '--from=origin', 'here.txt'],
      ],
      { prepare: 'git config remote.origin.annex-readonly true', only: 'state' },
    )
  })
})

describe('another repository at the path of a remote', () => {
  test('has its own uuid, and none of the contents of the one before', () => {
    const { repo, key, remotes } = makeFamily(scratch, ['a', 'b'])
    const [a, b] = remotes as [ScratchRepo, ScratchRepo]
    repo.annex('get', '-q', 'f')
    const before = uuidOf(a)
    repo.run(['mv', a.dir, `${a.dir}-gone`])
    const other = scratch.clone(b, a.dir.slice(scratch.dir.length + 1))
    other.annex('init', 'another')
    const { status, stdout } = repo.tryAnnex('drop', '-N2', 'f')
    expect([status, stdout]).toEqual([1, expect.stringContaining('1 out of 2 necessary copies')])
    expectPresent(repo, key)
    expect(repo.git('config', 'remote.a.annex-uuid').stdout.trim()).toBe(uuidOf(other))
    repo.annex('copy', '-q', '--to=a', 'f')
    const { uuids } = readLocations(repo, 'real')['f']!
    expect(uuids).toEqual([uuidOf(repo), before, uuidOf(other), uuidOf(b)].sort())
    // What the log still says of the one before counts for nothing.
    repo.annex('drop', '-q', '-N2', 'f')
    expectPresent(other, key)
  })
})
