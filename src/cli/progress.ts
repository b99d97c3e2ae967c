/**
 * The progress bar of one item, drawn over the item's own line on a terminal; elsewhere nothing is
 * drawn, because a log file full of carriage returns helps nobody (programs ask for --json-progress).
 */
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { formatBinarySize } from '../model/units.js'
import { terminalColumns } from '../platform/terminal.js'
import type { Output } from './output.js'

const REDRAW_MS = 100
/** Below this the first rate is noise. */
const MEASURABLE_MS = 300
const BAR_COLUMNS = { least: 8, most: 30 }
/** Back to the start of the line, and erase to its end. */
const ERASE: Bytes = '\r\x1b[K'

/** What is known at one moment. */
export interface ProgressSample {
  readonly doneBytes: number
  readonly totalBytes: number | undefined
  /** Bytes a second since the item began; undefined while too little is known. */
  readonly bytesPerSecond: number | undefined
}

/** Measures how fast one item goes. */
export class RateMeter {
  readonly #nowMs: () => number
  #startedMs: number | undefined
  /** What an earlier, interrupted transfer had done already: no part of the rate. */
  #startedBytes = 0

  /** @param nowMs a clock that never goes back */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
  }

  sample(doneBytes: number, totalBytes: number | undefined): ProgressSample {
    const nowMs = this.#nowMs()
    if (this.#startedMs === undefined) {
      this.#startedMs = nowMs
      this.#startedBytes = doneBytes
    }
    const elapsedMs = nowMs - this.#startedMs
    const bytesPerSecond =
      elapsedMs < MEASURABLE_MS ? undefined : ((doneBytes - this.#startedBytes) / elapsedMs) * 1000
    return { doneBytes, totalBytes, bytesPerSecond }
  }
}

/** The bar of one item; it appears when the item takes longer than a blink. */
export class ProgressBar {
  readonly #out: Output
  readonly #nowMs: () => number
  #meter: RateMeter | undefined
  #drawnMs = 0
  #isDrawn = false

  /** @param nowMs a clock that never goes back */
  constructor(out: Output, nowMs: () => number = () => performance.now()) {
    this.#out = out
    this.#nowMs = nowMs
  }

  /**
   * Draws the bar behind the line, at most ten times a second.
   * @param line what the item's line shows so far
   */
  update(line: Bytes, doneBytes: number, totalBytes: number | undefined): void {
    if (!this.#out.isTerminal) return
    const nowMs = this.#nowMs()
    if (!this.#meter) {
      this.#meter = new RateMeter(() => this.#drawnMs)
      this.#drawnMs = nowMs
      this.#meter.sample(doneBytes, totalBytes)
    }
    if (nowMs - this.#drawnMs < REDRAW_MS) return
    this.#drawnMs = nowMs
    const sample = this.#meter.sample(doneBytes, totalBytes)
    const text = formatProgress(bytesToText(line), sample, terminalColumns() - 1)
    this.#out.write(ERASE + bytesFromText(text))
    this.#out.flush()
    this.#isDrawn = true
  }

  /** Leaves the item's line as it was without the bar. */
  erase(line: Bytes): void {
    if (!this.#isDrawn) return
    this.#out.write(ERASE + line)
    this.#isDrawn = false
  }
}

/**
 * One line of progress, such as `get f [####....]  50%  1.2 GiB  85 MiB/s  0:14 left`.
 * @param label shortened in front when there is no room
 * @param columns most characters of the result
 */
export function formatProgress(label: string, sample: ProgressSample, columns: number): string {
  const facts = formatFacts(sample)
  const shown = fitEnd(label, Math.max(columns - facts.length - 1, 0))
  const room = columns - shown.length - facts.length - 3
  if (sample.totalBytes === undefined || room < BAR_COLUMNS.least)
    return `${shown}${facts}`.slice(0, columns)
  const width = Math.min(room, BAR_COLUMNS.most)
  const filled = Math.round(width * fraction(sample))
  return `${shown}[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${facts}`
}

function formatFacts(sample: ProgressSample): string {
  const { doneBytes, totalBytes, bytesPerSecond } = sample
  const parts = [formatBinarySize(doneBytes).padStart(8)]
  if (totalBytes !== undefined) parts.unshift(`${Math.floor(fraction(sample) * 100)}%`.padStart(4))
  if (bytesPerSecond !== undefined) parts.push(`${formatBinarySize(bytesPerSecond)}/s`)
  if (totalBytes !== undefined && bytesPerSecond !== undefined && bytesPerSecond > 0)
    parts.push(`${formatSeconds((totalBytes - doneBytes) / bytesPerSecond)} left`)
  return parts.join('  ')
}

function fraction({ doneBytes, totalBytes }: ProgressSample): number {
  if (!totalBytes) return 1
  return Math.min(Math.max(doneBytes / totalBytes, 0), 1)
}

/** The last `columns` characters of a text, with a mark where it was cut. */
function fitEnd(text: string, columns: number): string {
  const characters = [...text]
  if (characters.length <= columns) return text
  return columns === 0 ? '' : `…${characters.slice(characters.length - columns + 1).join('')}`
}

/** A time span as `0:07`, `12:30` or `3:05:00`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(Math.round(seconds), 0)
  const two = (value: number) => String(value).padStart(2, '0')
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`
}
