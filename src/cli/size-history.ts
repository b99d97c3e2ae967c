/**
 * How much the repositories held in the course of time: `log --sizes` and its like, which git-annex
 * has had since 10.20231129. Clones record at the same time, so what a commit says is added to what
 * is known already.
 */
import { keyOfChange, readHistory, readVersions } from '../branch/location-history.js'
import {
  type Bytes,
  bytesFromText,
  bytesToBuffer,
  bytesToText,
  compareBytes,
} from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { formatPresenceLog, parsePresenceLog, presentItems } from '../model/logs/presence.js'
import { parseTrust, trustGrammar } from '../model/logs/trust-log.js'
import { unionMerge } from '../model/logs/union-merge.js'
import { parseUuidLog } from '../model/logs/uuid-log.js'
import { formatSize } from '../model/units.js'
import type { Uuid } from '../model/uuid.js'
import * as files from '../platform/files.js'
import { runForeground } from '../platform/program.js'
import type { Annex } from './annex.js'

export interface SizeQuestion {
  /** Whose sizes: of one repository; `all` has a column each; `total` is their sum. */
  readonly of: Uuid | 'all' | 'total'
  /** Least time between two lines, in seconds. */
  readonly intervalSeconds: number
  /** What has come since the line before, instead of what is there. */
  readonly received: boolean
  readonly inBytes: boolean
  readonly rawDate: boolean
}

const DATE_FORMAT = '%Y-%m-%dT%H:%M:%S'

/** Tells the sizes as lines of a table: the date, then a column for each repository or the sum. */
function* sizeHistory(annex: Annex, question: SizeQuestion): Generator<Bytes> {
  const { repository, branch } = annex
  const descriptions = [...branch.descriptions()].sort(([a], [b]) => compareBytes(a, b))
  const uuids = descriptions.map(([uuid]) => uuid)
  if (question.of === 'all') yield ['date', ...descriptions.map(([, d]) => quoteCsv(d))].join(',')
  const args = ['--date-order', '--reverse']
  const changes = [...readHistory(repository, { args, dateFormat: DATE_FORMAT })].filter(
    (change) => change.path === 'trust.log' || keyOfChange(change) !== undefined,
  )
  const contentOf = readVersions(repository, changes)
  const sizes = new Sizes()
  const table = new Table(question, uuids)
  for (const [i, change] of changes.entries()) {
    const keyText = keyOfChange(change)
    if (keyText === undefined) sizes.noteTrust(contentOf(change.to))
    else sizes.note(keyText, contentOf(change.to), question.received)
    // What was committed together is counted together.
    if (changes[i + 1]?.seconds === change.seconds) continue
    const row = table.row(sizes.current(), change.seconds)
    if (row !== undefined) yield `${question.rawDate ? change.seconds : change.date},${row}`
  }
  if (table.last !== undefined) yield `${formatNow(question.rawDate)},${table.last}`
}

function formatNow(rawDate: boolean): Bytes {
  const now = new Date()
  if (rawDate) return String(now.getTime() / 1000)
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, DATE_FORMAT.length + 2)
}

function quoteCsv(text: Bytes): Bytes {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** What each repository holds, by everything that was recorded up to some moment. */
class Sizes {
  readonly #logs = new Map<Bytes, Bytes>()
  readonly #sizes = new Map<Uuid, bigint>()
  #trust: Bytes = ''
  #dead: ReadonlySet<Uuid> = new Set()

  note(keyText: Bytes, log: Bytes, onlyReceived: boolean): void {
    const size = parseKey(keyText)?.sizeBytes ?? 0n
    const before = this.#logs.get(keyText) ?? ''
    const after = formatPresenceLog(parsePresenceLog(unionMerge(before, log)))
    this.#logs.set(keyText, after)
    const [had, has] = [presentItems(before), presentItems(after)]
    for (const uuid of has) if (!had.includes(uuid)) this.#add(uuid, size)
    if (onlyReceived) return
    for (const uuid of had) if (!has.includes(uuid)) this.#add(uuid, -size)
  }

  #add(uuid: Uuid, size: bigint): void {
    this.#sizes.set(uuid, (this.#sizes.get(uuid) ?? 0n) + size)
  }

  noteTrust(log: Bytes): void {
    this.#trust = unionMerge(this.#trust, log)
    const levels = [...parseUuidLog(this.#trust, trustGrammar)]
    const dead = levels.filter(([, { value }]) => parseTrust(value) === 'dead')
    this.#dead = new Set(dead.map(([uuid]) => uuid))
  }

  /** What the dead hold, nobody has. */
  current(): Map<Uuid, bigint> {
    return new Map([...this.#sizes].map(([uuid, size]) => [uuid, this.#dead.has(uuid) ? 0n : size]))
  }
}

/** Decides when there is something new to be told. */
class Table {
  /** The last row told, without its date. */
  last: Bytes | undefined
  readonly #question: SizeQuestion
  readonly #uuids: readonly Uuid[]
  #toldSeconds = 0
  #before = new Map<Uuid, bigint>()

  constructor(question: SizeQuestion, uuids: readonly Uuid[]) {
    this.#question = question
    this.#uuids = uuids
  }

  /** The next row; undefined when it would be the same as before, or too soon. */
  row(sizes: Map<Uuid, bigint>, secondsText: string): Bytes | undefined {
    const { received, intervalSeconds } = this.#question
    const seconds = Number(secondsText)
    const values = this.#columns(sizes)
    const row = values.map((value) => this.#show(value)).join(',')
    const isZero = values.every((value) => value === 0n)
    const isNews = received
      ? !isZero || row !== this.last
      : (this.last !== undefined || !isZero) && row !== this.last
    if (!isNews || seconds - this.#toldSeconds < intervalSeconds) return undefined
    this.last = row
    this.#toldSeconds = seconds
    this.#before = sizes
    return row
  }

  #columns(sizes: ReadonlyMap<Uuid, bigint>): bigint[] {
    const of = (uuid: Uuid) => {
      const size = sizes.get(uuid) ?? 0n
      if (!this.#question.received) return size
      const gained = size - (this.#before.get(uuid) ?? 0n)
      return gained > 0n ? gained : 0n
    }
    if (this.#question.of === 'all') return this.#uuids.map(of)
    if (this.#question.of !== 'total') return [of(this.#question.of)]
    return [[...sizes.keys()].map(of).reduce((sum, size) => sum + size, 0n)]
  }

  #show(size: bigint): Bytes {
    return this.#question.inBytes ? String(size) : bytesFromText(formatSize(size, 'short'))
  }
}

/** A table as a script of gnuplot, which keeps the data in itself. */
function* gnuplotScript(
  rows: Iterable<Bytes>,
  { columns, received, hasKey }: { columns: number; received: boolean; hasKey: boolean },
): Generator<Bytes> {
  yield "set datafile separator ','"
  yield `set timefmt "${DATE_FORMAT}"`
  yield 'set xdata time'
  yield 'set xtics out'
  yield "set ytics format '%s%c'"
  yield 'set tics front'
  yield 'set key spacing 1 font ",8"'
  if (!hasKey) yield 'set key off'
  yield '$data << EOD'
  if (!hasKey) yield 'date,value'
  yield* rows
  yield 'EOD'
  yield ''
  yield `plot for [i=2:${columns}:1] \\`
  yield `  "$data" using 1:(sum [col=i:${columns}] column(col)) \\`
  yield '  title columnheader(i) \\'
  yield received ? '  with boxes' : '  with filledcurves x1'
}

/** How many columns the table has, the date included. */
function countColumns(annex: Annex, of: SizeQuestion['of']): number {
  return of === 'all' ? annex.branch.descriptions().size + 1 : 2
}

/**
 * The table itself, or what is said while gnuplot draws it; its script stays for another time.
 * @param draws whether to draw
 */
export function* sizeLines(annex: Annex, question: SizeQuestion, draws: boolean): Generator<Bytes> {
  const rows = sizeHistory(annex, question)
  if (!draws) {
    yield* rows
    return
  }
  const path = `${annex.repository.annexDir}/gnuplot`
  yield `Generating gnuplot script in ${path}`
  const hasKey = question.of === 'all'
  const columns = countColumns(annex, question.of)
  const script = gnuplotScript(rows, { columns, received: question.received, hasKey })
  files.replaceFile(path, bytesToBuffer([...script, ''].join('\n')))
  yield 'Running gnuplot...'
  const status = runForeground(['gnuplot', '-p', bytesToText(path)])
  if (status !== 0)
    throw new AnnexError('USAGE', `Cannot draw with gnuplot (exit ${status})`, {
      hint: `Its script is ${bytesToText(path)}`,
    })
}
