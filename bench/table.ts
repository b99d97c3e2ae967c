/** Samples by row and program, and the table that shows them: median, range, peak memory, ratios. */
import type { Sample } from './measure.js'

export type Cell = readonly Sample[] | 'failed'

export class Table {
  readonly #rows = new Map<string, Map<string, Cell>>()

  /** @param rows names of rows in the order wanted; others follow */
  constructor(rows: readonly string[] = []) {
    for (const row of rows) this.#row(row)
  }

  add(row: string, program: string, sample: Sample): void {
    const cells = this.#row(row)
    const cell = cells.get(program)
    if (cell !== 'failed') cells.set(program, [...(cell ?? []), sample])
  }

  /** A program that failed once has no time there, however fast its other runs were. */
  fail(row: string, program: string): void {
    this.#row(row).set(program, 'failed')
  }

  #row(name: string): Map<string, Cell> {
    const cells = this.#rows.get(name) ?? new Map<string, Cell>()
    this.#rows.set(name, cells)
    return cells
  }

  /**
   * The table in Markdown.
   * @param programs the columns, ours last; ratios are ours to each of the others
   */
  format(programs: readonly string[]): string {
    const ours = programs.at(-1)!
    const peers = programs.slice(0, -1)
    const lines = [['', ...programs, ...peers.map((peer) => `${ours} : ${peer}`)]]
    for (const [row, cells] of this.#rows) {
      if (cells.size === 0) continue
      lines.push([
        row,
        ...programs.map((program) => formatCell(cells.get(program))),
        ...peers.map((peer) => formatRatio(cells.get(ours), cells.get(peer))),
      ])
    }
    return alignColumns(lines)
  }
}

function formatCell(cell: Cell | undefined): string {
  if (cell === undefined) return '–'
  if (cell === 'failed') return 'failed'
  const seconds = cell.map((sample) => sample.seconds)
  const range = `${formatSeconds(Math.min(...seconds))}–${formatSeconds(Math.max(...seconds))}`
  const peak = Math.max(...cell.map((sample) => sample.peakBytes))
  const gitPeak = Math.max(...cell.map((sample) => sample.gitPeakBytes))
  const git = gitPeak > 0 && gitPeak < 0.9 * peak ? `, git ${Math.round(gitPeak / 1e6)}` : ''
  const memory = peak > 0 ? `, ${Math.round(peak / 1e6)} MB${git}` : ''
  const counted = cell.length > 1 ? ` (${range})` : ' (one run)'
  return `${formatSeconds(median(seconds))}${counted}${memory}`
}

function formatRatio(ours: Cell | undefined, peer: Cell | undefined): string {
  if (!Array.isArray(ours) || !Array.isArray(peer)) return '–'
  return (medianOf(ours) / medianOf(peer)).toFixed(2)
}

function medianOf(samples: readonly Sample[]): number {
  return median(samples.map((sample) => sample.seconds))
}

/** The middle value; the mean of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function formatSeconds(seconds: number): string {
  if (seconds < 0.1) return `${(seconds * 1000).toFixed(1)} ms`
  return seconds < 1
    ? `${(seconds * 1000).toFixed(0)} ms`
    : `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`
}

function alignColumns(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, i) => Math.max(3, ...lines.map((line) => line[i]!.length)))
  const render = (line: readonly string[]) =>
    `| ${line.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [render(lines[0]!), rule, ...lines.slice(1).map(render)].join('\n')
}
