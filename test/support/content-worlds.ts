/** Three repositories for the tests of commands that move content, made by git-annex. */
import { type Scratch, someBytes } from './scratch.js'
import { Twins, type World } from './twins.js'

/** What the files of the repositories are made of. */
export const CONTENTS = {
  'here.txt': Buffer.from('locked, in both\n'),
  'there.txt': Buffer.from('locked, in the origin\n'),
  'sub/ünlocked here.bin': someBytes(70_000, 3),
  'sub/unlocked there.bin': someBytes(5000, 4),
} as const

/**
 * `origin` has all contents; `clone`, described as `the clone`, those of `here.txt` and
 * `sub/ünlocked here.bin`, and the remotes `origin` and `bare`; `bare` has none. `plain.txt` is in git.
 */
export function makeContentTwins(scratch: Scratch): Twins {
  return new Twins(scratch, (world) => {
    makeOrigin(world)
    world.run('git', 'init', '-q', '--bare', 'bare')
    world.annex('bare', 'init', 'the bare one')
    world.run('git', 'clone', '-q', 'origin', 'clone')
    world.git('clone', 'config', 'remote.origin.url', '../origin')
    world.git('clone', 'remote', 'add', 'bare', '../bare')
    world.annex('clone', 'init', 'the clone')
    world.annex('clone', 'get', '-q', 'here.txt', 'sub/ünlocked here.bin')
    world.annex('clone', 'sync', '-q', '--no-commit')
  })
}

function makeOrigin(world: World): void {
  world.run('git', 'init', '-q', 'origin')
  world.annex('origin', 'init', 'the origin')
  const origin = world.repo('origin')
  for (const [path, content] of Object.entries(CONTENTS)) origin.write(path, content)
  origin.write('plain.txt', 'plain\n')
  world.annex('origin', 'add', '-q', 'here.txt', 'there.txt', 'sub')
  world.annex('origin', 'unlock', '-q', 'sub')
  world.git('origin', '-c', 'annex.largefiles=nothing', 'add', '.')
  world.git('origin', 'commit', '-qm', 'files')
}
