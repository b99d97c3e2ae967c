import { describe, expect, test } from '@jest/globals'
import { holdOurs } from '../support/content-locks.js'
import { CONTENTS, makeContentTwins } from '../support/content-worlds.js'
import {
  expectClean,
  expectContent,
  expectNotPresent,
  expectPointer,
  expectPresent,
} from '../support/expect.js'
import { makeFamily } from '../support/family.js'
import { readLocations, uuidOf } from '../support/locations.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

describe('git annex move', () => {
  test('says and does what git-annex does', () => {
    twins.expectSame('clone', [
      ['move'],
      ['move', '--to', 'bare', '--json', 'here.txt'],
      ['move', '--to', 'origin', 'here.txt', 'there.txt'],
      ['move', '--from=bare'],
      ['move', '--to=here', 'there.txt'],
      ['move', '--to=bare', '--all', '--quiet'],
    ])
    twins.expectSame('clone', [
      ['move', '--from', 'origin', 'here.txt'],
      ['move', '--from', 'bare'],
    ])
  })

  test('answers a batch as git-annex does', () => {
    const input = 'here.txt\nthere.txt\nnope\n'
    twins.expectSame('clone', [['move', '--to=bare', '--batch', '--json']], { input })
  })

  test.each([
    ['--to=origin', 'git annex numcopies -q 3'],
    ['--from=origin', 'git annex numcopies -q 2'],
    ['--to=bare', 'git annex untrust -q bare'],
    ['--to=bare', 'git annex required -q . include=*.txt'],
    ['--from=origin', 'git annex required -q origin include=*.txt'],
  ])('%s keeps the copy that git-annex keeps after: %s', (option, prepare) => {
    twins.expectSame('clone', [['move', option, 'here.txt']], { prepare, only: 'state' })
  })

  test('--force drops the source all the same', () => {
    const prepare = 'git annex numcopies -q 3'
    twins.expectSame('clone', [['move', '--to=origin', '--force', 'here.txt']], { prepare })
  })

  test('does not ask for numcopies when the copy is new', () => {
    const world = twins.copy('ours')
    const [clone, bare] = [world.repo('clone'), world.repo('bare')]
    clone.annex('numcopies', '-q', '5')
    clone.annex('move', '--to=bare', 'sub/ünlocked here.bin')
    const key = expectPointer(clone, 'sub/ünlocked here.bin')
    expectNotPresent(clone, key)
    expectPresent(bare, key)
    expectContent(clone, 'sub/ünlocked here.bin', `/annex/objects/${key}\n`)
    expectClean(clone)
    const { uuids } = readLocations(clone, 'real')['sub/ünlocked here.bin']!
    expect(uuids).toEqual([uuidOf(bare), uuidOf(world.repo('origin'))].sort())
  })

  test('says why a copy is kept', () => {
    const { stdout } = twins
      .copy('ours')
      .repo('clone')
      .tryAnnex('move', '--to=origin', 'here.txt', '--numcopies=2')
    expect(stdout).toContain('  Could only verify the existence of 1 out of 2 necessary copies\n')
    expect(stdout).toContain('  Content not dropped from here.\nfailed\n')
  })

  test('works from a remote with annex-ignore when it is named', () => {
    const clone = twins.copy('ours').repo('clone')
    clone.git('config', 'remote.origin.annex-ignore', 'true')
    expect(clone.annex('move', '--to=here', 'there.txt').stdout).toBe('')
    clone.annex('move', '--from=origin', 'there.txt')
    expectContent(clone, 'there.txt', CONTENTS['there.txt'])
  })
})

describe('git annex move never leaves nothing', () => {
  test('when the sending fails', () => {
    const { repo, key, remotes } = makeFamily(scratch, ['a'])
    repo.annex('move', '-q', '--from=a', 'f')
    expectNotPresent(remotes[0]!, key)
    repo.git('config', 'remote.a.annex-readonly', 'true')
    expect(repo.tryAnnex('move', '--to=a', 'f').status).toBe(1)
    repo.git('config', 'remote.a.annex-readonly', 'false')
    remotes[0]!.run(['rm', '-r', '.git/annex/annexe/tmp'])
    remotes[0]!.write('.git/annex/annexe/tmp', 'in the way of temporary files')
    expect(repo.tryAnnex('move', '--to=a', 'f').status).toBe(1)
    expectPresent(repo, key)
    expectContent(repo, 'f', repo.read('f'))
    expect(readLocations(repo, 'ours')['f']!.uuids).toEqual([uuidOf(repo)])
  })

  test('when the new copy is being dropped again', async () => {
    const { repo, key, remotes } = makeFamily(scratch, ['a'])
    repo.annex('get', '-q', 'f')
    const held = await holdOurs(remotes[0]!, key, 'exclusive')
    expect(held.answer).toBe('locked')
    expect(repo.tryAnnex('move', '--to=a', 'f').status).toBe(1)
    await held.release()
    expectPresent(repo, key)
  })

  test('when the source is locked', async () => {
    const { repo, key, remotes } = makeFamily(scratch, ['a'])
    const held = await holdOurs(remotes[0]!, key, 'shared')
    const { status, stderr } = repo.tryAnnex('move', '--from=a', 'f')
    expect([status, stderr]).toEqual([1, expect.stringContaining('content is locked')])
    await held.release()
    expectPresent(repo, key)
    expectPresent(remotes[0]!, key)
    repo.annex('move', '-q', '--from=a', 'f')
    expectNotPresent(remotes[0]!, key)
  })

  test('when the destination is the source', () => {
    const { repo, key } = makeFamily(scratch, ['a'])
    repo.annex('move', '-q', '--from=a', 'f')
    repo.git('remote', 'add', 'self', repo.dir)
    for (const option of ['--to=self', '--from=self', '--to=here'])
      repo.tryAnnex('move', option, 'f')
    expectPresent(repo, key)
    expect(repo.annex('whereis', 'f').stdout).toContain('(1 copy)')
  })
})
