import { readFileSync, rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { GITS, MISSING_GITS } from '../support/gits.js'
import { Scratch, type ScratchRepo, someBytes } from '../support/scratch-repo.js'

/**
 * What git tells the filter of each command (spec: git filter, rule 1): where it lets a file be
 * delayed, it waits for the filter in the end, and contents can be put in place then. Where it does
 * not, nothing comes after the answer.
 */
const COMMANDS: readonly (readonly [command: string, canDelay: boolean])[] = [
  ['git checkout -q HEAD~1', true],
  ['git checkout -q HEAD~1 -- f', true],
  ['git switch -q --detach HEAD~1', true],
  ['git restore --source=HEAD~1 f', true],
  ['git reset -q --hard HEAD~1', true],
  ['git merge -q --no-edit side', true],
  ['git cherry-pick side', true],
  ['git revert --no-edit HEAD', true],
  ['git rebase -q side', true],
  ['git read-tree -u -m HEAD~1', true],
  ['git worktree add -q ../w HEAD~1', true],
  ['echo changed >f; git stash -q', true],
  ['echo changed >f; git stash -q; git stash pop -q', true],
  ['git archive HEAD', false],
  ['git cat-file --filters HEAD:f', false],
  ['rm f; git checkout-index f', false],
  ['git diff HEAD~1 | git apply -R', false],
  [
    'git format-patch -q --stdout HEAD~1 >../p; git reset -q --soft HEAD~1; git reset -q; rm f; git checkout-index f; git am -q ../p',
    false,
  ],
  ['GIT_EXTERNAL_DIFF=true git diff HEAD~1', false],
]

describe.each(GITS)(`$name${MISSING_GITS} lets files be delayed:`, (git) => {
  const scratch = Scratch.make(git.env)
  let template: ScratchRepo
  let count = 0
  afterAll(() => scratch.remove())
  beforeAll(() => {
    template = scratch.repo('template')
    template.annex('init', '-q')
    template.git('config', 'annex.largefiles', 'anything')
    const commit = (path: string, seed: number) => {
      template.write(path, someBytes(2000, seed))
      template.git('add', path)
      template.git('commit', '-qm', `${path} ${seed}`)
    }
    commit('f', 1)
    template.git('checkout', '-qb', 'side')
    commit('g', 2)
    template.git('checkout', '-q', 'main')
    commit('f', 3)
  })

  test.each(COMMANDS)('%s: %s', (command, canDelay) => {
    const repo = scratch.open(`r${count++}`)
    scratch.run(['cp', '-a', template.dir, repo.dir])
    repo.git('update-index', '-q', '--refresh')
    const trace = scratch.path('trace')
    rmSync(trace, { force: true })
    scratch.run(['rm', '-rf', scratch.path('w')])
    repo.run(['sh', '-ec', command], { env: { GIT_TRACE_PACKET: trace } })
    const packets = readFileSync(trace, 'latin1')
    expect(packets).toContain('command=smudge')
    expect(packets.includes('can-delay=1')).toBe(canDelay)
  })
})
