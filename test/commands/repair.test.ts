import {
  chmodSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean } from '../support/expect.js'
import { useScratch } from '../support/scratch.js'
import { Twins, type World } from '../support/twins.js'

const scratch = useScratch()
const twins = new Twins(scratch, (world) => {
  world.run('git', 'init', '-q', 'origin')
  world.annex('origin', 'init', 'the origin')
  for (const number of [1, 2, 3])
    world.sh(
      'origin',
      `echo annexed ${number} >f${number}; git annex add -q f${number}
      echo text ${number} >t; git -c annex.largefiles=nothing add t; git commit -qm ${number}`,
    )
  world.run('git', 'clone', '-q', '--no-local', 'origin', 'clone')
  world.git('clone', 'config', 'remote.origin.url', '../origin')
  world.annex('clone', 'init', 'the clone')
  world.annex('clone', 'get', '-q')
  world.annex('clone', 'sync', '-q', '--no-commit')
})

/** Unpacks all objects of the clone, so that they can be damaged one by one. */
function unpack(world: World): void {
  world.sh(
    'clone',
    'mv .git/objects/pack ../pack; for p in ../pack/*.pack; do git unpack-objects -q <$p; done',
  )
}

function loosePath(world: World, name: string): string {
  const oid = world.git('clone', 'rev-parse', name).stdout.trim()
  return world.repo('clone').path('.git/objects', oid.slice(0, 2), oid.slice(2))
}

function rot(path: string): void {
  chmodSync(path, 0o644)
  writeFileSync(path, 'garbage')
}

const expectSound = (world: World) => {
  expect(world.git('clone', 'fsck', '--no-dangling', '--no-reflogs').stdout).toBe('')
}

describe('git annex repair', () => {
  test('finds nothing wrong with what is sound', () => {
    const world = twins.copy('ours')
    expect(world.annex('clone', 'repair').stdout).toContain('No problems found.\nok\n')
    expect(readdirSync(world.repo('clone').path('.git'))).not.toContain('annexe-repair')
  })

  test('gets blobs back from the work tree, and other objects from remotes', () => {
    const world = twins.copy('ours')
    unpack(world)
    const [text, link, tree, commit, log] = [
      'HEAD:t',
      'HEAD:f3',
      'HEAD~1^{tree}',
      'HEAD~2',
      'git-annex:uuid.log',
    ]
    const rotten = [text, tree, commit].map((name) => loosePath(world, name!))
    const lost = [link, log].map((name) => loosePath(world, name!))
    for (const path of rotten) rot(path)
    for (const path of lost) rmSync(path)
    const { stdout } = world.annex('clone', 'repair')
    expect(stdout).toContain('Trying to recover missing objects from remote origin.')
    expect(stdout).toContain('Successfully recovered repository!')
    expectSound(world)
    expectClean(world.repo('clone'))
    expect(readdirSync(world.repo('clone').path('.git/annexe-repair'))).toHaveLength(3)
    world.annex('clone', 'fsck', '-q')
    world.scratch.run(['git', 'annex', 'fsck', '-q'], {
      cwd: world.repo('clone').dir,
      program: 'real',
    })
  })

  test('saves of a damaged pack what can be saved', () => {
    const world = twins.copy('ours')
    world.git('clone', 'repack', '-adq')
    const dir = world.repo('clone').path('.git/objects/pack')
    const pack = `${dir}/${readdirSync(dir).find((name) => name.endsWith('.pack'))}`
    chmodSync(pack, 0o644)
    writeSync(
      openSync(pack, 'r+'),
      Buffer.alloc(40, 0xaa),
      0,
      40,
      Math.floor(statSync(pack).size / 2),
    )
    expect(world.annex('clone', 'repair').stdout).toContain('Successfully recovered repository!')
    expectSound(world)
    expectClean(world.repo('clone'))
  })

  test('with --force goes back to what is whole, and says what it gave up', () => {
    const world = twins.copy('ours')
    unpack(world)
    world.sh('clone', 'git remote rm origin; git checkout -q --detach; git checkout -q main')
    rmSync(loosePath(world, 'HEAD~1:t'))
    const repo = world.repo('clone')
    const before = world.git('clone', 'rev-parse', 'HEAD~2').stdout
    const refused = repo.tryAnnex('repair')
    expect(refused.status).toBe(1)
    expect(refused.stdout).toContain('1 missing objects could not be recovered!')
    expect(repo.annex('repair', '--force').stdout).toContain(
      'Reset these local branches to old versions before the missing objects were committed:\n  \trefs/heads/main\n',
    )
    expectSound(world)
    expect(world.git('clone', 'rev-parse', 'HEAD').stdout).toBe(before)
    // What was committed since is in the work tree and in the index.
    expect(repo.read('t').toString()).toBe('text 3\n')
    world.git('clone', 'commit', '-qm', 'what was lost')
    world.annex('clone', 'fsck', '-q')
  })
})
