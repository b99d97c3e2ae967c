/**
 * Reports for commands that git runs, whose output nobody asked for: messages, and on a terminal the
 * progress of what takes time; both on standard error, because standard output is git's.
 */
import { bytesToText } from '../model/bytes.js'
import { terminalColumns } from '../platform/terminal.js'
import type { Action } from './command.js'
import { ErrorOutput, type Output } from './output.js'
import { formatProgress, RateMeter } from './progress.js'
import { ProgressLines } from './progress-lines.js'
import type { ReportedItem, Reporter } from './reporter.js'
import { AnswerItem, headerOf, TextReporter } from './reporter-text.js'

export class ProgressReporter implements Reporter {
  readonly #text: TextReporter
  readonly #out: Output
  readonly #lines: ProgressLines

  constructor(out: Output) {
    this.#text = new TextReporter(out, { quiet: true })
    this.#out = out
    this.#lines = new ProgressLines(new ErrorOutput(out))
  }

  begin(action: Action): ReportedItem {
    if (action.answer) return this.#text.begin(action)
    return new ProgressItem(this.#out, action, this.#lines)
  }

  skipped(): void {
    this.#text.skipped()
  }

  remark(_text: string): void {}

  warning(text: string): void {
    this.#lines.above(() => this.#text.warning(text))
  }

  flush(): void {
    this.#text.flush()
  }
}

class ProgressItem extends AnswerItem {
  readonly #label: string
  readonly #lines: ProgressLines
  #meter: RateMeter | undefined

  constructor(out: Output, action: Action, lines: ProgressLines) {
    super(out)
    this.#label = bytesToText(headerOf(action))
    this.#lines = lines
  }

  override progress(doneBytes: number, totalBytes?: number): void {
    if (!this.#lines.isShown) return
    this.#meter ??= new RateMeter()
    const sample = this.#meter.sample(doneBytes, totalBytes)
    this.#lines.set(this, () => formatProgress(this.#label, sample, terminalColumns() - 1))
  }

  override warning(text: string): void {
    this.#lines.above(() => super.warning(text))
  }

  override finish(_succeeded: boolean): void {
    if (this.#meter) this.#lines.end(this, () => {})
  }

  override fail(error: unknown): void {
    this.#lines.end(this, () => super.fail(error))
  }
}
