import { describe, expect, test } from '@jest/globals'
import { useScratch } from '../support/scratch.js'
import { Twins } from '../support/twins.js'

const scratch = useScratch()
const LOST = 'c01ba7ff-b5ca-4ce9-84c2-bb806ef62cec'
const twins = new Twins(scratch, (world) => {
  world.run('git', 'init', '-q', 'a')
  world.annex('a', 'init', 'the first')
  world.sh('a', 'echo x >f; git annex add -q f; git commit -qm f')
  world.run('git', 'clone', '-q', 'a', 'lost')
  world.sh(
    'lost',
    `git config annex.uuid ${LOST}; git annex init -q "the lost one"; git annex get -q`,
  )
  world.sh('a', 'git fetch -q ../lost git-annex:refs/remotes/lost/git-annex; git annex merge -q')
  world.run('git', 'clone', '-q', 'a', 'new')
  world.git('new', 'config', 'remote.origin.url', '../a')
})

describe('git annex reinit', () => {
  test.each([['the lost one'], [LOST], ['11111111-2222-3333-4444-555555555555']])(
    'takes over %s as git-annex does',
    (name) => {
      const { world } = twins.expectSame('new', [['reinit', name]], { only: 'state' })
      const repo = world.repo('new')
      expect(repo.git('config', 'annex.uuid').stdout.trim()).toBe(/^\d/.test(name) ? name : LOST)
      // The other one is what describes it.
      expect(repo.git('show', 'git-annex:uuid.log').stdout.split('\n')).toHaveLength(3)
    },
  )

  test('brings a dead repository back to life, and fsck finds what it has lost', () => {
    const world = twins.copy('ours')
    world.annex('a', 'dead', '-q', 'the lost one')
    const repo = world.repo('new')
    repo.git('fetch', '-q')
    expect(repo.annex('reinit', 'the lost one').stdout).toMatch(/^reinit the lost one ok\n/)
    expect(repo.git('show', 'git-annex:trust.log').stdout).toMatch(/^c01ba7ff\S+ \?/)
    expect(repo.tryAnnex('fsck').stderr).toContain('was expected to be present')
    expect(repo.annex('get', 'f').stdout).toContain('get f (from origin...)')
    repo.annex('fsck')
  })

  test('refuses a name that nobody has', () => {
    const repo = twins.copy('ours').repo('new')
    const { status, stdout, stderr } = repo.tryAnnex('reinit', 'somebody')
    expect({ status, stdout }).toEqual({ status: 1, stdout: 'reinit somebody \nfailed\n' })
    expect(stderr).toContain('there is no available git remote named "somebody"')
    expect(repo.tryGit('config', 'annex.uuid').status).toBe(1)
  })
})
