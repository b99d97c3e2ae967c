/**
 * What is remembered of files to know them again, thousands at a time: node's own stats are two dozen
 * objects each, some 700 bytes, where this takes 100.
 */
import type { FileStat } from './files.js'

/** The part of a file's stat by which it is known again. Times in ns, sizes in bytes. */
export type KnownStat = Pick<
  FileStat,
  'ctimeNs' | 'mtimeNs' | 'dev' | 'ino' | 'mode' | 'uid' | 'gid' | 'size'
>

/** Keeps what {@link KnownStat} has of a stat. */
export function keepStat(stat: KnownStat): KnownStat {
  return new KeptStat(stat)
}

const FIELDS = 8
/** So many share one array: an array of its own for each would take more than its eight numbers. */
const STATS_PER_ARRAY = 256

/** The array that is being filled; it lives as long as any of its stats. */
let filling = { fields: new BigUint64Array(0), used: 0 }

class KeptStat implements KnownStat {
  readonly #fields: BigUint64Array
  readonly #at: number

  constructor({ ctimeNs, mtimeNs, dev, ino, mode, uid, gid, size }: KnownStat) {
    if (filling.used === filling.fields.length)
      filling = { fields: new BigUint64Array(FIELDS * STATS_PER_ARRAY), used: 0 }
    this.#fields = filling.fields
    this.#at = filling.used
    this.#fields.set([ctimeNs, mtimeNs, dev, ino, mode, uid, gid, size], this.#at)
    filling.used += FIELDS
  }

  #field(place: number): bigint {
    return this.#fields[this.#at + place]!
  }

  // Times may lie before 1970.
  get ctimeNs(): bigint {
    return BigInt.asIntN(64, this.#field(0))
  }
  get mtimeNs(): bigint {
    return BigInt.asIntN(64, this.#field(1))
  }
  get dev(): bigint {
    return this.#field(2)
  }
  get ino(): bigint {
    return this.#field(3)
  }
  get mode(): bigint {
    return this.#field(4)
  }
  get uid(): bigint {
    return this.#field(5)
  }
  get gid(): bigint {
    return this.#field(6)
  }
  get size(): bigint {
    return this.#field(7)
  }
}
