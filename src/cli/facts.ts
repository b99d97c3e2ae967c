/** Statements such as `local annex keys: 3`, which `info` prints and puts into JSON. */
import type { Bytes } from '../model/bytes.js'
import { bytesFromText, bytesToText } from '../model/bytes.js'
import { parseKey } from '../model/key.js'
import { formatSize } from '../model/units.js'
import type { ItemUi } from './command.js'

/** One statement. */
export interface Fact {
  readonly name: string
  readonly json: unknown
  /** What follows `NAME: `, perhaps several lines; default: the JSON value. */
  readonly text?: string
}

/** Tells facts one by one, so that the first show while the last are still being found out. */
export function tellFacts(ui: ItemUi, facts: Iterable<Fact>): void {
  for (const { name, json, text = String(json) } of facts) {
    ui.line(bytesFromText(`${name}: ${text}`))
    ui.field(name, json)
  }
}

/** A fact that is a list: its length, then a line for each entry, laid out as git-annex does. */
export function listFact(name: string, json: readonly unknown[], block: string): Fact {
  return { name, json, text: json.length === 0 ? '0' : `${json.length}\n${block}` }
}

/** How sizes are shown: in words, or with --bytes as numbers. */
export type ShowSize = (sizeBytes: bigint, style?: 'long' | 'short') => string

/** Chooses how sizes are shown. */
export function sizeShower({ bytes }: { bytes: boolean }): ShowSize {
  return bytes ? (size) => String(size) : (size, style = 'long') => formatSize(size, style)
}

/** How a sum of sizes is shown, some of which may not be known. */
export function showSum(sizeBytes: bigint, unknownSizes: number, show: ShowSize): string {
  const unknown = unknownSizes > 0 ? ` (+ ${unknownSizes} unknown size)` : ''
  return `${show(sizeBytes)}${unknown}`
}

/** Counts keys and sums up their sizes. */
export class KeyTally {
  count = 0
  sizeBytes = 0n
  /** Keys that do not tell their size. */
  unknownSizes = 0
  readonly backends = new Map<string, number>()

  /** @param keyText a serialized key */
  add(keyText: Bytes): void {
    const key = parseKey(keyText)
    if (!key) return
    this.count++
    if (key.sizeBytes === undefined) this.unknownSizes++
    else this.sizeBytes += key.sizeBytes
    const backend = bytesToText(key.backend)
    this.backends.set(backend, (this.backends.get(backend) ?? 0) + 1)
  }

  /** The sum, and for how many keys it is not known. */
  showSize(show: ShowSize): string {
    return showSum(this.sizeBytes, this.unknownSizes, show)
  }
}
