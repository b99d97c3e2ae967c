import { chmodSync, lstatSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { CONTENTS, makeContentTwins } from '../support/content-worlds.js'
import {
  expectClean,
  expectContent,
  expectIntact,
  expectNotPresent,
  expectPresent,
  expectSameBranch,
  listObjects,
} from '../support/expect.js'
import { makeFamily } from '../support/family.js'
import { readLocations, uuidOf } from '../support/locations.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

describe('git annex copy', () => {
  test('says and does what git-annex does', () => {
    twins.expectSame('clone', [
      ['copy'],
      ['copy', '--to', 'bare', '--json', 'here.txt', 'there.txt', 'nope'],
      ['copy', '--to=bare', '--all', '--quiet'],
      ['copy', '--to', 'bare'],
      ['copy', '--to', 'origin'],
      ['copy', '--to=origin', '--fast'],
      ['copy', '--from=bare'],
    ])
    twins.expectSame('clone', [
      ['copy', '--from', 'origin', 'sub', 'here.txt'],
      ['copy', '--to', 'here'],
    ])
  })

  test('answers a batch as git-annex does', () => {
    const input = 'here.txt\nthere.txt\nplain.txt\n'
    twins.expectSame('clone', [['copy', '--to=bare', '--batch']], { input })
  })

  test('sends to a bare repository, which stores as bare ones do', () => {
    const { world } = twins.expectSame('clone', [['copy', '--to=bare', 'sub']])
    const [object] = [...listObjects(world.repo('bare')).values()]
    expect(object).toMatch(/\/annex\/objects\/[0-9a-f]{3}\/[0-9a-f]{3}\/SHA256E-s70000--/)
    expectIntact(world.repo('bare'))
  })

  test('fills the files of the repository that it sends to', () => {
    const world = twins.copy('ours')
    const [clone, origin] = [world.repo('clone'), world.repo('origin')]
    origin.annex('drop', '-q', '--force')
    clone.annex('copy', '-q', '--to=origin')
    for (const path of ['here.txt', 'sub/ünlocked here.bin'] as const)
      expectContent(origin, path, CONTENTS[path])
    expectClean(origin)
    for (const repo of [clone, origin])
      expect(readLocations(repo, 'real')['here.txt']!.uuids).toContain(uuidOf(origin))
  })

  test('records the content that the other repository turns out to have', () => {
    const { repo, remotes } = makeFamily(scratch, ['a'])
    remotes[0]!.write('g', 'content of g\n')
    repo.write('g', 'content of g\n')
    remotes[0]!.annex('add', '-q', 'g')
    repo.annex('add', '-q', 'g')
    expect(repo.annex('copy', '--to=a', 'g').stdout).toBe(
      'copy g ok\n(recording state in git...)\n',
    )
    expect(readLocations(repo, 'ours')['g']!.uuids).toContain(uuidOf(remotes[0]!))
    // The second time there is nothing to record.
    expect(repo.annex('copy', '--to=a', 'g').stdout).toBe('copy g ok\n')
  })

  test.each([
    ['is gone', 'Cannot reach a at ', (dir: string) => ['mv', dir, `${dir}.gone`]],
    [
      'is read-only',
      'a is read-only',
      (_: string) => ['git', 'config', 'remote.a.annex-readonly', 'true'],
    ],
  ])('fails plainly when the remote %s', (_, message, prepare) => {
    const { repo, key, remotes } = makeFamily(scratch, ['a'])
    repo.annex('get', '-q', 'f')
    if (message.includes('read-only')) remotes[0]!.annex('drop', '-q', '--force', 'f')
    repo.run(prepare(remotes[0]!.dir))
    const { status, stderr } = repo.tryAnnex('copy', '--to=a', 'f')
    expect([status, stderr]).toEqual([1, expect.stringContaining(message)])
    expectPresent(repo, key)
  })

  test('asks for room at the remote before it sends', () => {
    const { repo, key, remotes } = makeFamily(scratch, ['a', 'b'])
    const [a, b] = remotes as [ScratchRepo, ScratchRepo]
    b.annex('drop', '-q', 'f')
    b.git('config', 'annex.diskreserve', '100 PB')
    repo.annex('get', '-q', 'f')
    for (const from of [[], ['--from=a']]) {
      const { status, stderr } = repo.tryAnnex('copy', '--to=b', ...from, 'f')
      expect(status).toBe(1)
      expect(stderr).toMatch(
        /not enough free space, need .* more in b \(adjust annex.diskreserve there/,
      )
    }
    expectNotPresent(b, key)
    b.git('config', '--unset', 'annex.diskreserve')
    repo.annex('copy', '--to=b', 'f')
    expectPresent(a, key)
  })

  test('records here what was sent, even if the other repository cannot commit', () => {
    const { repo, remotes } = makeFamily(scratch, ['a'])
    repo.annex('get', '-q', 'f')
    const [a] = remotes
    a!.annex('drop', '-q', '--force', 'f')
    repo.annex('sync', '-q')
    a!.write('.git/refs/heads/git-annex.lock', '')
    const { status, stderr } = repo.tryAnnex('copy', '--to=a', 'f')
    expect([status, stderr]).toEqual([1, expect.stringContaining('git-annex: a: ')])
    expect(readLocations(repo, 'ours')['f']!.uuids).toContain(uuidOf(a!))
    a!.run(['rm', '.git/refs/heads/git-annex.lock'])
    expect(readLocations(a!, 'ours')['f']!.uuids).toContain(uuidOf(a!))
  })

  test('keeps the execute bit of the object', () => {
    const { repo, remotes } = makeFamily(scratch, ['a'])
    repo.write('program', '#!/bin/sh\n')
    chmodSync(repo.path('program'), 0o755)
    repo.annex('add', '-q', '-c', 'annex.largefiles=anything', 'program')
    repo.git('commit', '-qm', 'program')
    repo.annex('copy', '-q', '--to=a', 'program')
    const modes = [repo, remotes[0]!].map((one) => {
      const [, object] = [...listObjects(one)].find(([key]) => key.startsWith('SHA256E-s10--'))!
      return lstatSync(object).mode & 0o777
    })
    expect(modes).toEqual([0o555, 0o555])
  })

  test.each(['größe', 'Disk.2'])('sends to a remote that is called %s', (name) => {
    const { repo, remotes } = makeFamily(scratch, ['a'])
    repo.annex('get', '-q', 'f')
    remotes[0]!.annex('drop', '-q', '--force', 'f')
    repo.git('remote', 'rename', 'a', name)
    repo.git('config', `remote.${name}.annex-checkuuid`, 'false')
    expect(repo.annex('copy', '--to', name, 'f').stdout).toContain(`copy f (to ${name}...) ok\n`)
    repo.annex('sync', '-q', name)
    expect(repo.annex('whereis', 'f').stdout).toContain(`[${name}]`)
    expect(repo.git('rev-parse', `${name}/synced/git-annex`).stdout).toBe(
      repo.git('rev-parse', 'git-annex').stdout,
    )
  })

  test('leaves both git-annex branches the same after a sync', () => {
    const world = twins.copy('ours')
    world.annex('clone', 'copy', '-q', '--to=bare')
    world.annex('clone', 'sync', '-q', '--no-commit')
    expectSameBranch(world.repo('clone'), world.repo('bare'))
  })
})
