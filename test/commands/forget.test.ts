import { describe, expect, test } from '@jest/globals'
import { useScratch } from '../support/scratch.js'
import { Twins, type World } from '../support/twins.js'

const scratch = useScratch()
const twins = new Twins(scratch, (world) => {
  world.run('git', 'init', '-q', 'a')
  world.annex('a', 'init', 'the first')
  world.sh(
    'a',
    'echo x >f; echo y >g; git annex add -q; git commit -qm f; git annex metadata f -q -t tag',
  )
  for (const name of ['b', 'c']) {
    world.run('git', 'clone', '-q', 'a', name)
    world.git(name, 'config', 'remote.origin.url', '../a')
    world.annex(name, 'init', `repository ${name}`)
    world.annex(name, 'get', '-q')
    world.git('a', 'remote', 'add', name, `../${name}`)
    world.annex(name, 'sync', '-q', '--no-commit')
  }
  world.sh('a', 'git annex merge -q; git annex dead -q c; git annex numcopies -q 2')
})

const history = (world: World, name: string) =>
  world.git(name, 'log', '--format=%s', 'git-annex').stdout.trim().split('\n')
const files = (world: World, name: string) => world.git(name, 'grep', '-I', '', 'git-annex').stdout

describe('git annex forget', () => {
  test('says and does what git-annex does', () => {
    twins.expectSame('a', [['forget']])
    twins.expectSame(
      'a',
      [
        ['forget', '--force'],
        ['info', '--fast'],
      ],
      { only: 'state' },
    )
    const { world } = twins.expectSame('a', [['forget', '--force', '--drop-dead']], {
      only: 'state',
    })
    expect(history(world, 'a')).toEqual([
      'new branch for transition ["forget git history","forget dead remotes"]',
    ])
    const dead = world.git('c', 'config', 'annex.uuid').stdout.trim()
    expect(
      files(world, 'a')
        .split('\n')
        .filter((line) => line.includes(dead)),
    ).toEqual([expect.stringContaining('trust.log')])
  })

  // Each program begins it, and the other carries it on; news from both sides is kept.
  test.each(['ours', 'real'] as const)('begun by %s is carried on by the other', (program) => {
    const world = twins.copy('ours')
    const other = program === 'ours' ? 'real' : 'ours'
    const run = (who: 'ours' | 'real', name: string, ...args: string[]) =>
      world.scratch.run(['git', 'annex', ...args], { cwd: `${world.dir}/${name}`, program: who })
    run(program, 'a', 'describe', '-q', 'here', 'known by a')
    run(program, 'a', 'forget', '-q', '--force', '--drop-dead')
    run(other, 'b', 'describe', '-q', 'here', 'known by b')
    run(other, 'b', 'sync', '-q', '--no-commit')
    expect(history(world, 'b').join('\n')).not.toMatch(/^update$/m)
    run(program, 'a', 'sync', '-q', '--no-commit')
    run(other, 'b', 'sync', '-q', '--no-commit')
    const lines = (name: string) => files(world, name).split('\n').sort()
    expect(lines('a')).toEqual(lines('b'))
    for (const text of ['known by a', 'known by b']) expect(files(world, 'a')).toContain(text)
    for (const name of ['a', 'b']) {
      const dead = world.git('c', 'config', 'annex.uuid').stdout.trim()
      expect(lines(name).filter((line) => line.includes(dead))).toHaveLength(1)
      expect(run('real', name, 'whereis', 'f').stdout).toContain('(2 copies)')
      expect(history(world, name).join('\n')).not.toMatch(/^(update|branch created)$/m)
    }
  })
})
