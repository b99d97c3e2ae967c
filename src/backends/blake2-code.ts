/**
 * The compression function of BLAKE2b and BLAKE2s on several leaves at once, as WebAssembly.
 *
 * RFC 7693. A vector holds the same word of as many leaves as fit into 128 bits: two of BLAKE2b,
 * four of BLAKE2s. One call works on such a group; BLAKE2bp and BLAKE2sp have two groups.
 */
import { newEngine } from './block-feed.js'
import {
  type Code,
  type Engine,
  FIRST_LOCAL,
  forEachBlock,
  get,
  INPUT,
  i8x16Shuffle,
  i32Const,
  i32x4Add,
  i32x4LtU,
  i32x4Shl,
  i32x4ShrU,
  i32x4Sub,
  i64x2Add,
  i64x2Shl,
  i64x2ShrU,
  STATE,
  set,
  unroll,
  V128,
  v128Load,
  v128Or,
  v128Store,
  v128Xor,
} from './wasm-assembler.js'

/** Which of the two functions, by its word size: 8 for BLAKE2b, 4 for BLAKE2s. */
export type WordBytes = 4 | 8

export const VECTOR_BYTES = 16
export const BLOCK_WORDS = 16
/** A group's state in vectors: the chaining value of 8, then these; a counter has two halves. */
export const COUNTER = 8
export const FINAL_FLAG = 10
export const LAST_NODE_FLAG = 11
export const GROUP_BYTES = 12 * VECTOR_BYTES
/** Groups of leaves in a tree. */
export const GROUPS = 2

/** Fractional parts of the square roots of the first primes; BLAKE2s takes the upper halves. */
const IV = [
  ...[0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n],
  ...[0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n],
]
const ROUNDS = { 4: 10, 8: 12 }
const ROTATIONS = { 4: [16, 12, 8, 7], 8: [32, 24, 16, 63] } as const
/** The order in which a round takes the words of the block, in hex digits; repeats after ten. */
const SIGMA = [
  ...['0123456789abcdef', 'ea489fd61c02b753', 'b8c052fdae367194', '7931dcbe265a40f8'],
  ...['905724afe1bc683d', '2c6a0b834d75fe19', 'c51fed4a0763928b', 'db7ec13950f4862a'],
  ...['6fe9b308c2d714a5', 'a2847615fb9e3cd0'],
]
/** The words of the working state that each of a round's eight steps mixes. */
const STEPS = ['048c', '159d', '26ae', '37bf', '05af', '16bc', '278d', '349e']

/** Places behind the states: constants, and the words of the blocks in work. */
const IV_AT = 1024
const BLOCK_BYTES_AT = IV_AT + 8 * VECTOR_BYTES
const MESSAGE_AT = 2048

/** The working state, and four variables for other use. */
const work = (index: number) => FIRST_LOCAL + index
const spare = (index: number) => FIRST_LOCAL + 16 + index
const LOCAL_COUNT = 20

/**
 * Reads from a fixed place. With the address as a constant Bun's optimizer does not see that it has
 * read the place before; if it did, it would keep the message in registers and the working state,
 * used far more often, on the stack.
 */
const fixed = (at: number, index = 0): Code => v128Load(i32Const(0), at + index * VECTOR_BYTES)
const stateLoad = (index: number): Code => v128Load(get(STATE), index * VECTOR_BYTES)
const stateStore = (index: number, value: Code): Code =>
  v128Store(get(STATE), index * VECTOR_BYTES, value)

const add = { 4: i32x4Add, 8: i64x2Add }

function rotateRight(wordBytes: WordBytes, variable: number, bits: number): Code {
  const value = get(variable)
  if (bits % 8 === 0)
    return shuffle(value, value, (i) => i - (i % wordBytes) + ((i + bits / 8) % wordBytes))
  return wordBytes === 4
    ? v128Or(i32x4ShrU(value, bits), i32x4Shl(value, 32 - bits))
    : v128Or(i64x2ShrU(value, bits), i64x2Shl(value, 64 - bits))
}

/** Parts of two vectors by turns, from the lower halves (0) or the upper ones (1). */
function interleave(left: Code, right: Code, take: { partBytes: number; half: number }): Code {
  const { partBytes, half } = take
  return shuffle(left, right, (i) => {
    const part = Math.floor(i / partBytes)
    const source = half * 8 + Math.floor(part / 2) * partBytes + (i % partBytes)
    return part % 2 === 0 ? source : 16 + source
  })
}

function shuffle(left: Code, right: Code, lane: (index: number) => number): Code {
  return i8x16Shuffle(
    left,
    right,
    Array.from({ length: 16 }, (_, i) => lane(i)),
  )
}

/** Sorts the words of the leaves' blocks, which lie one behind the other, into vectors. */
function loadMessage(wordBytes: WordBytes): Code {
  const lanes = VECTOR_BYTES / wordBytes
  let code = ''
  for (let first = 0; first < BLOCK_WORDS; first += lanes) {
    const row = (leaf: number) => v128Load(get(INPUT), (leaf * BLOCK_WORDS + first) * wordBytes)
    const message = (i: number, column: Code) =>
      v128Store(i32Const(0), MESSAGE_AT + (first + i) * VECTOR_BYTES, column)
    code += wordBytes === 8 ? columnsOfTwo(row, message) : columnsOfFour(row, message)
  }
  return code
}

type Row = (leaf: number) => Code
type Message = (index: number, column: Code) => Code

function columnsOfTwo(row: Row, message: Message): Code {
  return unroll(0, 2, (half) => message(half, interleave(row(0), row(1), { partBytes: 8, half })))
}

function columnsOfFour(row: Row, message: Message): Code {
  // First pairs of words of two leaves, then those of all four.
  const pairs = unroll(0, 4, (i) => {
    const leaf = i < 2 ? 0 : 2
    return set(spare(i), interleave(row(leaf), row(leaf + 1), { partBytes: 4, half: i % 2 }))
  })
  return (
    pairs +
    unroll(0, 4, (i) => {
      const half = Math.floor(i / 2)
      const [left, right] = [get(spare(half)), get(spare(half + 2))]
      return message(i, interleave(left, right, { partBytes: 8, half: i % 2 }))
    })
  )
}

/** The function G of the RFC on four words of the working state and two of the message. */
function mix(wordBytes: WordBytes, step: string, words: readonly number[]): Code {
  const [a, b, c, d] = [...step].map((digit) => work(Number.parseInt(digit, 16))) as Four
  const [r1, r2, r3, r4] = ROTATIONS[wordBytes]
  const sum = add[wordBytes]
  const half = (word: number, first: number, second: number): Code =>
    [
      set(a, sum(sum(get(a), get(b)), fixed(MESSAGE_AT, word))),
      set(d, v128Xor(get(d), get(a))),
      set(d, rotateRight(wordBytes, d, first)),
      set(c, sum(get(c), get(d))),
      set(b, v128Xor(get(b), get(c))),
      set(b, rotateRight(wordBytes, b, second)),
    ].join('')
  return half(words[0]!, r1, r2) + half(words[1]!, r3, r4)
}

type Four = [number, number, number, number]

/** Moves the counters of all leaves on by a block. */
function advance(wordBytes: WordBytes): Code {
  const next = add[wordBytes](stateLoad(COUNTER), fixed(BLOCK_BYTES_AT))
  if (wordBytes === 8) return stateStore(COUNTER, next)
  // A comparison yields -1 where it holds: here, where the lower half has wrapped.
  const carry = i32x4LtU(stateLoad(COUNTER), fixed(BLOCK_BYTES_AT))
  return (
    stateStore(COUNTER, next) + stateStore(COUNTER + 1, i32x4Sub(stateLoad(COUNTER + 1), carry))
  )
}

function compress(wordBytes: WordBytes): Code {
  return unroll(0, ROUNDS[wordBytes], (round) => {
    const words = [...SIGMA[round % 10]!].map((digit) => Number.parseInt(digit, 16))
    return STEPS.map((step, i) => mix(wordBytes, step, words.slice(2 * i, 2 * i + 2))).join('')
  })
}

function blockCode(wordBytes: WordBytes): Code {
  const withCounter = (i: number) => v128Xor(fixed(IV_AT, i), stateLoad(COUNTER + i - 4))
  return forEachBlock(GROUPS * VECTOR_BYTES * BLOCK_WORDS, [
    advance(wordBytes),
    loadMessage(wordBytes),
    unroll(0, 8, (i) => set(work(i), stateLoad(i))),
    unroll(0, 4, (i) => set(work(8 + i), fixed(IV_AT, i))),
    unroll(4, 8, (i) => set(work(8 + i), withCounter(i))),
    compress(wordBytes),
    unroll(0, 8, (i) =>
      stateStore(i, v128Xor(stateLoad(i), v128Xor(get(work(i)), get(work(8 + i))))),
    ),
  ])
}

/** A word as it lies in memory. */
export function wordToBytes(wordBytes: WordBytes, value: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(wordBytes))
  if (wordBytes === 8) view.setBigUint64(0, BigInt.asUintN(64, value), true)
  else view.setUint32(0, Number(BigInt.asUintN(32, value)), true)
  return new Uint8Array(view.buffer)
}

/** The initial chaining value before parameters are mixed in, as it lies in memory. */
export function initialWords(wordBytes: WordBytes): Uint8Array[] {
  return IV.map((word) => wordToBytes(wordBytes, wordBytes === 8 ? word : word >> 32n))
}

/**
 * Makes the engine. A unit is one block of every leaf; a group's state takes {@link GROUP_BYTES}.
 */
export function newBlake2Engine(wordBytes: WordBytes): Engine {
  const engine = newEngine({
    localType: V128,
    localCount: LOCAL_COUNT,
    body: blockCode(wordBytes),
  })
  const fill = (at: number, word: Uint8Array) => {
    for (let i = 0; i < VECTOR_BYTES; i += wordBytes) engine.memory.set(word, at + i)
  }
  for (const [i, word] of initialWords(wordBytes).entries()) fill(IV_AT + i * VECTOR_BYTES, word)
  fill(BLOCK_BYTES_AT, wordToBytes(wordBytes, BigInt(BLOCK_WORDS * wordBytes)))
  return engine
}
