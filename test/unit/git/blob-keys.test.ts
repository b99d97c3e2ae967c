import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { BlobKeys, pointerOid } from '../../../src/git/blob-keys.js'
import { readIndexEntries } from '../../../src/git/index-file.js'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { type ScratchRepo, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const open = (repo: ScratchRepo) => openRepositoryAt(repo.dir)!
const KEY = 'SHA256E-s5--c0535e4be2b79ffd93291305436bf889314e4a3faec05ecffcbb7df31ad9e51a.txt'
const CACHE = '.git/annex/annexe/cache/blob-keys'

/** Pointer files, links and ordinary files, straight into the index. */
function makeRepo(name: string, ...initArgs: string[]): ScratchRepo {
  const repo = scratch.repo(name, ...initArgs)
  repo.write('pointer', `/annex/objects/${KEY}\n`)
  repo.write('executable', `/annex/objects/${KEY}\r\n`)
  repo.write('ordinary', 'text\n')
  repo.write('empty', '')
  repo.write('long', `/annex/objects/${KEY}\n${'/annex/\n'.repeat(5000)}`)
  repo.run(['ln', '-s', `../.git/annex/objects/xx/yy/${KEY}/${KEY}`, repo.path('link')])
  repo.run(['ln', '-s', 'ordinary', repo.path('other-link')])
  repo.run(['chmod', '+x', 'executable'])
  repo.git('add', '.')
  return repo
}

function keysOf(repo: ScratchRepo, keys = new BlobKeys(open(repo))): Record<string, unknown> {
  const entries = readIndexEntries(open(repo))
  keys.resolve(entries)
  keys.save()
  return Object.fromEntries(entries.map((e) => [e.path, keys.keyTextOf(e)]))
}

const EXPECTED = {
  pointer: KEY,
  executable: KEY,
  link: KEY,
  ordinary: undefined,
  empty: undefined,
  long: undefined,
  'other-link': undefined,
}

describe('BlobKeys', () => {
  test.each(['sha1', 'sha256'])('tells pointers and links from other blobs (%s)', (format) => {
    const repo = makeRepo(format, `--object-format=${format}`)
    expect(keysOf(repo)).toEqual(EXPECTED)
    expect(keysOf(repo)).toEqual(EXPECTED)
  })

  test('needs no git for blobs that it has seen before', () => {
    const repo = makeRepo('cached')
    keysOf(repo)
    const written = statSync(repo.path(CACHE)).mtimeMs
    const entries = readIndexEntries(open(repo))
    repo.run(['sh', '-c', 'rm -rf .git/objects/*'])
    const keys = new BlobKeys(open(repo))
    expect(Object.fromEntries(entries.map((e) => [e.path, keys.keyTextOf(e)]))).toEqual(EXPECTED)
    keys.save()
    expect(statSync(repo.path(CACHE)).mtimeMs).toBe(written)
  })

  test('does not remember that an object was missing', () => {
    const repo = makeRepo('missing')
    const repository = open(repo)
    const oid = pointerOid(repository, 'SHA256-s1--later')
    const keys = new BlobKeys(repository)
    expect(keys.keyTextOf({ oid, mode: 0o100644 })).toBeUndefined()
    repo.run(['git', 'hash-object', '-w', '--stdin'], {
      input: '/annex/objects/SHA256-s1--later\n',
    })
    expect(keys.keyTextOf({ oid, mode: 0o100644 })).toBe('SHA256-s1--later')
  })

  test('keeps the meanings of one blob as file and as link apart', () => {
    const repo = makeRepo('both')
    const content = `/annex/objects/${KEY}\n`
    const oid = repo.run(['git', 'hash-object', '-w', '--stdin'], { input: content }).stdout.trim()
    const keys = new BlobKeys(open(repo))
    expect(keys.keyTextOf({ oid, mode: 0o100755 })).toBe(KEY)
    expect(keys.keyTextOf({ oid, mode: 0o120000 })).toBeUndefined()
    expect(keys.keyTextOf({ oid, mode: 0o160000 })).toBeUndefined()
  })

  test('learn() takes over what the caller knows', () => {
    const repo = makeRepo('learn')
    const repository = open(repo)
    const oid = pointerOid(repository, KEY)
    const keys = new BlobKeys(repository)
    keys.learn({ oid, mode: 0o100644 }, KEY)
    keys.save()
    repo.run(['sh', '-c', 'rm -rf .git/objects/*'])
    expect(new BlobKeys(repository).keyTextOf({ oid, mode: 0o100644 })).toBe(KEY)
  })

  test.each([
    ['nothing in it', () => Buffer.alloc(0)],
    ['half of it lost', (file: Buffer) => file.subarray(0, file.length / 2)],
    ['text', () => Buffer.from('hello')],
    ['a list', () => Buffer.from([0x91, 0x01])],
    [
      'another version',
      (file: Buffer) =>
        Buffer.from(file.toString('latin1').replace('version\x01', 'version\x02'), 'latin1'),
    ],
  ])('takes a cache with %s for none', (_, damage) => {
    const repo = makeRepo(`damage-${_.replaceAll(' ', '-')}`)
    keysOf(repo)
    const damaged = damage(readFileSync(repo.path(CACHE)))
    writeFileSync(repo.path(CACHE), damaged)
    expect(keysOf(repo)).toEqual(EXPECTED)
    expect(readFileSync(repo.path(CACHE)).equals(damaged)).toBe(false)
  })

  test('looks nothing up and writes nothing when nothing is asked', () => {
    const repo = scratch.repo('idle')
    const keys = new BlobKeys(open(repo))
    keys.resolve([])
    keys.save()
    expect(existsSync(repo.path('.git/annex'))).toBe(false)
  })

  test('loads 10,000 answers in milliseconds', () => {
    const repo = scratch.repo('many')
    const keys = new BlobKeys(open(repo))
    for (let i = 0; i < 10_000; i++)
      keys.learn(
        { oid: i.toString(16).padStart(40, '0'), mode: 0o100644 },
        `${KEY.slice(0, -5)}${i}`,
      )
    keys.save()
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now()
      expect(
        new BlobKeys(open(repo)).keyTextOf({ oid: '0'.repeat(40), mode: 0o100644 }),
      ).toBeDefined()
      return performance.now() - start
    })
    // 3 ms on the machine this was written on.
    expect(Math.min(...times)).toBeLessThan(5000)
  })
})

describe('pointerOid()', () => {
  test.each(['sha1', 'sha256'])('is the id that git gives the pointer file (%s)', (format) => {
    const repo = makeRepo(`oid-${format}`, `--object-format=${format}`)
    const listed = repo.git('ls-files', '-s', 'pointer').stdout.split(' ')[1]
    expect(pointerOid(open(repo), KEY)).toBe(listed)
  })
})
