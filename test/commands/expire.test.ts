import { describe, expect, test } from '@jest/globals'
import { useScratch } from '../support/scratch.js'
import { Twins } from '../support/twins.js'

const scratch = useScratch()
const twins = new Twins(scratch, (world) => {
  world.run('git', 'init', '-q', 'a')
  world.annex('a', 'init', 'the first')
  world.sh('a', 'echo x >f; git annex add -q f; git commit -qm f')
  for (const name of ['b', 'c']) {
    world.run('git', 'clone', '-q', 'a', name)
    world.annex(name, 'init', `repository ${name}`)
    world.git('a', 'remote', 'add', name, `../${name}`)
  }
  world.annex('b', 'fsck', '-q')
  world.sh('a', 'git fetch -q --all; git annex merge -q')
})

/** How long ago an fsck was depends on when the words are compared. */
const AGES = /last active: \S+ ago/

describe('git annex expire', () => {
  test('tells and records as git-annex does what is dead and what lives again', () => {
    for (const lines of [
      [
        ['expire', '1d', '--no-act'],
        ['expire', '1d'],
        ['expire', '1d'],
        ['expire', '1d', '--activity=Fsck', 'c:never'],
        ['trust', '--force', '-q', 'c'],
        ['expire', 'c:1y'],
      ],
      [['dead', '-q', 'b']],
    ])
      twins.expectSame('a', lines)
    const [ours, real] = twins.copies()
    for (const args of [['b:0s', '30d'], ['b:0s', '30d'], ['never'], ['repository b:1y', '5s']]) {
      const [said, expected] = [ours, real].map((world) => {
        const { status, stdout } = world.tryRun('a', ['git', 'annex', 'expire', ...args])
        return { args, status, stdout: stdout.replace(AGES, 'last active: AGE ago') }
      })
      expect(said).toEqual(expected)
    }
  })

  test('refuses what it cannot understand', () => {
    const repo = twins.copy('ours').repo('a')
    for (const [args, message] of [
      [[], 'Specify an expire time.'],
      [['soon'], 'bad expire time: failed to parse duration "soon"'],
      [['nobody:1d'], 'there is no available git remote named "nobody"'],
      [['1d', '--activity=Sleep'], 'Unknown activity. Choose from: Fsck'],
    ] as const) {
      const { status, stderr } = repo.tryAnnex('expire', ...args)
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(message) })
    }
    expect(repo.annex('dead', 'c', '-q').stdout).toBe('')
  })
})
