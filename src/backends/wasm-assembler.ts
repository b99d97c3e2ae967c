/**
 * Writes small WebAssembly modules at run time.
 *
 * For the hash functions that no library offers: 64-bit words and 128-bit vectors are native in
 * WebAssembly and absent from JavaScript, where the same functions run five to ten times slower.
 * A module has one memory and one function over whole blocks; both are made without waiting.
 * Numbers below are opcodes of the WebAssembly core specification, 2.0.
 */
import type { Bytes } from '../model/bytes.js'

/** Instructions, or a part of a module, in binary form: appending strings is what engines do best. */
export type Code = Bytes

/** Types of local variables. */
export const I64 = 0x7e
export const V128 = 0x7b
const I32 = 0x7f

/** The part of the WebAssembly interface used here; the types of Node 20 lack it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

/** What a module is made of. */
export interface ModuleSource {
  /** Size of the memory, in pages of 64 KiB. */
  readonly pages: number
  /** Local variables, all of one type; numbered from {@link FIRST_LOCAL}. */
  readonly localType: typeof I64 | typeof V128
  readonly localCount: number
  /** The body of `run(state, input, count)`. */
  readonly body: Code
}

/** A module in use. */
export interface Engine {
  readonly memory: Uint8Array
  /**
   * Works on blocks in the memory.
   * @param state where the state to work on lies
   * @param input where the first block lies
   * @param count how many blocks there are, at least 1
   */
  readonly run: (state: number, input: number, count: number) => void
}

/** The parameters of `run`, then the first local variable. */
export const STATE = 0
export const INPUT = 1
const COUNT = 2
export const FIRST_LOCAL = 3

const code = (...bytes: readonly number[]): Code => String.fromCharCode(...bytes)

/** An unsigned number, LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? code(value) : code((value & 0x7f) | 0x80) + unsigned(value >>> 7)
}

/** A signed number of 32 bits, LEB128. */
function signed(value: number): Code {
  const isLast = value >= -0x40 && value < 0x40
  return isLast ? code(value & 0x7f) : code((value & 0x7f) | 0x80) + signed(value >> 7)
}

/** A signed number of 64 bits, LEB128. */
function signedLong(value: bigint): Code {
  if (value === BigInt.asIntN(32, value)) return signed(Number(value))
  return code(Number(value & 0x7fn) | 0x80) + signedLong(value >> 7n)
}

/** Where a load or store goes: no hint of alignment, and an offset. */
const place = (offset: number): Code => code(0) + unsigned(offset)

/** Reads a variable. */
export const get = (local: number): Code => code(0x20) + unsigned(local)
/** Stores what an expression yields. */
export const set = (local: number, value: Code): Code => value + code(0x21) + unsigned(local)

// Instructions below have the names that the specification gives them.

export const i32Const = (value: number): Code => code(0x41) + signed(value)
/** A 64-bit constant, given as unsigned. */
export const i64Const = (value: bigint): Code => code(0x42) + signedLong(BigInt.asIntN(64, value))

/** Addresses are an expression and a constant offset; they need not be aligned. */
export const i64Load = (address: Code, offset: number): Code => address + code(0x29) + place(offset)
export const i64Store = (address: Code, offset: number, value: Code): Code =>
  address + value + code(0x37) + place(offset)

const binary =
  (opcode: Code) =>
  (left: Code, right: Code): Code =>
    left + right + opcode

export const i32Add = binary(code(0x6a))
export const i64Add = binary(code(0x7c))
export const i64And = binary(code(0x83))
export const i64Xor = binary(code(0x85))
const rotateLeft = binary(code(0x89))
export const i64Rotl = (value: Code, bits: number): Code =>
  rotateLeft(value, i64Const(BigInt(bits)))

/** An instruction of the vector group. */
const vector = (opcode: number): Code => code(0xfd) + unsigned(opcode)
const V128_LOAD = vector(0x00)
const V128_STORE = vector(0x0b)
const SHUFFLE = vector(0x0d)

export const v128Load = (address: Code, offset: number): Code => address + V128_LOAD + place(offset)
export const v128Store = (address: Code, offset: number, value: Code): Code =>
  address + value + V128_STORE + place(offset)
/** @param lanes for each byte of the result, which of the 32 bytes of both operands it is */
export const i8x16Shuffle = (left: Code, right: Code, lanes: readonly number[]): Code =>
  left + right + SHUFFLE + code(...lanes)
export const v128Or = binary(vector(0x50))
export const v128Xor = binary(vector(0x51))
export const i32x4LtU = binary(vector(0x3a))
export const i32x4Add = binary(vector(0xae))
export const i32x4Sub = binary(vector(0xb1))
export const i64x2Add = binary(vector(0xce))

const shift =
  (opcode: Code) =>
  (value: Code, bits: number): Code =>
    value + i32Const(bits) + opcode

export const i32x4Shl = shift(vector(0xab))
export const i32x4ShrU = shift(vector(0xad))
export const i64x2Shl = shift(vector(0xcb))
export const i64x2ShrU = shift(vector(0xcd))

/** Code for each index from `start` up to `end`, one behind the other. */
export function unroll(start: number, end: number, code: (index: number) => Code): Code {
  let result = ''
  for (let index = start; index < end; index++) result += code(index)
  return result
}

/** Repeats a body `COUNT` times; after each time `INPUT` moves on by `stride` bytes. */
export function forEachBlock(stride: number, body: readonly Code[]): Code {
  return [
    code(0x03, 0x40), // loop
    ...body,
    set(INPUT, i32Add(get(INPUT), i32Const(stride))),
    i32Add(get(COUNT), i32Const(-1)),
    code(0x22, COUNT), // tee: keeps the count for the branch
    code(0x0d, 0), // br_if: again while it is not 0
    code(0x0b), // end
  ].join('')
}

function section(id: number, content: Code): Code {
  return code(id) + sized(content)
}

function sized(content: Code): Code {
  return unsigned(content.length) + content
}

/** Assembles a module and makes one instance of it. */
export function assemble(source: ModuleSource): Engine {
  const locals = code(1) + unsigned(source.localCount) + code(source.localType)
  const module = [
    code(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
    section(1, code(1, 0x60, 3, I32, I32, I32, 0)), // one type: (i32, i32, i32) -> ()
    section(3, code(1, 0)),
    section(5, code(1, 0) + unsigned(source.pages)),
    section(7, code(2) + sized('memory') + code(2, 0) + sized('run') + code(0, 0)),
    section(10, code(1) + sized(locals + source.body + code(0x0b))),
  ].join('')
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(Buffer.from(module, 'latin1')),
  )
  const { memory, run } = exports as { memory: { buffer: ArrayBuffer }; run: Engine['run'] }
  return { memory: new Uint8Array(memory.buffer), run }
}
