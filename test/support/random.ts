/** Random values for property tests: the same ones on every run, from a seed. */
import { bytesFromText } from '../../src/model/bytes.js'

export class Random {
  #state: number

  constructor(seed = 1) {
    this.#state = seed
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % limit
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!
  }

  list<T>(maxLength: number, make: () => T): T[] {
    return Array.from({ length: this.below(maxLength + 1) }, make)
  }

  /** A byte string without CR and LF, now and then with spaces, UTF-8 or bytes that are none. */
  line(maxParts = 6): string {
    const parts = ['a', 'Zz', ' ', '  ', '0', '+', '-', '!', '=', '&', 'timestamp=5s', '\t', '\xff']
    return this.list(maxParts, () => this.pick([...parts, bytesFromText('ß☃')])).join('')
  }

  /** A word without white space, not empty. */
  word(): string {
    return this.line().replace(/\s/g, '') || 'w'
  }

  /** A clock in picoseconds, whole seconds more often than not, also negative. */
  clock(): bigint {
    const seconds = BigInt(this.below(2_000_000_000) - 1000) * 1_000_000_000_000n
    return this.below(3) > 0 ? seconds : seconds + BigInt(this.below(1_000_000)) * 1_000_003n
  }
}

/** Runs a property on many random values; a failure names the seed that makes it again. */
export function forRandom(rounds: number, property: (random: Random) => void): void {
  for (let seed = 1; seed <= rounds; seed++) {
    try {
      property(new Random(seed))
    } catch (error) {
      ;(error as Error).message = `seed ${seed}: ${(error as Error).message}`
      throw error
    }
  }
}
