/**
 * Reports for people when several actions run at once (`-J`): what an item says is held back until it
 * has ended, so that lines of different items never mix; on a terminal, each has a line of progress.
 * Implements spec: transfer, section 7.
 */
import { type Bytes, bytesToText } from '../model/bytes.js'
import { terminalColumns } from '../platform/terminal.js'
import type { Action } from './command.js'
import type { Output } from './output.js'
import { formatProgress, RateMeter } from './progress.js'
import { ProgressLines } from './progress-lines.js'
import type { ReportedItem, Reporter } from './reporter.js'
import { headerOf, LineItem, TextReporter } from './reporter-text.js'

export class JobsReporter implements Reporter {
  readonly #text: TextReporter
  readonly #out: Output
  readonly #lines: ProgressLines
  readonly #isQuiet: boolean

  /** @param options as for {@link TextReporter} */
  constructor(out: Output, options: { quiet: boolean }) {
    this.#text = new TextReporter(out, options)
    this.#out = out
    this.#lines = new ProgressLines(out)
    this.#isQuiet = options.quiet
  }

  begin(action: Action): ReportedItem {
    if (action.isAlone || action.answer || this.#isQuiet) return this.#text.begin(action)
    return new JobItem(this.#out, headerOf(action), this.#lines)
  }

  skipped(): void {
    this.#text.skipped()
  }

  remark(text: string): void {
    this.#lines.above(() => this.#text.remark(text))
  }

  warning(text: string): void {
    this.#lines.above(() => this.#text.warning(text))
  }

  flush(): void {
    this.#text.flush()
  }
}

/** An output that keeps what is written until it is known where it goes. */
class HeldOutput implements Output {
  readonly isTerminal = false
  readonly #pieces: { readonly isError: boolean; readonly bytes: Bytes }[] = []

  write(bytes: Bytes): void {
    this.#pieces.push({ isError: false, bytes })
  }

  writeError(bytes: Bytes): void {
    this.#pieces.push({ isError: true, bytes })
  }

  flush(): void {}

  releaseTo(out: Output): void {
    for (const { isError, bytes } of this.#pieces.splice(0))
      if (isError) out.writeError(bytes)
      else out.write(bytes)
  }
}

class JobItem extends LineItem {
  readonly #out: Output
  readonly #held: HeldOutput
  readonly #lines: ProgressLines
  #meter: RateMeter | undefined

  constructor(out: Output, header: Bytes, lines: ProgressLines) {
    const held = new HeldOutput()
    super(held, header)
    this.#out = out
    this.#held = held
    this.#lines = lines
    lines.set(this, () => bytesToText(header))
  }

  override progress(doneBytes: number, totalBytes?: number): void {
    if (!this.#lines.isShown) return
    this.#meter ??= new RateMeter()
    const sample = this.#meter.sample(doneBytes, totalBytes)
    const label = this.shownLine
    this.#lines.set(this, () => formatProgress(bytesToText(label), sample, terminalColumns() - 1))
  }

  override finish(succeeded: boolean): void {
    super.finish(succeeded)
    this.#release()
  }

  override fail(error: unknown): void {
    super.fail(error)
    this.#release()
  }

  #release(): void {
    this.#lines.end(this, () => this.#held.releaseTo(this.#out))
  }
}
