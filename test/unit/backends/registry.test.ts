import { describe, expect, test } from '@jest/globals'
import {
  type Backend,
  backendNames,
  backendOfKey,
  findBackend,
  needsPreparing,
  newHasher,
  prepareHasher,
} from '../../../src/backends/registry.js'

/** One backend for each hash function. */
const HASHES = backendNames().filter(
  (name) => findBackend(name)!.digest && !findBackend(name)!.takesExtension,
)

const random = (seed: number) => () => {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
  return seed / 0x7fffffff
}

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 7)

function digest(backend: Backend, content: Uint8Array): string {
  const hasher = newHasher(backend)
  hasher.update(content)
  return hasher.digestHex()
}

describe('newHasher()', () => {
  test.each(HASHES)('of %s does not care how the content is cut', async (name) => {
    const backend = findBackend(name)!
    await prepareHasher(backend)
    const next = random(42)
    for (let run = 0; run < 20; run++) {
      const length = Math.floor(next() ** 3 * CONTENT.length)
      const content = CONTENT.subarray(0, length)
      const hasher = newHasher(backend)
      for (let at = 0; at < length; ) {
        const end = at + Math.floor(next() ** 4 * 90_000)
        hasher.update(content.subarray(at, end))
        at = end
      }
      expect(hasher.digestHex()).toBe(digest(backend, content))
    }
  })

  test.each(HASHES)('of %s lets hashes take turns', async (name) => {
    const backend = findBackend(name)!
    await prepareHasher(backend)
    const contents = [70_001, 1500, 0, 256].map((length) => CONTENT.subarray(0, length))
    const expected = contents.map((content) => digest(backend, content))
    const hashers = contents.map(() => newHasher(backend))
    for (let at = 0; at < CONTENT.length; at += 777)
      for (const [i, hasher] of hashers.entries())
        hasher.update(contents[i]!.subarray(at, at + 777))
    expect(hashers.map((hasher) => hasher.digestHex())).toEqual(expected)
  })

  test.each(HASHES)('of %s yields as many digits as the registry says', async (name) => {
    const backend = findBackend(name)!
    await prepareHasher(backend)
    expect(digest(backend, new Uint8Array())).toHaveLength(backend.digest!.hexLength)
  })

  test('reads a buffer before it returns', () => {
    for (const name of ['SKEIN256', 'BLAKE2BP512', 'SHA256']) {
      const backend = findBackend(name)!
      const buffer = Buffer.from('some text')
      const hasher = newHasher(backend)
      hasher.update(buffer)
      buffer.fill(0)
      expect(hasher.digestHex()).toBe(digest(backend, Buffer.from('some text')))
    }
  })

  test.each(['URL', 'WORM', 'XFOO', 'GITMANIFEST'])('refuses %s, which has no hash', (name) => {
    expect(() => newHasher(findBackend(name)!)).toThrow(
      expect.objectContaining({
        code: 'BACKEND_CANNOT_GENERATE',
        message: `Cannot generate a key for backend ${name}`,
      }),
    )
  })

  test('gives the published BLAKE3 of "abc" for XBLAKE3', async () => {
    const backend = findBackend('XBLAKE3')!
    await prepareHasher(backend)
    expect(digest(backend, Buffer.from('abc'))).toBe(
      '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85',
    )
  })
})

describe('backendOfKey()', () => {
  test('knows git-annex’s internal backends and any X name', () => {
    expect(backendOfKey('GITBUNDLE')).toMatchObject({ isVerifiable: true, isSecure: true })
    expect(backendOfKey('GITMANIFEST')).toMatchObject({ isVerifiable: false })
    expect(backendOfKey('XFOOE')).toMatchObject({ kind: 'external', takesExtension: true })
    expect(backendOfKey('XFOO')).toMatchObject({ kind: 'external', takesExtension: false })
  })

  test.each(['file', 'url', 'sha1sum', 'sha256', 'GIT', '', 'constructor', 'xfoo'])(
    'does not know "%s"',
    (name) => expect(backendOfKey(name)).toBeUndefined(),
  )
})

describe('findBackend()', () => {
  test('tells the weak hashes and what has none from the rest', () => {
    const insecure = backendNames().filter((name) => !findBackend(name)!.isSecure)
    expect(insecure).toEqual(['SHA1E', 'SHA1', 'MD5E', 'MD5', 'WORM', 'URL', 'VURL'])
    const unverifiable = backendNames().filter((name) => !findBackend(name)!.isVerifiable)
    expect(unverifiable).toEqual(['WORM', 'URL', 'VURL'])
    const generating = backendNames().filter((name) => !findBackend(name)!.isGenerating)
    expect(generating).toEqual(['URL', 'VURL'])
  })
})

describe('needsPreparing()', () => {
  test('is false for a hash of our own and the runtime’s', () => {
    const ready = ['SHA256E', 'SHA3_512', 'SKEIN256', 'BLAKE2BP512', 'BLAKE2S256', 'WORM', 'URL']
    expect(ready.filter((name) => needsPreparing(findBackend(name)!))).toEqual([])
  })
})
