/**
 * BLAKE2bp and BLAKE2sp: BLAKE2 over four or eight leaves, and a root over their digests.
 *
 * "BLAKE2: simpler, smaller, fast as MD5", sections 2.10 and 2.11. The blocks of a content are dealt
 * to the leaves by turns. As in the authors' reference code the parameters of a leaf name the length
 * of the final digest, and the last leaf and the root are marked as last nodes.
 */
import {
  BLOCK_WORDS,
  COUNTER,
  FINAL_FLAG,
  GROUP_BYTES,
  GROUPS,
  initialWords,
  LAST_NODE_FLAG,
  newBlake2Engine,
  VECTOR_BYTES,
  type WordBytes,
  wordToBytes,
} from './blake2-code.js'
import { BlockFeed, type BlockFunction } from './block-feed.js'
import type { Hasher } from './hasher.js'

/** Leaves and root. */
const DEPTH = 2
const ALL_ONES = -1n

/** One of the two trees, ready to start hashes. */
class Tree {
  readonly #wordBytes: WordBytes
  readonly #blockBytes: number
  /** Length of a leaf's digest. */
  readonly #innerBytes: number
  readonly #leaves: readonly number[]
  readonly #function: BlockFunction

  constructor(wordBytes: WordBytes) {
    const leafCount = (GROUPS * VECTOR_BYTES) / wordBytes
    this.#wordBytes = wordBytes
    this.#blockBytes = BLOCK_WORDS * wordBytes
    this.#innerBytes = 8 * wordBytes
    this.#leaves = Array.from({ length: leafCount }, (_, leaf) => leaf)
    const unitBytes = leafCount * this.#blockBytes
    this.#function = {
      engine: newBlake2Engine(wordBytes),
      unitBytes,
      // With one more byte for the last leaf, no block of the unit before is the last of its leaf.
      holdBytes: unitBytes - this.#blockBytes + 1,
      parts: [0, 1].map((group) => ({
        stateAt: group * GROUP_BYTES,
        inputAt: (group * unitBytes) / GROUPS,
      })),
    }
  }

  start(digestBytes: number): Hasher {
    const state = new Uint8Array(GROUPS * GROUP_BYTES)
    for (const leaf of this.#leaves)
      this.#setParameters(state, leaf, { digestBytes, offset: leaf, depth: 0 })
    const feed = new BlockFeed(this.#function, state)
    let totalBytes = 0
    return {
      update: (chunk) => {
        totalBytes += chunk.length
        feed.update(chunk)
      },
      digestHex: () => this.#rootDigest(this.#leafDigests(feed, totalBytes), digestBytes),
    }
  }

  /** Runs what was held back, up to two units. Returns the digests one behind the other. */
  #leafDigests(feed: BlockFeed, totalBytes: number): Uint8Array {
    const { unitBytes } = this.#function
    const rest = feed.rest()
    const doneBytes = (totalBytes - rest.length) / this.#leaves.length
    const digests = new Uint8Array(this.#leaves.length * this.#innerBytes)
    const hasSecond = (leaf: number) => rest.length > unitBytes + leaf * this.#blockBytes
    for (const unit of hasSecond(0) ? [0, 1] : [0]) {
      const bytes = rest.subarray(unit * unitBytes, (unit + 1) * unitBytes)
      const ending = this.#leaves.filter((leaf) => hasSecond(leaf) === (unit === 1))
      for (const leaf of ending) {
        const inBlock = bytes.length - leaf * this.#blockBytes
        const inUnit = Math.min(Math.max(inBlock, 0), this.#blockBytes)
        const before = doneBytes + (unit - 1) * this.#blockBytes + inUnit
        this.#setCounter(feed.state, leaf, before)
        this.#markFinal(feed.state, leaf, leaf === this.#leaves.length - 1)
      }
      feed.runPadded(bytes)
      for (const leaf of ending)
        digests.set(this.#chainingValue(feed.state, leaf), leaf * this.#innerBytes)
    }
    return digests
  }

  /** Hashes the digests of the leaves, in the place of the first leaf. */
  #rootDigest(digests: Uint8Array, digestBytes: number): string {
    const state = new Uint8Array(GROUPS * GROUP_BYTES)
    this.#setParameters(state, 0, { digestBytes, offset: 0, depth: DEPTH - 1 })
    const feed = new BlockFeed(this.#function, state)
    for (let at = 0; at < digests.length; at += this.#blockBytes) {
      const end = at + this.#blockBytes
      if (end === digests.length) this.#markFinal(feed.state, 0, true)
      feed.runPadded(digests.subarray(at, end))
    }
    return Buffer.from(this.#chainingValue(feed.state, 0)).toString('hex', 0, digestBytes)
  }

  /** Starts a node: its parameter block is XORed to the initial chaining value. */
  #setParameters(
    state: Uint8Array,
    leaf: number,
    node: { digestBytes: number; offset: number; depth: number },
  ): void {
    const parameters = new Uint8Array(this.#innerBytes)
    parameters.set([node.digestBytes, 0, this.#leaves.length, DEPTH])
    parameters[8] = node.offset
    parameters.set([node.depth, this.#innerBytes], this.#wordBytes === 8 ? 16 : 14)
    for (const [i, word] of initialWords(this.#wordBytes).entries()) {
      const place = this.#place(leaf, i)
      for (const [j, byte] of word.entries())
        state[place + j] = byte ^ parameters[i * this.#wordBytes + j]!
    }
  }

  /** @param bytes what the leaf has taken before its next block; the engine adds a whole block */
  #setCounter(state: Uint8Array, leaf: number, bytes: number): void {
    state.set(wordToBytes(this.#wordBytes, BigInt(bytes)), this.#place(leaf, COUNTER))
    // The upper half of 64-bit counters is never reached.
    if (this.#wordBytes === 8) return
    const upper = wordToBytes(this.#wordBytes, BigInt(bytes) >> 32n)
    state.set(upper, this.#place(leaf, COUNTER + 1))
  }

  #markFinal(state: Uint8Array, leaf: number, isLastNode: boolean): void {
    const ones = wordToBytes(this.#wordBytes, ALL_ONES)
    state.set(ones, this.#place(leaf, FINAL_FLAG))
    if (isLastNode) state.set(ones, this.#place(leaf, LAST_NODE_FLAG))
  }

  #chainingValue(state: Uint8Array, leaf: number): Uint8Array {
    const value = new Uint8Array(this.#innerBytes)
    for (let i = 0; i < 8; i++) {
      const place = this.#place(leaf, i)
      value.set(state.subarray(place, place + this.#wordBytes), i * this.#wordBytes)
    }
    return value
  }

  /** Where a leaf's word of one of the state's vectors lies. */
  #place(leaf: number, vector: number): number {
    const lanes = VECTOR_BYTES / this.#wordBytes
    const group = Math.floor(leaf / lanes)
    return group * GROUP_BYTES + vector * VECTOR_BYTES + (leaf % lanes) * this.#wordBytes
  }
}

/** Made when first used: writing and compiling the code takes some milliseconds. */
const trees = new Map<WordBytes, Tree>()

/**
 * Starts a hash.
 * @param name which tree
 * @param bits of the digest: at most 512 for BLAKE2bp, 256 for BLAKE2sp
 */
export function newBlake2TreeHasher(name: 'blake2bp' | 'blake2sp', bits: number): Hasher {
  const wordBytes = name === 'blake2bp' ? 8 : 4
  const tree = trees.get(wordBytes) ?? new Tree(wordBytes)
  trees.set(wordBytes, tree)
  return tree.start(bits / 8)
}
