import { renameSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectContent, expectNotPresent, expectPresent } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'
import { SshServer, whyNoSshd } from '../support/ssh-server.js'

const scratch = useScratch()

/** A bare repository and a clone of it with one annexed file, not pushed yet. */
function makePair(name: string): { bare: ScratchRepo; clone: ScratchRepo; key: string } {
  const bare = scratch.repo(`${name}.git`, '--bare')
  bare.annex('init', 'server')
  const clone = scratch.clone(bare, name)
  clone.annex('init', 'laptop')
  clone.git('config', 'annex.largefiles', 'anything')
  clone.write('film', someBytes(5000, 1))
  clone.git('add', 'film')
  clone.git('commit', '-q', '-m', 'film')
  const key = clone.annex('lookupkey', 'film').stdout.trim()
  return { bare, clone, key }
}

describe('git annex pre-push', () => {
  test('git push takes the contents along, and the knowledge of them', () => {
    const { bare, clone, key } = makePair('along')
    for (const dryRun of ['--dry-run', '-n']) clone.git('push', '-q', dryRun, 'origin', 'HEAD')
    expectNotPresent(bare, key)
    clone.git('push', '-q', 'origin', 'HEAD')
    expectPresent(bare, key)
    const elsewhere = scratch.clone(bare, 'along-elsewhere')
    elsewhere.annex('get', 'film')
    expectContent(elsewhere, 'film', someBytes(5000, 1))
    expect(elsewhere.annex('whereis', 'film').stdout).toContain('(3 copies)')
  })

  test('makes an annex of a bare repository that was made a moment ago', () => {
    const { clone, key } = makePair('new')
    const server = scratch.repo('brand-new.git', '--bare')
    clone.git('remote', 'add', 'server', server.dir)
    clone.git('push', '-q', 'server', 'HEAD')
    expectPresent(server, key)
    const elsewhere = scratch.clone(server, 'new-elsewhere')
    elsewhere.annex('get', 'film')
    expectContent(elsewhere, 'film', someBytes(5000, 1))
  })

  test('sends only what the pushed commits bring', () => {
    const { bare, clone } = makePair('range')
    clone.git('push', '-q', 'origin', 'HEAD')
    clone.git('checkout', '-q', '-b', 'side')
    clone.write('other', someBytes(4000, 2))
    clone.git('add', 'other')
    clone.git('commit', '-q', '-m', 'other')
    const other = clone.annex('lookupkey', 'other').stdout.trim()
    clone.git('push', '-q', 'origin', 'main')
    expectNotPresent(bare, other)
    clone.git('push', '-q', 'origin', 'side')
    expectPresent(bare, other)
  })

  test.each([
    ['annex.push-content', ['-c', 'annex.push-content=none', 'push', '-q', 'origin', 'HEAD']],
    ['--no-verify', ['push', '-q', '--no-verify', 'origin', 'HEAD']],
  ])('sends nothing when it is told so by %s', (how, args) => {
    const { bare, clone, key } = makePair(`none${how.length}`)
    clone.git(...args)
    expectNotPresent(bare, key)
  })

  test('a content that cannot be stored stops the push with the way out', () => {
    const { bare, clone, key } = makePair('stopped')
    bare.write('annex/objects', 'in the way\n')
    const push = clone.tryRun(['git', 'push', '-q', 'origin', 'HEAD'])
    expect(push.status).not.toBe(0)
    expect(push.stderr).toContain('annex.push-content=none')
    expect(bare.tryRun(['git', 'rev-parse', '--verify', '-q', 'main']).status).not.toBe(0)
    renameSync(bare.path('annex/objects'), bare.path('annex/was'))
    clone.git('push', '-q', 'origin', 'HEAD')
    expectPresent(bare, key)
  })

  test('follows several refs, tags, forced and deleted branches', () => {
    const { bare, clone, key } = makePair('refs')
    const add = (name: string, seed: number): string => {
      clone.write(name, someBytes(4000 + seed, seed))
      clone.git('add', name)
      clone.git('commit', '-q', '-m', name)
      return clone.annex('lookupkey', name).stdout.trim()
    }
    clone.git('checkout', '-q', '-b', 'one')
    const one = add('one', 2)
    clone.git('checkout', '-q', '-b', 'two', 'main')
    const two = add('two', 3)
    clone.git('push', '-q', 'origin', 'one', 'two')
    for (const sent of [key, one, two]) expectPresent(bare, sent)
    clone.git('checkout', '-q', 'one')
    clone.git('reset', '-q', '--hard', 'main')
    const forced = add('other', 4)
    clone.git('push', '-q', '-f', 'origin', 'one')
    expectPresent(bare, forced)
    clone.git('checkout', '-q', '--detach')
    const tagged = add('tagged', 5)
    clone.git('tag', '-a', '-m', 'version', 'v1')
    clone.git('push', '-q', 'origin', 'v1')
    expectPresent(bare, tagged)
    clone.git('push', '-q', 'origin', ':two')
    expect(bare.tryGit('rev-parse', '--verify', '-q', 'two').status).not.toBe(0)
    const elsewhere = scratch.clone(bare, 'refs-elsewhere')
    for (const ref of ['one', 'v1']) {
      elsewhere.git('checkout', '-q', ref)
      elsewhere.annex('get', '-J2', '.')
      expect(elsewhere.annex('find', '--not', '--in=here').stdout).toBe('')
    }
  })

  test.each([
    ['every branch', ['push', '-q', '--all', 'server']],
    ['the git-annex branch, too', ['push', '-q', 'server', 'main', 'git-annex']],
  ])('does not stand in the way of a push of %s', (how, args) => {
    const { bare: server, clone } = makePair(`all${how.length}`)
    clone.git('remote', 'rename', 'origin', 'server')
    for (const round of [1, 2]) {
      clone.write('next', someBytes(5000, round))
      clone.git('add', 'next')
      clone.git('commit', '-q', '-m', 'next')
      clone.git(...args)
      expectPresent(server, clone.annex('lookupkey', 'next').stdout.trim())
    }
    const elsewhere = scratch.clone(server, `all${how.length}-elsewhere`)
    elsewhere.annex('get', 'next')
    expect(elsewhere.annex('whereis', 'next').stdout).toContain('(3 copies)')
  })

  test('says how to go on when a new annex moves the branch that is being pushed', () => {
    const { clone } = makePair('moved')
    const server = scratch.repo('moved-fresh.git', '--bare')
    clone.git('remote', 'add', 'server', server.dir)
    const push = clone.tryGit('push', '--all', 'server')
    expect(push.stderr).toContain('git annex sync server mends that')
    expectPresent(server, clone.annex('lookupkey', 'film').stdout.trim())
    clone.annex('sync', 'server')
    clone.git('push', '-q', '--all', 'server')
  })

  test('asks nobody when nothing is to be sent', () => {
    const { clone } = makePair('nobody')
    clone.git('push', '-q', 'origin', 'HEAD')
    // Whoever asks here finds nobody, and notes it.
    clone.git('config', 'remote.origin.annexurl', 'http://127.0.0.1:1/nobody.git')
    clone.git('config', '--unset', 'remote.origin.annex-uuid')
    clone.write('text', 'no content of the annex\n')
    clone.run(['git', '-c', 'annex.largefiles=nothing', 'add', 'text'])
    clone.git('commit', '-qm', 'text')
    const quiet = clone.git('push', 'origin', 'HEAD')
    expect(quiet.stdout).toBe('')
    expect(clone.tryGit('config', 'remote.origin.annex-ignore').stdout).toBe('')
  })

  test('sends what the remote wants, and one remote may be told otherwise', () => {
    const { bare, clone, key } = makePair('wanted')
    clone.annex('wanted', 'origin', 'include=*.mp3')
    clone.git('push', '-q', 'origin', 'HEAD')
    expectNotPresent(bare, key)
    clone.annex('wanted', 'origin', '')
    clone.git('config', 'remote.origin.annex-push-content', 'none')
    clone.git('commit', '-q', '--allow-empty', '-m', 'more')
    clone.git('push', '-q', 'origin', 'HEAD')
    expectNotPresent(bare, key)
    expect(
      clone.tryRun([
        'git',
        '-c',
        'remote.origin.annex-push-content=some',
        'push',
        'origin',
        'HEAD:x',
      ]).stderr,
    ).toContain('Bad value "some"')
  })
})

const reason = whyNoSshd()

describe(`git annex pre-push over ssh${reason ? ` (not tested: ${reason})` : ''}`, () => {
  const testSsh = reason === undefined ? test : test.skip

  testSsh('takes contents along, several at once', async () => {
    const server = await SshServer.start(scratch)
    try {
      // No annex yet: the push makes it one.
      const bare = scratch.repo('served.git', '--bare')
      const clone = server.clone(bare, 'ssh-clone')
      const run = (...args: string[]) => clone.run(args, { env: server.env() })
      run('git', 'annex', 'init', 'laptop')
      run('git', 'config', 'annex.jobs', '2')
      for (const seed of [1, 2, 3]) clone.write(`f${seed}`, someBytes(100_000, seed))
      run('git', 'annex', 'add', '.')
      run('git', 'commit', '-qm', 'files')
      run('git', 'push', '-q', 'origin', 'HEAD')
      const elsewhere = scratch.clone(bare, 'ssh-elsewhere')
      elsewhere.annex('get', '.')
      for (const seed of [1, 2, 3]) expectContent(elsewhere, `f${seed}`, someBytes(100_000, seed))

      for (let i = 0; i < 300; i++) clone.write(`d/f${i}`, `${i}\n`)
      run('git', 'annex', 'add', '-q', 'd')
      run('git', 'commit', '-qm', 'small')
      run('git', 'push', '-q', 'origin', 'HEAD')
      elsewhere.git('pull', '-q')
      elsewhere.annex('get', '-q', '.')
      expectContent(elsewhere, 'd/f299', '299\n')
      expect(elsewhere.annex('find', '--not', '--copies=3').stdout).toBe('')
    } finally {
      server.stop()
    }
  })
})
