/**
 * What is remembered of files to know them again, thousands at a time: node's own stats are two dozen
 * objects each, some 700 bytes, where this takes 150.
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

class KeptStat implements KnownStat {
  readonly #fields: BigUint64Array

  constructor({ ctimeNs, mtimeNs, dev, ino, mode, uid, gid, size }: KnownStat) {
    this.#fields = BigUint64Array.of(ctimeNs, mtimeNs, dev, ino, mode, uid, gid, size)
  }

  // Times may lie before 1970.
  get ctimeNs(): bigint {
    return BigInt.asIntN(64, this.#fields[0]!)
  }
  get mtimeNs(): bigint {
    return BigInt.asIntN(64, this.#fields[1]!)
  }
  get dev(): bigint {
    return this.#fields[2]!
  }
  get ino(): bigint {
    return this.#fields[3]!
  }
  get mode(): bigint {
    return this.#fields[4]!
  }
  get uid(): bigint {
    return this.#fields[5]!
  }
  get gid(): bigint {
    return this.#fields[6]!
  }
  get size(): bigint {
    return this.#fields[7]!
  }
}
