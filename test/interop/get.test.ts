import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { CONTENTS, makeContentTwins } from '../support/content-worlds.js'
import {
  expectClean,
  expectContent,
  expectIntact,
  expectNotPresent,
  expectPointer,
  listObjects,
} from '../support/expect.js'
import { makeFamily, objectPath } from '../support/family.js'
import { readLocations, uuidOf } from '../support/locations.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

describe('git annex get', () => {
  test('says and does what git-annex does', () => {
    twins.expectSame('clone', [
      ['get', 'there.txt', 'plain.txt', 'nope', 'here.txt'],
      // What the log does not list there is not asked for.
      ['get', '--from=bare'],
      ['get', '--from', 'origin', 'here.txt'],
      ['get', '--json'],
      ['get'],
    ])
    twins.expectSame('clone', [
      ['get', '--include=*.bin', '--quiet'],
      ['get', '--all'],
    ])
    twins.expectSame('clone', [
      ['get', '--json-error-messages', 'sub', 'nope'],
      ['get', '--from', 'origin'],
    ])
  })

  test('answers a batch of files and of keys as git-annex does', () => {
    const input = 'there.txt\nnope\nplain.txt\nhere.txt\n./sub/unlocked there.bin\n'
    twins.expectSame('clone', [['get', '--batch', '--json']], { input })
    const key = expectPointer(twins.copy('ours').repo('clone'), 'sub/unlocked there.bin')
    const { world } = twins.expectSame('clone', [['get', '--batch-keys']], { input: `${key}\n` })
    expect(
      world.repo('clone').tryRun(['git', 'annex', 'get', '--batch-keys'], { input: 'no key\n' }),
    ).toMatchObject({
      status: 1,
      stderr: 'git-annex: Batch input parse failure: not a valid key\n',
    })
  })

  test('takes names relative to the current directory', () => {
    const { stdout } = twins.expectSame('clone', [['get', '.', '../there.txt']], { cwd: 'sub' })
    expect(stdout).toContain('get ../there.txt (from origin...) ok\n')
  })

  test('puts content in place, locked and unlocked, read-only and writable, and records it', () => {
    const clone = twins.copy('ours').repo('clone')
    clone.annex('get', '--quiet')
    for (const [path, content] of Object.entries(CONTENTS)) expectContent(clone, path, content)
    expectClean(clone)
    expectIntact(clone)
    for (const { uuids } of Object.values(readLocations(clone, 'real')))
      expect(uuids).toContain(uuidOf(clone))
    expect(clone.annex('get').stdout).toBe('')
  })

  test('lists who may have what cannot be had, but not those that were tried', () => {
    const world = twins.copy('ours')
    world.run('mv', 'origin', 'gone')
    const clone = world.repo('clone')
    const { status, stdout } = clone.tryAnnex('get', 'there.txt')
    expect(status).toBe(1)
    expect(stdout).toContain('  Unable to access these remotes: origin\n')
    expect(stdout).toContain('  No other repository is known to contain the file.\n')
    clone.git('remote', 'rm', 'origin')
    const lines = [
      ['get', 'there.txt'],
      ['get', 'there.txt', '--json'],
    ]
    twins.expectSame('clone', lines, { prepare: 'git remote rm origin' })
  })

  test('uses a remote with annex-ignore only when it is named', () => {
    const clone = twins.copy('ours').repo('clone')
    clone.git('config', 'remote.origin.annex-ignore', 'true')
    const { status, stdout } = clone.tryAnnex('get', 'there.txt')
    expect(status).toBe(1)
    expect(stdout).toContain('(Note that these git remotes have annex-ignore set: origin)')
    expect(clone.annex('get', 'there.txt', '--from=origin').stdout).toContain('ok\n')
  })

  test('fails before it asks anybody when the disk is too full, unless forced', () => {
    const clone = twins.copy('ours').repo('clone')
    const full = ['-c', 'annex.diskreserve=100 PB', 'get', 'there.txt']
    const { status, stderr } = clone.tryAnnex(...full)
    expect(status).toBe(1)
    expect(stderr).toContain('not enough free space, need 100')
    expect(clone.tryAnnex(...full, '-c', 'annex.diskreserve=much').stderr).toContain('"much"')
    clone.annex(...full, '--force')
  })

  test('fills every file that waits for the content, and leaves a modified one alone', () => {
    const clone = twins.copy('ours').repo('clone')
    clone.run(['cp', 'sub/unlocked there.bin', 'copy'])
    clone.run(['cp', 'sub/unlocked there.bin', 'mine'])
    clone.git('add', 'copy', 'mine')
    clone.write('mine', 'work of mine\n')
    clone.annex('get', 'copy')
    expectContent(clone, 'copy', CONTENTS['sub/unlocked there.bin'])
    expectContent(clone, 'sub/unlocked there.bin', CONTENTS['sub/unlocked there.bin'])
    expectContent(clone, 'mine', 'work of mine\n')
    expect(clone.git('status', '--porcelain').stdout).toBe('A  copy\nAM mine\n')
  })
})

describe('git annex get, from several remotes,', () => {
  /** Three that have `f`, cheapest first: `a`, `b`, `c`. */
  function makeThree(): { repo: ScratchRepo; key: string; remotes: readonly ScratchRepo[] } {
    const { repo, key, remotes } = makeFamily(scratch, ['a', 'b', 'c'])
    for (const [i, name] of ['a', 'b', 'c'].entries())
      repo.git('config', `remote.${name}.annex-cost`, `${100 + i}`)
    return { repo, key, remotes }
  }

  test('takes the cheapest, whatever their order', () => {
    const { repo } = makeThree()
    repo.git('config', 'remote.a.annex-cost', '500')
    repo.git('config', 'remote.b.annex-cost-command', 'echo 400')
    expect(repo.annex('get', 'f').stdout).toBe(
      'get f (from c...) ok\n(recording state in git...)\n',
    )
  })

  test('goes on to the next when content is missing, damaged, too short or unreadable', () => {
    const { repo, key, remotes } = makeThree()
    const [a, b] = remotes.map((remote) => objectPath(remote, key))
    chmodSync(a!, 0o644)
    writeFileSync(a!, someBytes(1000, 99))
    chmodSync(b!, 0o644)
    writeFileSync(b!, 'short')
    const { stdout, stderr } = repo.annex('get', 'f')
    expect(stdout).toMatch(/^get f \(from a\.\.\.\) \n\(from b\.\.\.\) \n\(from c\.\.\.\) ok\n/)
    expect(stderr.match(/Verification of content failed/g)).toHaveLength(2)
    expectContent(repo, 'f', someBytes(1000, 1))
    expectClean(repo)
    // The damaged copies stay where they are: fsck there tells.
    expect([...listObjects(remotes[0]!).keys()]).toContain(key)
  })

  test('fails when all are damaged, keeps nothing and records nothing', () => {
    const { repo, key, remotes } = makeThree()
    for (const remote of remotes) {
      chmodSync(objectPath(remote, key), 0o644)
      writeFileSync(objectPath(remote, key), someBytes(1000, 99))
    }
    const { status, stdout } = repo.tryAnnex('get', 'f')
    expect(status).toBe(1)
    expect(stdout).toContain('Unable to access these remotes: a, b, c')
    expectNotPresent(repo, key)
    expectPointer(repo, 'f')
    expect(readdirSync(repo.path('.git/annex/annexe/tmp'))).toEqual([])
    expect(readLocations(repo, 'ours')['f']!.uuids).not.toContain(uuidOf(repo))
  })

  test('believes a remote with annex-verify=false, but for the length', () => {
    const { repo, key, remotes } = makeThree()
    repo.git('config', 'remote.a.annex-verify', 'false')
    repo.git('config', 'remote.b.annex-verify', 'false')
    chmodSync(objectPath(remotes[0]!, key), 0o644)
    writeFileSync(objectPath(remotes[0]!, key), 'short')
    chmodSync(objectPath(remotes[1]!, key), 0o644)
    writeFileSync(objectPath(remotes[1]!, key), someBytes(1000, 99))
    expect(repo.annex('get', 'f').stdout).toContain('(from b...) ok')
    expectContent(repo, 'f', someBytes(1000, 99))
  })
})
