/**
 * Feeds an engine of `wasm-assembler.ts` with whole blocks, and keeps each hasher's state apart.
 *
 * All hashers of one function share one engine: a hasher copies its state (some hundred bytes) into
 * the memory, runs, and copies it out again. The last bytes of a content need special treatment, so
 * a hasher always holds some back until it is told that no more will come.
 */
import { assemble, type Engine, type ModuleSource } from './wasm-assembler.js'

/** Where the blocks lie in an engine's memory; the state lies at 0. */
const INPUT_AT = 4096
/** How many bytes one call of the engine takes at most: little enough to stay in the cache. */
const CAPACITY = 65536

/** What a function needs of its engine. */
export interface BlockFunction {
  readonly engine: Engine
  /** Bytes that the engine takes as one unit; divides 65536. */
  readonly unitBytes: number
  /** As many bytes at least are held back, once there were so many. */
  readonly holdBytes: number
  /** The calls that one unit takes: which part of the state works on which part of the unit. */
  readonly parts: readonly { readonly stateAt: number; readonly inputAt: number }[]
}

/** Makes the engine of a block function, its memory laid out for {@link BlockFeed}. */
export function newEngine(source: Omit<ModuleSource, 'pages'>): Engine {
  return assemble({ ...source, pages: 2 })
}

/** The data path of one hash in progress. */
export class BlockFeed {
  readonly state: Uint8Array
  readonly #function: BlockFunction
  readonly #held: Uint8Array
  #heldBytes = 0

  /** @param state what the function starts from; copied */
  constructor(blockFunction: BlockFunction, state: Uint8Array) {
    this.#function = blockFunction
    this.state = state.slice()
    this.#held = new Uint8Array(blockFunction.unitBytes + blockFunction.holdBytes)
  }

  /** Takes the next bytes of the content. */
  update(chunk: Uint8Array): void {
    const { unitBytes, holdBytes } = this.#function
    const spare = this.#heldBytes + chunk.length - holdBytes
    let ready = spare - (spare % unitBytes)
    let at = 0
    while (ready > 0) {
      const bytes = Math.min(ready, CAPACITY)
      at += this.#loadInput(chunk, at, bytes)
      this.#run(bytes / unitBytes)
      ready -= bytes
    }
    this.#held.set(chunk.subarray(at), this.#heldBytes)
    this.#heldBytes += chunk.length - at
  }

  /** The bytes held back, at the end of the content. */
  rest(): Uint8Array {
    return this.#held.subarray(0, this.#heldBytes)
  }

  /** Runs one unit from bytes that are made up, zeros behind them. */
  runPadded(bytes: Uint8Array): void {
    const { memory } = this.#function.engine
    memory.fill(0, INPUT_AT + bytes.length, INPUT_AT + this.#function.unitBytes)
    memory.set(bytes, INPUT_AT)
    this.#run(1)
  }

  /** Puts held bytes, then new ones into the engine. Returns how many of the new were taken. */
  #loadInput(chunk: Uint8Array, at: number, bytes: number): number {
    const { memory } = this.#function.engine
    const old = Math.min(this.#heldBytes, bytes)
    if (old > 0) {
      memory.set(this.#held.subarray(0, old), INPUT_AT)
      this.#held.copyWithin(0, old, this.#heldBytes)
      this.#heldBytes -= old
    }
    memory.set(chunk.subarray(at, at + bytes - old), INPUT_AT + old)
    return bytes - old
  }

  #run(units: number): void {
    const { engine, parts } = this.#function
    const { memory, run } = engine
    memory.set(this.state)
    for (const { stateAt, inputAt } of parts) run(stateAt, INPUT_AT + inputAt, units)
    this.state.set(memory.subarray(0, this.state.length))
  }
}
