import { expect, test } from '@jest/globals'
import { expectClean, expectContent } from '../support/expect.js'
import { useScratch } from '../support/scratch.js'
import { Twins } from '../support/twins.js'

const scratch = useScratch()
const twins = new Twins(scratch, (world) => {
  world.run('git', 'init', '-q', 'r')
  world.annex('r', 'init', 'r')
  world.sh(
    'r',
    `mkdir d; echo 1 >f; echo 1 >l; echo d1 >d/a; echo plain >p
    git annex add -q l d; git annex add -q -c annex.addunlocked=true f
    git -c annex.largefiles=nothing add p; git commit -qm one
    echo 2 >f; git annex add -q -c annex.addunlocked=true f
    rm l; echo 2 >l; git annex add -q l
    echo 2p >p; git -c annex.largefiles=nothing add p; git commit -qm two
    git rm -q d/a; mkdir -p d; echo n >d/new; git annex add -q d; git commit -qm three
    git annex sync -q`,
  )
})

test('git annex undo takes the last change back, and again, as git-annex does', () => {
  twins.expectSame('r', [
    ['undo', 'f', 'p'],
    ['undo', 'l'],
  ])
  twins.expectSame('r', [
    ['undo', 'f'],
    ['undo', 'f'],
    ['undo', 'd'],
    ['undo', 'nope'],
  ])
  const { world } = twins.expectSame('r', [['undo', '.']], { cwd: 'd' })
  expectContent(world.repo('r'), 'd/a', 'd1\n')
  twins.expectSame('r', [['undo', 'd', 'u']], { prepare: 'echo u >u' })
})

test('git annex undo never overwrites what is nowhere else, and --depth goes further back', () => {
  const repo = twins.copy('ours').repo('r')
  repo.write('p', 'not staged\n')
  const { status, stderr } = repo.tryAnnex('undo', 'p')
  expect(`${status} ${stderr}`).toMatch(/^1 git-annex: Cannot undo changes .*: p\n/)
  expectContent(repo, 'p', 'not staged\n')
  // Taken out of git, and changed since: nothing but the user's own file has that.
  repo.git('rm', '-q', '--cached', 'l')
  repo.write('.git/info/exclude', 'l\n')
  repo.git('commit', '-qm', 'without l')
  repo.git('stash', '-q')
  repo.run(['sh', '-c', 'rm l; echo mine >l'])
  const ignored = repo.tryAnnex('undo', 'l')
  expect(`${ignored.status} ${ignored.stderr}`).toMatch(/1 .*not checked into git: l\n/s)
  expectContent(repo, 'l', 'mine\n')
  repo.git('reset', '-q', '--hard', 'HEAD~1')
  repo.git('stash', 'pop', '-q')
  repo.git('commit', '-qam', 'four')
  repo.annex('undo', 'p', '--depth=2')
  expectContent(repo, 'p', 'plain\n')
  repo.git('commit', '-qm', 'undone')
  expectClean(repo)
  repo.annex('undo', 'p')
  expectContent(repo, 'p', 'not staged\n')
})
