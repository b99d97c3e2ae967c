/**
 * The lines at the bottom of a terminal that show what is going on at once, one for each item. What
 * is printed meanwhile scrolls by above them.
 */
import { bytesFromText } from '../model/bytes.js'
import { terminalColumns } from '../platform/terminal.js'
import type { Output } from './output.js'

const REDRAW_MS = 100
/** More than this would scroll away what people want to read. */
const MOST_LINES = 12

export class ProgressLines {
  readonly #out: Output
  readonly #nowMs: () => number
  /** The text of each item's line, in the order in which they began. */
  readonly #lines = new Map<object, () => string>()
  #drawnLines = 0
  #drawnMs = Number.NEGATIVE_INFINITY

  /** @param nowMs a clock that never goes back */
  constructor(out: Output, nowMs: () => number = () => performance.now()) {
    this.#out = out
    this.#nowMs = nowMs
  }

  /** Whether anybody sees them. */
  get isShown(): boolean {
    return this.#out.isTerminal
  }

  /** Sets the line of an item; drawn at most ten times a second. */
  set(item: object, makeLine: () => string): void {
    if (!this.isShown) return
    this.#lines.set(item, makeLine)
    if (this.#nowMs() - this.#drawnMs < REDRAW_MS) return
    this.#erase()
    this.#draw()
  }

  /** An item has ended: its line goes, and what is to be said of it stands above the others. */
  end(item: object, print: () => void): void {
    this.#lines.delete(item)
    this.above(print)
  }

  /** Prints above the lines. */
  above(print: () => void): void {
    this.#erase()
    print()
    this.#draw()
  }

  #erase(): void {
    if (this.#drawnLines > 0) this.#out.write(`\x1b[${this.#drawnLines}A\r\x1b[J`)
    this.#drawnLines = 0
  }

  #draw(): void {
    if (!this.isShown || this.#lines.size === 0) return
    const lines = [...this.#lines.values()].slice(0, MOST_LINES)
    // A line that wraps would count twice when they are erased.
    const most = terminalColumns() - 1
    const text = lines.map((makeLine) => `${[...makeLine()].slice(0, most).join('')}\n`).join('')
    this.#out.write(bytesFromText(text))
    this.#out.flush()
    this.#drawnLines = lines.length
    this.#drawnMs = this.#nowMs()
  }
}
