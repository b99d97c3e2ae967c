/**
 * Reports for programs: one JSON object a line for each item (spec: CLI, section 8). Text that is not
 * UTF-8 shows U+FFFD where it is not.
 */
import { type Bytes, bytesFromText, bytesToText, hasKeptBytes } from '../model/bytes.js'
import { formatAmount } from '../model/units.js'
import type { Action } from './command.js'
import { formatError, indent } from './message.js'
import type { Output } from './output.js'
import type { ReportedItem, Reporter } from './reporter.js'

const PROGRESS_MS = 100

export interface JsonOptions {
  /** Puts messages into the objects instead of on standard error. */
  readonly errorMessages: boolean
  /** Writes objects about the progress, too. */
  readonly progress: boolean
}

export class JsonReporter implements Reporter {
  readonly #out: Output
  readonly #options: JsonOptions

  constructor(out: Output, options: JsonOptions) {
    this.#out = out
    this.#options = options
  }

  begin(action: Action): ReportedItem {
    return new JsonItem(this.#out, action, this.#options)
  }

  skipped(): void {
    this.#out.write('\n')
  }

  remark(_text: string): void {}

  warning(text: string): void {
    this.#out.writeError(`${bytesFromText(text)}\n`)
  }

  flush(): void {
    this.#out.flush()
  }
}

class JsonItem implements ReportedItem {
  readonly #out: Output
  readonly #action: Action
  readonly #options: JsonOptions
  readonly #notes: string[] = []
  readonly #messages: string[] = []
  readonly #fields: Record<string, unknown> = {}
  #isOmitted = false
  #toldMs = Number.NEGATIVE_INFINITY

  constructor(out: Output, action: Action, options: JsonOptions) {
    this.#out = out
    this.#action = action
    this.#options = options
  }

  note(text: string): void {
    this.#notes.push(text)
  }

  longNote(text: string): void {
    this.#notes.push(text)
  }

  advice(_text: string): void {}

  warning(text: string): void {
    this.#message(indent(text))
  }

  field(name: string, value: unknown): void {
    this.#fields[name] = value
  }

  fields(make: () => Readonly<Record<string, unknown>>): void {
    Object.assign(this.#fields, make())
  }

  line(_text: Bytes): void {}
  verbatim(_text: Bytes): void {}
  silent(): void {}

  omit(): void {
    this.#isOmitted = true
  }

  giveWay(): void {
    this.#out.flush()
  }

  progress(doneBytes: number, totalBytes?: number): void {
    if (!this.#options.progress) return
    const nowMs = performance.now()
    if (doneBytes !== totalBytes && nowMs - this.#toldMs < PROGRESS_MS) return
    this.#toldMs = nowMs
    this.#print({
      action: this.#subject(),
      'byte-progress': doneBytes,
      ...(totalBytes !== undefined && {
        'percent-progress': `${formatAmount(totalBytes ? (doneBytes / totalBytes) * 100 : 100)}%`,
        'total-size': totalBytes,
      }),
    })
    this.#out.flush()
  }

  finish(succeeded: boolean): void {
    if (this.#isOmitted && succeeded) return
    this.#print(this.#action.answer ? this.#object() : { ...this.#object(), success: succeeded })
  }

  fail(error: unknown): void {
    this.#message(formatError(error).slice(0, -1))
    this.finish(false)
  }

  #message(text: Bytes): void {
    if (this.#options.errorMessages) this.#messages.push(...bytesToText(text).split('\n'))
    else this.#out.writeError(`${text}\n`)
  }

  /** What is being worked on; the messages come with the end. */
  #subject(): Record<string, unknown> {
    const { 'error-messages': _, ...subject } = this.#object()
    return subject
  }

  /** What is known of the item so far. */
  #object(): Record<string, unknown> {
    const { command, item, answer } = this.#action
    const file = item.file == null ? null : bytesToText(item.file)
    const messages = { 'error-messages': this.#messages }
    if (answer) return { ...messages, ...(item.file !== undefined && { file }), ...this.#fields }
    return {
      command,
      ...messages,
      file,
      input: item.input ?? [],
      ...(item.keyText !== undefined && { key: bytesToText(item.keyText) }),
      ...(this.#notes.length > 0 && { note: this.#notes.join('\n') }),
      ...this.#fields,
    }
  }

  #print(object: Record<string, unknown>): void {
    this.#out.write(bytesFromText(`${JSON.stringify(object, wellFormed)}\n`))
  }
}

/** JSON is UTF-8: a byte that is none is shown as U+FFFD. */
function wellFormed(_: string, value: unknown): unknown {
  return typeof value === 'string' && hasKeptBytes(value)
    ? value.replace(/[\udc80-\udcff]/gu, '\ufffd')
    : value
}
