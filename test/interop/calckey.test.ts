/**
 * Every backend against the Haskell program's `calckey`: random contents, with sizes around the
 * edges of the hash functions' blocks, under names chosen to be trouble for extensions and WORM.
 *
 * Says its seed; `ANNEXE_SEED=N` runs it again.
 */
import { statSync, utimesSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { hashKeyText } from '../../src/backends/hash-key.js'
import {
  type Backend,
  backendNames,
  findBackend,
  newHasher,
  prepareHasher,
} from '../../src/backends/registry.js'
import { wormKeyText } from '../../src/backends/worm.js'
import { type Bytes, bytesFromBuffer, bytesToBuffer } from '../../src/model/bytes.js'
import { DEFAULT_EXTENSION_LIMITS, type ExtensionLimits } from '../../src/model/extension.js'
import { someBytes, useScratch } from '../support/scratch.js'

const FILES = 200
const MIB = 1 << 20
const SEED = Number(process.env.ANNEXE_SEED ?? Date.now() % 1_000_000)

/** What names are made of: dots, case, bytes of every kind that names may have. */
const PIECES = [
  ...['a', 'Z', '9', 'txt', 'JPEG', 'gz', 'tar', 'longer', 'x'.repeat(40)],
  ...['.', '.', '.', '.', '..', '~', '_', '-', '+', ',', ' ', '%', '&', ':', '\\', '"', '\n', '\r'],
  ...['é', 'ß', '日本', '☃', '😀', 'e\u0301', '\u00a0'].map((text) =>
    Buffer.from(text).toString('latin1'),
  ),
  ...['\xff', '\xc3', '\xed\xa0\x80', '\xc0\xaf', '\xf4\x90\x80\x80', '\x7f', '\x01'],
]
const MAX_NAME_BYTES = 255
/** Sizes near multiples of these: blocks of the hashes, units of the trees, our input buffer. */
const EDGES = [16, 32, 64, 72, 104, 128, 136, 144, 512, 1024, 4096, 16384, 65536, MIB]

interface Sample {
  readonly path: Bytes
  readonly content: Buffer
  readonly mtimeSeconds: number
}

let state = SEED + 1
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}

function randomName(): Bytes {
  const count = 1 + random(random(4) === 0 ? 40 : 8)
  const name = Array.from({ length: count }, () => PIECES[random(PIECES.length)]).join('')
  return name.slice(0, MAX_NAME_BYTES)
}

/** Mostly small, because each byte is hashed by each backend twice; a few of some MiB. */
function randomSize(index: number): number {
  if (index < 3) return random(3 * MIB)
  const edge = EDGES[random(index < 40 ? EDGES.length : 10)]!
  return Math.min(Math.max(edge * random(5) + random(5) - 2, 0), 3 * MIB)
}

describe(`calckey with seed ${SEED}`, () => {
  const repo = useScratch().repo('r')
  const samples: Sample[] = []

  beforeAll(() => {
    console.log(`calckey.test: ANNEXE_SEED=${SEED}`)
    repo.realAnnex('init', '-q')
    const top = Buffer.from(`${repo.dir}/`)
    repo.write('d.i r/sub/x', '')
    const seen = new Set<Bytes>()
    for (let i = 0; samples.length < FILES; i++) {
      const path = random(4) === 0 ? `d.i r/sub/${randomName()}` : randomName()
      if (seen.has(path) || /(^|\/)(\.{1,2}|\.git)$/.test(path)) continue
      seen.add(path)
      const content = someBytes(randomSize(samples.length), i + 1)
      const file = Buffer.concat([top, bytesToBuffer(path)])
      writeFileSync(file, content)
      utimesSync(file, 0, random(2 ** 31) + random(1000) / 1000)
      samples.push({ path, content, mtimeSeconds: Math.floor(statSync(file).mtimeMs / 1000) })
    }
  })

  /** The keys of all samples, by one process of the Haskell program. */
  function realKeys(backend: Bytes, ...args: string[]): Bytes[] {
    const argv = ['git-annex', 'calckey', '--batch', '-z', `--backend=${backend}`, ...args]
    // A NUL behind the last name would ask for one more, empty one.
    const input = bytesToBuffer(samples.map(({ path }) => path).join('\0'))
    const { stdoutBytes } = repo.run(argv, { input, program: 'real' })
    return bytesFromBuffer(stdoutBytes).split('\n').slice(0, -1)
  }

  function ourKey(backend: Backend, sample: Sample, limits: ExtensionLimits): Bytes {
    const { path, content, mtimeSeconds } = sample
    if (backend.kind === 'worm')
      return wormKeyText({ sizeBytes: content.length, mtimeSeconds, path })
    const hasher = newHasher(backend)
    for (let at = 0; at < content.length; at += 70_000)
      hasher.update(content.subarray(at, at + 70_000))
    const digestHex = hasher.digestHex()
    return hashKeyText(backend, { sizeBytes: content.length, digestHex, fileName: path, limits })
  }

  const comparable = backendNames().filter((name) => !/^(V?URL|X.*)$/.test(name))

  test.each(comparable)('of %s gives the same keys', async (name) => {
    const backend = findBackend(name)!
    await prepareHasher(backend)
    const ours = samples.map((sample) => ourKey(backend, sample, DEFAULT_EXTENSION_LIMITS))
    expect(ours).toEqual(realKeys(name))
  })

  test.each([0, 1, 3, 9, 50, 250])(
    'with annex.maxextensionlength=%i gives the same keys',
    (maxLength) => {
      const limits = { ...DEFAULT_EXTENSION_LIMITS, maxLength }
      const ours = samples.map((sample) => ourKey(findBackend('MD5E')!, sample, limits))
      expect(ours).toEqual(realKeys('MD5E', '-c', `annex.maxextensionlength=${maxLength}`))
    },
  )

  test('backendNames() are those of `git annex version`, and ours behind them', () => {
    const line = /^key\/value backends: (.*) X\*$/m.exec(repo.realAnnex('version').stdout)![1]!
    const theirs = line.split(' ')
    expect(backendNames().slice(0, theirs.length)).toEqual(theirs)
    expect(backendNames().slice(theirs.length)).toEqual(['VURL', 'XBLAKE3E', 'XBLAKE3'])
  })
})
