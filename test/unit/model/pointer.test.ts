import { describe, expect, test } from '@jest/globals'
import { bytesFromText } from '../../../src/model/bytes.js'
import { formatKey, parseKey } from '../../../src/model/key.js'
import {
  formatLinkTarget,
  formatPointer,
  looksLikeBrokenPointer,
  parseLinkTarget,
  parsePointer,
} from '../../../src/model/pointer.js'
import { readVectors } from '../../support/vectors.js'

interface PointerVector {
  name?: string
  content?: string
  contentParts?: ({ text: string } | { repeat: string; count: number })[]
  key: string | null
}

const contentOf = (v: PointerVector): string =>
  v.content ??
  v.contentParts!.map((p) => ('text' in p ? p.text : p.repeat.repeat(p.count))).join('')

describe('parsePointer()', () => {
  // A key with NUL in it can name no file, so ours is stricter than git-annex there.
  const vectors = readVectors<PointerVector[]>('pointers').filter((v) => !v.key?.includes('\0'))
  test('refuses NUL after the key', () => {
    expect(parsePointer(Buffer.from('/annex/objects/A--x\0\n'))).toBeUndefined()
  })
  test.each(vectors.map((v) => [JSON.stringify(contentOf(v)).slice(0, 90), v] as const))(
    '%s',
    (_, v) => {
      const key = parsePointer(Buffer.from(contentOf(v)))
      expect(key && formatKey(key)).toBe(v.key === null ? undefined : bytesFromText(v.key))
    },
  )

  test('reads back what formatPointer wrote', () => {
    const key = parseKey('SHA256E-s3--abc.tar.gz')!
    expect(parsePointer(formatPointer(key))).toEqual(key)
  })

  test('refuses binary content that mentions the mark later', () => {
    expect(parsePointer(Buffer.from('\0\0\n/annex/objects/A--x\n'))).toBeUndefined()
  })
})

describe('looksLikeBrokenPointer()', () => {
  test.each(['/annex/objects/A--x\nextra\n', '<<<<<<< HEAD\n/annex/objects/A--x\n=======\n'])(
    'sees %j',
    (t) => {
      expect(looksLikeBrokenPointer(Buffer.from(t))).toBe(true)
    },
  )
  test.each(['/annex/objects/A--x\n', 'hello\n', '', '<<<<<<< HEAD\nfoo\n'])(
    'is content with %j',
    (t) => {
      expect(looksLikeBrokenPointer(Buffer.from(t))).toBe(false)
    },
  )
})

describe('formatLinkTarget()', () => {
  test('climbs one level for each directory and reads back', () => {
    const key = parseKey('SHA256E-s3--abc')!
    expect(formatLinkTarget(key, 'a/b/c')).toMatch(/^\.\.\/\.\.\/\.git\/annex\/objects\//)
    expect(parseLinkTarget(formatLinkTarget(key, 'f'))).toEqual(key)
  })
})
