/**
 * Reports for people: one line an item, notes in parentheses, messages below it (spec: CLI,
 * section 7). The texts and the places of newlines are git-annex's, which scripts know.
 */
import { type Bytes, bytesFromText } from '../model/bytes.js'
import type { Action } from './command.js'
import { formatError, indent } from './message.js'
import type { Output } from './output.js'
import { ProgressBar } from './progress.js'
import type { ReportedItem, Reporter } from './reporter.js'

export class TextReporter implements Reporter {
  readonly #out: Output
  readonly #isQuiet: boolean

  /** @param options quiet: only messages on standard error, and the lines of answers */
  constructor(out: Output, options: { quiet: boolean }) {
    this.#out = out
    this.#isQuiet = options.quiet
  }

  begin(action: Action): ReportedItem {
    if (action.answer || this.#isQuiet) return new AnswerItem(this.#out)
    return new LineItem(this.#out, headerOf(action))
  }

  skipped(): void {
    this.#out.write('\n')
  }

  remark(text: string): void {
    if (!this.#isQuiet) this.#out.write(`(${bytesFromText(text)})\n`)
  }

  warning(text: string): void {
    this.#out.writeError(`${bytesFromText(text)}\n`)
  }

  flush(): void {
    this.#out.flush()
  }
}

/** The start of an item's line, with a blank at its end. */
export function headerOf({ command, item }: Action): Bytes {
  const ofFile = item.file ?? item.keyText ?? ''
  const name = item.label === undefined ? ofFile : bytesFromText(item.label)
  // An item without any name, such as the commit of a sync, leaves no second blank.
  const hasName = item.label !== undefined || ofFile !== ''
  return hasName ? `${bytesFromText(command)} ${name} ` : `${bytesFromText(command)} `
}

/** Shows only the lines it is given, and messages: an answer, or any item with --quiet. */
export class AnswerItem implements ReportedItem {
  protected readonly out: Output

  constructor(out: Output) {
    this.out = out
  }

  note(_text: string): void {}
  longNote(_text: string): void {}
  advice(_text: string): void {}
  field(_name: string, _value: unknown): void {}
  fields(_make: () => Readonly<Record<string, unknown>>): void {}
  silent(): void {}
  omit(): void {}
  progress(_doneBytes: number, _totalBytes?: number): void {}
  finish(_succeeded: boolean): void {}

  warning(text: string): void {
    this.out.writeError(`${indent(text)}\n`)
  }

  line(text: Bytes): void {
    this.out.write(`${text}\n`)
  }

  verbatim(text: Bytes): void {
    this.out.write(text)
  }

  giveWay(): void {
    this.out.flush()
  }

  fail(error: unknown): void {
    this.out.writeError(formatError(error))
  }
}

/** An item with a line of its own: `COMMAND FILE (note) ok`. */
export class LineItem extends AnswerItem {
  readonly #header: Bytes
  /** What the current line of the terminal shows. */
  #line: Bytes = ''
  #isShown = false
  #isSilent = false
  #bar: ProgressBar | undefined

  constructor(out: Output, header: Bytes) {
    super(out)
    this.#header = header
    // A person sees what is going on; a file gets the line when there is something to say.
    if (out.isTerminal) {
      this.#show()
      out.flush()
    }
  }

  override note(text: string): void {
    this.#append(`(${bytesFromText(text)}) `)
  }

  override longNote(text: string): void {
    this.#append(`\n${indent(text)}\n`)
  }

  override advice(text: string): void {
    this.longNote(text)
  }

  override warning(text: string): void {
    this.#append('\n')
    super.warning(text)
  }

  override line(text: Bytes): void {
    this.#retract()
    super.line(text)
  }

  override verbatim(text: Bytes): void {
    this.#retract()
    super.verbatim(text)
  }

  override giveWay(): void {
    this.#append('\n')
    super.giveWay()
  }

  override omit(): void {
    this.silent()
  }

  override silent(): void {
    this.#isSilent = true
    this.#retract()
  }

  override progress(doneBytes: number, totalBytes?: number): void {
    if (!this.out.isTerminal) return
    this.#show()
    this.#bar ??= new ProgressBar(this.out)
    this.#bar.update(this.#line, doneBytes, totalBytes)
  }

  override finish(succeeded: boolean): void {
    if (succeeded && this.#isSilent && !this.#isShown) return
    this.#append(succeeded ? 'ok\n' : 'failed\n')
  }

  override fail(error: unknown): void {
    this.#append('\n')
    super.fail(error)
    this.#append('failed\n')
  }

  /** What the current line shows so far. */
  protected get shownLine(): Bytes {
    return this.#isShown ? this.#line : this.#header
  }

  #append(text: Bytes): void {
    this.#show()
    this.#bar?.erase(this.#line)
    this.out.write(text)
    const newline = text.lastIndexOf('\n')
    this.#line = newline < 0 ? this.#line + text : text.slice(newline + 1)
  }

  #show(): void {
    if (this.#isShown) return
    this.#isShown = true
    this.#line = this.#header
    this.out.write(this.#header)
  }

  /** Takes the header back from a terminal, when the item turns out to want no line. */
  #retract(): void {
    if (!this.#isShown || this.#line !== this.#header || !this.out.isTerminal) return
    this.out.write('\r\x1b[K')
    this.#isShown = false
    this.#line = ''
  }
}
