import { describe, expect, test } from '@jest/globals'
import { GitConfig } from '../../../src/git/config.js'
import { bytesFromText } from '../../../src/model/bytes.js'
import { type RemoteConfig, readRemoteConfigs } from '../../../src/remotes/remote-config.js'

const BASE = '/base/tree'

/** The one remote `r` that settings make; undefined when they make none. */
function readOne(settings: Record<string, string>): RemoteConfig | undefined {
  const listing = Object.entries(settings).map(([name, value]) => `remote.r.${name}\n${value}`)
  return readRemoteConfigs(new GitConfig(listing.join('\0')), BASE)[0]
}

describe('readRemoteConfigs()', () => {
  test.each<[string, RemoteConfig['kind']]>([
    ['/srv/annex', { type: 'path', path: '/srv/annex' }],
    ['../other', { type: 'path', path: '/base/other' }],
    ['./a:b', { type: 'path', path: '/base/tree/a:b' }],
    ['sub/dir:x', { type: 'path', path: '/base/tree/sub/dir:x' }],
    ['file:///srv/an%20annex', { type: 'path', path: '/srv/an annex' }],
    [`~/annex`, { type: 'path', path: `${process.env['HOME']}/annex` }],
    ['host:path', { type: 'ssh', url: 'host:path' }],
    ['me@host:/path', { type: 'ssh', url: 'me@host:/path' }],
    ['ssh://host/path', { type: 'ssh', url: 'ssh://host/path' }],
    ['git+ssh://host/path', { type: 'ssh', url: 'git+ssh://host/path' }],
    ['https://host/path', { type: 'http', url: 'https://host/path' }],
    ['git://host/path', { type: 'other', url: 'git://host/path' }],
    ['gcrypt::rsync://host/path', { type: 'other', url: 'gcrypt::rsync://host/path' }],
  ])('tells what the url %s means', (url, kind) => {
    expect(readOne({ url })?.kind).toEqual(kind)
  })

  test('prefers annexUrl, and knows special remotes by their settings, in any case', () => {
    expect(readOne({ url: 'host:x', annexUrl: '/y' })?.kind).toEqual({ type: 'path', path: '/y' })
    expect(readOne({ 'annex-directory': '/d' })?.kind).toEqual({ type: 'special', url: '/d' })
    const named = new GitConfig('remote.MyDisk.annex-Directory\n/d')
    expect(readRemoteConfigs(named, BASE)[0]).toMatchObject({
      name: 'MyDisk',
      kind: { type: 'special' },
    })
    expect(readOne({ fetch: '+refs/heads/*:refs/remotes/r/*' })).toBeUndefined()
  })

  test('rewrites urls as git does, by the longest beginning', () => {
    const listing = [
      'remote.r.url\ngh:me/x',
      'url.ssh://Host/.insteadof\ngh:',
      'url./mirror/.insteadof\ngh:me/',
      'url./none/.insteadof\nhg:',
    ]
    const [remote] = readRemoteConfigs(new GitConfig(listing.join('\0')), BASE)
    expect(remote!.kind).toEqual({ type: 'path', path: '/mirror/x' })
    const [other] = readRemoteConfigs(new GitConfig(listing.slice(0, 2).join('\0')), BASE)
    expect(other!.kind).toEqual({ type: 'ssh', url: 'ssh://Host/me/x' })
  })

  test('gives each kind its cost, unless one is set or a command tells it', () => {
    expect(readOne({ url: '/x' })?.cost).toBe(100)
    expect(readOne({ url: 'host:x' })?.cost).toBe(200)
    expect(readOne({ url: '/x', 'annex-cost': '42.5' })?.cost).toBe(42.5)
    expect(readOne({ url: '/x', 'annex-cost': 'cheap' })?.cost).toBe(100)
    expect(readOne({ url: '/x', 'annex-cost': '1', 'annex-cost-command': 'echo 7' })?.cost).toBe(7)
    expect(readOne({ url: '/x', 'annex-cost-command': 'exit 1' })?.cost).toBe(100)
  })

  test('reads flags of the remote, then of annex in general', () => {
    expect(readOne({ url: '/x' })).toMatchObject({
      isIgnored: false,
      isReadOnly: false,
      syncs: true,
      pulls: true,
      pushes: true,
      verifies: true,
    })
    const general = 'annex.verify\nfalse\0annex.ignore\ntrue\0remote.r.url\n/x'
    expect(readRemoteConfigs(new GitConfig(general), BASE)[0]).toMatchObject({
      verifies: false,
      isIgnored: false,
    })
    const own = `${general}\0remote.r.annex-verify\ntrue\0remote.r.annex-readonly\ntrue`
    expect(readRemoteConfigs(new GitConfig(own), BASE)[0]).toMatchObject({
      verifies: true,
      isReadOnly: true,
    })
  })

  test('asks a command whether a remote is to be ignored', () => {
    expect(readOne({ url: '/x', 'annex-ignore': 'true' })?.isIgnored).toBe(true)
    expect(readOne({ url: '/x', 'annex-ignore-command': 'true' })?.isIgnored).toBe(false)
    expect(readOne({ url: '/x', 'annex-ignore-command': 'false' })?.isIgnored).toBe(true)
  })

  test('keeps names as text and in order, also those that are no ASCII', () => {
    const listing = ['zoë', 'a b', 'x.y'].map((name) => `remote.${bytesFromText(name)}.url\n/${1}`)
    const remotes = readRemoteConfigs(new GitConfig(listing.join('\0')), BASE)
    expect(remotes.map(({ name }) => name)).toEqual(['zoë', 'a b', 'x.y'])
  })

  test('hands on the uuid of an earlier contact', () => {
    expect(readOne({ url: 'host:x', 'annex-uuid': 'U' })?.cachedUuid).toBe('U')
    expect(readOne({ url: 'host:x' })?.cachedUuid).toBeUndefined()
  })

  test('refuses a flag that is neither true nor false', () => {
    expect(() => readOne({ url: '/x', 'annex-sync': 'perhaps' })).toThrow(/Bad boolean/)
  })
})
