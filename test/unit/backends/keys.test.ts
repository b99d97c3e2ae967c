import { describe, expect, test } from '@jest/globals'
import { hashKeyText, verifyDigest } from '../../../src/backends/hash-key.js'
import { findBackend, newHasher, prepareHasher } from '../../../src/backends/registry.js'
import { urlKeyText } from '../../../src/backends/url.js'
import { wormKeyText } from '../../../src/backends/worm.js'
import { bytesFromText } from '../../../src/model/bytes.js'
import { parseKey } from '../../../src/model/key.js'
import {
  type KeyVector,
  keyVectors,
  vectorContent,
  vectorLimits,
} from '../../support/key-vectors.js'
import { readVectors } from '../../support/vectors.js'

function groupByBackend(): [string, KeyVector[]][] {
  const groups = new Map<string, KeyVector[]>()
  for (const row of keyVectors()) groups.set(row.backend, [...(groups.get(row.backend) ?? []), row])
  return [...groups].filter(([name]) => findBackend(name))
}

function computeKey(row: KeyVector): string {
  const backend = findBackend(row.backend)!
  const content = vectorContent(row)
  const fileName = bytesFromText(row.filename)
  if (row.mtime !== undefined)
    return wormKeyText({ sizeBytes: content.length, mtimeSeconds: row.mtime, path: fileName })
  const hasher = newHasher(backend)
  hasher.update(content)
  const digestHex = hasher.digestHex()
  return hashKeyText(backend, {
    sizeBytes: content.length,
    digestHex,
    fileName,
    limits: vectorLimits(row),
  })
}

describe('keys.json', () => {
  test.each(groupByBackend())('every %s key is git-annex’s', async (name, rows) => {
    await prepareHasher(findBackend(name)!)
    for (const row of rows) expect(computeKey(row)).toBe(bytesFromText(row.key))
  })
})

describe('urlKeyText()', () => {
  interface UrlVector {
    url: string
    size: number | null
    key: string
  }

  test.each(readVectors<UrlVector[]>('url-keys'))('names $url', ({ url, size, key }) => {
    expect(urlKeyText('URL', bytesFromText(url), size ?? undefined)).toBe(bytesFromText(key))
  })

  test('writes the size when it is known', () => {
    expect(urlKeyText('VURL', 'http://a/b', 12)).toBe('VURL-s12--http://a/b')
    expect(urlKeyText('URL', 'http://a/b', 0n)).toBe('URL-s0--http://a/b')
  })
})

describe('verifyDigest()', () => {
  const digest = 'a948904f2f0f479b8f8197694b30184b0d2ed1c1cd2a1ec0fb85d299a192a447'
  const verify = (text: string) => verifyDigest(parseKey(text)!, digest)

  test.each([
    `SHA256-s12--${digest}`,
    `SHA256E-s12--${digest}.tar.gz`,
    `SHA256-s12--${digest}.wrongly-here`,
    `SHA256-s12--\\${digest}`,
    `GITBUNDLE-s12--5f3a5c1e-0000-4000-8000-000000000000-${digest}`,
  ])('accepts %s', (text) => expect(verify(text)).toBe(true))

  test.each([
    `SHA256-s12--${digest.slice(1)}`,
    `SHA256-s12--${digest.toUpperCase()}`,
    `SHA256-s12--\\\\${digest}`,
    `SHA256-s12--x-${digest}`,
    'SHA256-s12--',
    'SHA256-s12--.txt',
  ])('refuses %s', (text) => expect(verify(text)).toBe(false))
})
