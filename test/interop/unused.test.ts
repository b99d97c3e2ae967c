import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { makeContentTwins } from '../support/content-worlds.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)
/** Nothing but the origin's branches refers to `here.txt`, and nothing at all to `new.bin`. */
const REMOVE = `git rm -q here.txt; git commit -qm less
  echo staged >new.bin; git annex add -q new.bin; git rm -qf new.bin`

test('git annex dropunused, addunused and --unused do what git-annex does', () => {
  const unused = ['unused', '-q', '--used-refspec=+HEAD']
  twins.expectSame('clone', [unused, ['dropunused', '--numcopies=2', 'all']], { prepare: REMOVE })
  twins.expectSame('clone', [unused, ['dropunused', '--force', '1-2']], { prepare: REMOVE })
  twins.expectSame('clone', [unused, ['addunused', 'all'], unused], { prepare: REMOVE })
  twins.expectSame(
    'clone',
    [
      ['unused', '-q', '--from=origin', '--used-refspec=+HEAD'],
      ['dropunused', '--from=origin', 'all'],
      ['dropunused', 'foo'],
      ['dropunused', '99'],
      ['unused'],
    ],
    { prepare: 'git rm -q here.txt there.txt; git commit -qm less; git annex untrust -q bare' },
  )
  const drop = [unused, ['drop', '--unused', '--force', '--quiet']]
  twins.expectSame('clone', drop, { prepare: REMOVE, only: 'state' })
  const whereis = [unused, ['move', '--unused', '--to=bare'], ['whereis', '--unused']]
  twins.expectSame('clone', whereis, { prepare: REMOVE, only: 'state' })
})

test('git annex unused finds what git-annex finds, and each reads what the other has listed', () => {
  const [ours, real] = twins.copies()
  const stdouts = [ours, real].map((world) => {
    world.sh('clone', REMOVE)
    return ['', '--used-refspec=+HEAD', '--from=origin', '--fast'].map((option) => {
      const args = option === '' ? [] : [option]
      // Its numbers follow the order of directories, and it forgets to close a parenthesis.
      return world
        .annex('clone', 'unused', ...args)
        .stdout.replace('--historical --unused)', '--historical --unused')
        .replace(/^ {4}\d /gm, '    N ')
        .split('\n')
        .sort()
    })
  })
  expect(stdouts[0]).toEqual(stdouts[1])
  const [mine, other] = [ours.repo('clone'), real.repo('clone')]
  mine.annex('unused', '-q')
  other.realAnnex('unused', '-q')
  const list = (path: string) => readFileSync(path, 'utf8').replace(/ \d+\.?\d*s$/gm, '')
  expect(list(mine.path('.git/annex/unused'))).toBe(list(other.path('.git/annex/unused')))
  expect(mine.realAnnex('dropunused', '--force', '1').stdout).toContain('dropunused 1 ok\n')
  expect(other.annex('dropunused', '--force', '1').stdout).toContain('dropunused 1 ok\n')
  expect(other.annex('unused').stdout).not.toContain('NUMBER')
  expect(mine.realAnnex('unused').stdout).not.toContain('NUMBER')
})
