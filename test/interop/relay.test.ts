import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { makeContentTwins } from '../support/content-worlds.js'
import { expectClean, expectNotPresent, expectPointer, expectPresent } from '../support/expect.js'
import { readLocations, uuidOf } from '../support/locations.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

/** git-annex makes it a copy of ours for a while, and says in the log that it is none any more. */
const UNLOGGED = { only: 'answers' } as const

describe('git annex copy --from A --to B', () => {
  test('says and does what git-annex does, and keeps nothing here', () => {
    const { world } = twins.expectSame(
      'clone',
      [
        ['copy', '--from=origin', '--to=bare', 'there.txt'],
        ['copy', '--from=origin', '--to=bare', 'there.txt', '--json'],
        ['copy', '--from=bare', '--to=bare'],
        ['copy', '--from=bare', '--to=origin', 'there.txt'],
      ],
      UNLOGGED,
    )
    const clone = world.repo('clone')
    expect(readdirSync(clone.path('.git/annex/annexe/tmp'))).toEqual([])
    // git-annex passes over what is here; then nothing of it would get there.
    clone.annex('copy', '--from=origin', '--to=bare', 'here.txt')
    expect(readLocations(clone, 'real')['here.txt']!.uuids).toHaveLength(3)
    expect(clone.annex('copy', '-F', '--from=origin', '--to=bare', 'here.txt').stdout).toBe('')
    expectClean(clone)
  })

  test('fails plainly when either cannot be used', () => {
    const world = twins.copy('ours')
    const clone = world.repo('clone')
    clone.git('config', 'remote.bare.annex-readonly', 'true')
    const failed = clone.tryAnnex('copy', '--from=origin', '--to=bare', 'there.txt')
    expect([failed.status, failed.stderr]).toEqual([1, expect.stringContaining('read-only')])
    clone.run(['mv', '../origin', '../gone'])
    const away = clone.tryAnnex('copy', '--from=origin', '--to=bare', 'there.txt')
    expect([away.status, away.stderr]).toEqual([1, expect.stringContaining('Cannot reach origin')])
    expect(readdirSync(clone.path('.git/annex/annexe/tmp'))).toEqual([])
  })
})

describe('git annex move --from A --to B', () => {
  test('says and does what git-annex does', () => {
    const { world } = twins.expectSame(
      'clone',
      [
        ['move', '--from=origin', '--to=bare'],
        ['move', '--from=origin', '--to=bare'],
        ['move', '--from=bare', '--to=origin', 'there.txt', '--json'],
      ],
      UNLOGGED,
    )
    const key = expectPointer(world.repo('origin'), 'sub/unlocked there.bin')
    expectNotPresent(world.repo('origin'), key)
    expectPresent(world.repo('bare'), key)
    expect(readFileSync(world.repo('clone').path('.git/annex/move.log'), 'utf8')).toBe('')
  })

  test('keeps the source when its copy counts for more', () => {
    const clone = twins.copy('ours').repo('clone')
    clone.annex('untrust', '-q', 'bare')
    const { status, stdout } = clone.tryAnnex('move', '--from=origin', '--to=bare', 'there.txt')
    expect([status, stdout]).toEqual([
      1,
      expect.stringContaining('Content not dropped from origin'),
    ])
    expect(readLocations(clone, 'real')['there.txt']!.uuids).toHaveLength(1)
  })
})

describe('git annex move that was interrupted', () => {
  /** What a move that was killed after the transfer has left: the copy, and the line in the log. */
  function interrupted(program: 'ours' | 'real') {
    const clone = twins.copy('ours').repo('clone')
    const bare = uuidOf(clone.scratch.open(`${clone.dir.split('/').at(-2)}/bare`))
    const key = clone.annex('lookupkey', 'here.txt').stdout.trim()
    clone.annex('numcopies', '-q', '3')
    clone.annex('copy', '-q', '--to=bare', 'here.txt')
    const again = () => clone.tryRun(['git', 'annex', 'move', '--to=bare', 'here.txt'], { program })
    return { clone, key, line: `${uuidOf(clone)} ${bare} ${key}\n`, again }
  }

  test.each(['ours', 'real'] as const)('is finished by %s as it would have been', (program) => {
    const { clone, key, line, again } = interrupted(program)
    // Without the line the copy at bare is one of three that are to be kept.
    expect(again().status).toBe(1)
    expectPresent(clone, key)
    clone.write('.git/annex/move.log', line)
    expect(again().status).toBe(0)
    expectNotPresent(clone, key)
    expect(readFileSync(clone.path('.git/annex/move.log'), 'utf8')).toBe('')
    expect(existsSync(clone.path('.git/annex/move.lck'))).toBe(true)
    // One that was killed at the very end has left its line, which means nothing for the next.
    clone.write('.git/annex/move.log', line)
    clone.annex('move', '--to=bare', 'here.txt')
    expect(readFileSync(clone.path('.git/annex/move.log'), 'utf8')).toBe('')
  })
})

describe('--from-anywhere, of newer releases', () => {
  test('copies from the first that gives it, and moves from all', () => {
    const world = twins.copy('ours')
    const [clone, origin] = [world.repo('clone'), world.repo('origin')]
    const locations = (path: string) => readLocations(clone, 'real')[path]!.uuids
    clone.annex('copy', '-q', '--from=origin', '--to=bare', 'there.txt')
    clone.git('clone', '-q', '../origin', '../other')
    clone.git('remote', 'add', 'other', '../other')
    world.repo('other').annex('init', '-q', 'other')
    // The log names bare first, but it has lost what it had.
    world.repo('bare').run(['sh', '-c', 'chmod -R u+w annex/objects; rm -r annex/objects'])
    const { stdout } = clone.annex('copy', '--from-anywhere', '--to=other', 'there.txt', 'here.txt')
    expect(stdout).toContain('copy here.txt (to other...) ok')
    expect(stdout).toContain('copy there.txt (from bare...)')
    expect(stdout).toContain('(from origin...)')
    expectPresent(world.repo('other'), keyOf(clone, 'there.txt'))
    clone.annex('move', '--from-anywhere', '--to=other', 'here.txt')
    expect(locations('here.txt')).toEqual([uuidOf(world.repo('other'))])
    expectNotPresent(origin, keyOf(clone, 'here.txt'))
    for (const args of [['--from-anywhere'], ['--from-anywhere', '--from=origin', '--to=bare']])
      expect(clone.tryAnnex('copy', ...args).status).toBe(1)
  })
})

function keyOf(repo: ScratchRepo, path: string): string {
  return repo.annex('lookupkey', path).stdout.trim()
}
