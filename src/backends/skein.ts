/**
 * Skein-256-256 and Skein-512-512, after "The Skein Hash Function Family", version 1.3.
 *
 * The block cipher Threefish and its chaining mode UBI run in WebAssembly, all 72 rounds unrolled;
 * this file writes that code and does the few blocks around the message.
 */
import { BlockFeed, type BlockFunction, newEngine } from './block-feed.js'
import type { Hasher } from './hasher.js'
import {
  type Code,
  FIRST_LOCAL,
  forEachBlock,
  get,
  I64,
  INPUT,
  i32Const,
  i64Add,
  i64And,
  i64Const,
  i64Load,
  i64Rotl,
  i64Store,
  i64Xor,
  set,
  unroll,
} from './wasm-assembler.js'

const ROUNDS = 72
/** Extends the key by one word. */
const C240 = 0x1bd11bdaa9fc1a22n

/** Rotation distances of 8 rounds, for each pair of words; then they repeat. */
const ROTATIONS = {
  4: table('14 16, 52 57, 23 40, 5 37, 25 33, 46 12, 58 22, 32 32'),
  8: table(`46 36 19 37, 33 27 14 42, 17 49 36 39, 44 9 54 56,
            39 30 34 24, 13 50 10 17, 25 29 39 43, 8 35 56 22`),
}
/** Which word takes each place after a round. */
const PERMUTATION = { 4: [0, 3, 2, 1], 8: [2, 1, 4, 7, 6, 5, 0, 3] } as const

/** Fields of the tweak's upper word: kind of block, and whether it is the first and the last. */
const TYPE = { config: 4n << 56n, message: 48n << 56n, output: 63n << 56n }
const FIRST = 1n << 62n
const FINAL = 1n << 63n

type Words = 4 | 8

function table(text: string): number[][] {
  return text.split(',').map((row) => row.trim().split(' ').map(Number))
}

/**
 * The memory, in words of 8 bytes: the key (between blocks, the chaining value) and its parity word,
 * then position, flags and their XOR. They are read where they are used: kept in variables they would
 * take the registers that the values need, which makes Skein-512 three times slower in Bun.
 */
const keyAt = (words: Words, i: number) => 8 * (i % (words + 1))
const tweakAt = (words: Words, i: number) => 8 * (words + 1 + (i % 3))
const stateBytes = (words: Words) => 8 * (words + 4)
/**
 * Where the numbers 0, 1, 2 … stand in the memory. As constants in the code they would be moved
 * through all following additions by Bun's optimizer, which doubles the work.
 */
const NUMBERS_AT = 1024

const load = (offset: number): Code => i64Load(i32Const(0), offset)
const store = (offset: number, value: Code): Code => i64Store(i32Const(0), offset, value)
const number = (value: number): Code => load(NUMBERS_AT + 8 * value)
const local = (word: number) => FIRST_LOCAL + word

/** Adds a subkey to the words, which stand in the places that `order` tells. */
function injectKey(words: Words, order: readonly number[], subkey: number): Code {
  const code = order.map((word, i) => {
    let sum = i64Add(get(local(word)), load(keyAt(words, subkey + i)))
    if (i === words - 3) sum = i64Add(sum, load(tweakAt(words, subkey)))
    if (i === words - 2) sum = i64Add(sum, load(tweakAt(words, subkey + 1)))
    if (i === words - 1) sum = i64Add(sum, number(subkey))
    return set(local(word), sum)
  })
  return code.join('')
}

/** Threefish on the local variables. Words are not moved: `order` says who stands where. */
function encrypt(words: Words): Code {
  let order: readonly number[] = Array.from({ length: words }, (_, i) => i)
  let code = ''
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 4 === 0) code += injectKey(words, order, round / 4)
    for (const [pair, distance] of ROTATIONS[words][round % 8]!.entries()) {
      const left = local(order[2 * pair]!)
      const right = local(order[2 * pair + 1]!)
      code += set(left, i64Add(get(left), get(right)))
      code += set(right, i64Xor(i64Rotl(get(right), distance), get(left)))
    }
    order = PERMUTATION[words].map((place) => order[place]!)
  }
  // 72 rounds are a whole number of the permutation's periods, so every word is at home again.
  return code + injectKey(words, order, ROUNDS / 4)
}

/** `run`: the next chaining value is the block's ciphertext XOR the block; the position moves on. */
function blockCode(words: Words): Code {
  const parity = unroll(0, words, (i) => load(keyAt(words, i)) + (i > 0 ? i64Xor('', '') : ''))
  const [position, flags, both] = [tweakAt(words, 0), tweakAt(words, 1), tweakAt(words, 2)]
  const input = (i: number) => i64Load(get(INPUT), 8 * i)
  return forEachBlock(8 * words, [
    store(position, i64Add(load(position), number(8 * words))),
    store(both, i64Xor(load(position), load(flags))),
    store(keyAt(words, words), i64Xor(parity, i64Const(C240))),
    unroll(0, words, (i) => set(local(i), input(i))),
    encrypt(words),
    unroll(0, words, (i) => store(keyAt(words, i), i64Xor(get(local(i)), input(i)))),
    store(flags, i64And(load(flags), i64Const(~FIRST))),
  ])
}

/** One of the two functions, ready to start hashes. */
class Skein {
  readonly #words: Words
  readonly #function: BlockFunction
  /** The state before the first byte of a message. */
  readonly #initial: Uint8Array

  constructor(words: Words) {
    this.#words = words
    const engine = newEngine({
      localType: I64,
      localCount: words,
      body: blockCode(words),
    })
    for (let i = 0; i <= 64; i++) engine.memory[NUMBERS_AT + 8 * i] = i
    this.#function = {
      engine,
      unitBytes: 8 * words,
      holdBytes: 1,
      parts: [{ stateAt: 0, inputAt: 0 }],
    }
    const feed = new BlockFeed(this.#function, new Uint8Array(stateBytes(words)))
    const config = new DataView(new ArrayBuffer(32))
    config.setBigUint64(0, 0x1_3341_4853n, true) // "SHA3", version 1
    config.setBigUint64(8, BigInt(64 * words), true)
    this.#finish(feed, TYPE.config | FIRST, new Uint8Array(config.buffer))
    this.#setTweak(feed, 0n, TYPE.message | FIRST)
    this.#initial = feed.state
  }

  start(): Hasher {
    const feed = new BlockFeed(this.#function, this.#initial)
    return {
      update: (chunk) => feed.update(chunk),
      digestHex: () => {
        const [, flags] = this.#tweak(feed)
        this.#finish(feed, flags, feed.rest())
        this.#setTweak(feed, 0n, 0n)
        this.#finish(feed, TYPE.output | FIRST, new Uint8Array(8))
        return Buffer.from(feed.state.buffer, 0, 8 * this.#words).toString('hex')
      },
    }
  }

  /** Runs the last block of a kind, which may be short. */
  #finish(feed: BlockFeed, flags: bigint, bytes: Uint8Array): void {
    // The engine adds a whole block to the position; only the bytes of the content count.
    const [position] = this.#tweak(feed)
    const before = position + BigInt(bytes.length - 8 * this.#words)
    this.#setTweak(feed, before, flags | FINAL)
    feed.runPadded(bytes)
  }

  #tweak(feed: BlockFeed): [position: bigint, flags: bigint] {
    const view = new DataView(feed.state.buffer, tweakAt(this.#words, 0))
    return [view.getBigUint64(0, true), view.getBigUint64(8, true)]
  }

  #setTweak(feed: BlockFeed, position: bigint, flags: bigint): void {
    const view = new DataView(feed.state.buffer, tweakAt(this.#words, 0))
    view.setBigUint64(0, BigInt.asUintN(64, position), true)
    view.setBigUint64(8, flags, true)
  }
}

/** Made when first used: writing and compiling the code takes some milliseconds. */
const functions = new Map<Words, Skein>()

/**
 * Starts a Skein hash.
 * @param bits of the state and of the digest: Skein-256-256 or Skein-512-512
 */
export function newSkeinHasher(bits: 256 | 512): Hasher {
  const words = bits === 256 ? 4 : 8
  const skein = functions.get(words) ?? new Skein(words)
  functions.set(words, skein)
  return skein.start()
}
