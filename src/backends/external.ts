/**
 * Backends from outside: programs `git-annex-backend-X…` in PATH, one process for all questions.
 *
 * Implements spec: keys and backends, section 9. Everything a program says is checked: a program that
 * ends, hangs or talks nonsense is an error for the file at hand and nothing else, and it is started
 * anew for the next one. One that is not installed makes its keys unverifiable, never unusable.
 */
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { type Key, parseKey } from '../model/key.js'
import { LineProcess, type LineRead } from '../platform/line-process.js'
import { findProgram } from '../platform/program.js'

/** What a program says of its keys. */
export interface ExternalProperties {
  readonly canVerify: boolean
  /** The same content always has the same key. */
  readonly isStable: boolean
  readonly isSecure: boolean
}

/** Called with the bytes done so far. */
type OnProgress = (doneBytes: number) => void

const PREFIX = 'git-annex-backend-'
const NO_PROPERTIES: ExternalProperties = { canVerify: false, isStable: false, isSecure: false }
/** A question about itself needs no time. */
const LONGEST_QUESTION_MS = 60_000
/** The name of a key: no extension, nothing that has a meaning in a path or on a line. */
const KEY_NAME = /^[^\s./]{1,200}$/

let silenceMs = 3_600_000

/**
 * Sets how long a program may work on a file without a word (annex.externalbackend-timeout).
 * @param seconds for all programs from now on
 */
export function setExternalTimeout(seconds: number): void {
  silenceMs = seconds * 1000
}

const programs = new Map<Bytes, ExternalProgram>()

/**
 * The program behind a backend; it is not started yet.
 * @param backend a name that begins with `X`; with `E` at its end the program of the name without it
 */
export function externalProgram(backend: Bytes): ExternalProgram {
  const name = backend.endsWith('E') ? backend.slice(0, -1) : backend
  let program = programs.get(name)
  if (!program) {
    program = new ExternalProgram(name)
    programs.set(name, program)
  }
  return program
}

/** One program, found and started when first asked. */
export class ExternalProgram {
  /** The backend of the keys that it makes, never with `E`. */
  readonly name: Bytes
  #path: string | undefined
  #isSought = false
  #process: LineProcess | undefined
  #properties: ExternalProperties | undefined
  /** Why it is no use asking again. */
  #failure: AnnexError | undefined

  constructor(name: Bytes) {
    this.name = name
  }

  /** What the program is called, as text. */
  get programName(): string {
    return `${PREFIX}${bytesToText(this.name)}`
  }

  /** Whether there is such a program; it may still be no good. */
  get isInstalled(): boolean {
    if (!this.#isSought) {
      this.#isSought = true
      const isPlain = !this.name.includes('/')
      this.#path = isPlain ? findProgram(this.programName, process.env.PATH ?? '') : undefined
    }
    return this.#path !== undefined
  }

  /**
   * What it says of its keys; nothing good of a program that is not there.
   * @throws AnnexError BACKEND_FAILED when it is there and does not work
   */
  get properties(): ExternalProperties {
    if (!this.isInstalled) return NO_PROPERTIES
    this.#start()
    return this.#properties!
  }

  /**
   * Has a key made, without an extension.
   * @param file absolute path of the content
   * @throws AnnexError BACKEND_CANNOT_GENERATE when the program is missing or says no,
   *   BACKEND_FAILED when it does not work
   */
  generate(file: Bytes, onProgress?: OnProgress): Key {
    if (!this.isInstalled) throw this.#missing()
    const answer = this.#ask(`GENKEY ${this.#nameable(file)}`, onProgress)
    const [word, rest] = splitWord(answer)
    if (word === 'GENKEY-FAILURE')
      throw new AnnexError(
        'BACKEND_CANNOT_GENERATE',
        `External backend program failed to generate a key: ${bytesToText(rest)}`,
      )
    const key = word === 'GENKEY-SUCCESS' ? parseKey(rest) : undefined
    if (key?.backend === this.name && KEY_NAME.test(key.name)) return key
    throw this.#nonsense(answer, `GENKEY-SUCCESS with a key of backend ${bytesToText(this.name)}`)
  }

  /**
   * Asks whether a file is the content of a key.
   * @param keyText a serialized key of {@link name}, without extension
   * @param file absolute path
   * @throws AnnexError BACKEND_FAILED
   */
  verify(keyText: Bytes, file: Bytes, onProgress?: OnProgress): boolean {
    const answer = this.#ask(`VERIFYKEYCONTENT ${keyText} ${this.#nameable(file)}`, onProgress)
    if (answer === 'VERIFYKEYCONTENT-SUCCESS') return true
    if (answer === 'VERIFYKEYCONTENT-FAILURE') return false
    throw this.#nonsense(answer, 'VERIFYKEYCONTENT-SUCCESS or VERIFYKEYCONTENT-FAILURE')
  }

  #nameable(file: Bytes): Bytes {
    if (!file.includes('\n')) return file
    throw new AnnexError(
      'BACKEND_CANNOT_GENERATE',
      `Cannot hand ${this.programName} a file whose path contains a newline`,
    )
  }

  #start(): LineProcess {
    if (this.#process) return this.#process
    if (this.#failure) throw this.#failure
    this.#process = LineProcess.start(this.#path!)
    try {
      this.#expect('GETVERSION', 'VERSION 1')
      this.#properties = {
        canVerify: this.#isYes('CANVERIFY'),
        isStable: this.#isYes('ISSTABLE'),
        isSecure: this.#isYes('ISCRYPTOGRAPHICALLYSECURE'),
      }
      return this.#process!
    } catch (error) {
      // It will not do better the next time; another file need not wait for it again.
      this.#failure = error as AnnexError
      throw error
    }
  }

  #expect(question: Bytes, ...accepted: readonly Bytes[]): Bytes {
    this.#process!.writeLine(question)
    const answer = this.#answer(Math.min(silenceMs, LONGEST_QUESTION_MS), undefined)
    if (accepted.includes(answer)) return answer
    throw this.#nonsense(answer, accepted.join(' or '))
  }

  #isYes(question: Bytes): boolean {
    return this.#expect(question, `${question}-YES`, `${question}-NO`).endsWith('-YES')
  }

  #ask(request: Bytes, onProgress: OnProgress | undefined): Bytes {
    this.#start().writeLine(request)
    return this.#answer(silenceMs, onProgress)
  }

  /** The next line that is neither progress nor chatter. */
  #answer(allowedMs: number, onProgress: OnProgress | undefined): Bytes {
    for (;;) {
      const read = this.#process!.readLine(allowedMs)
      if (read.kind !== 'line') throw this.#broken(read, allowedMs)
      const [word, rest] = splitWord(read.text)
      if (word === 'DEBUG') continue
      if (word === 'ERROR') throw this.#failed(`said: ${bytesToText(rest)}`)
      if (word !== 'PROGRESS') return read.text
      if (!/^\d+$/.test(rest)) throw this.#nonsense(read.text, 'PROGRESS with a number')
      onProgress?.(Number(rest))
    }
  }

  #broken({ kind }: LineRead, allowedMs: number): AnnexError {
    if (kind === 'end') return this.#failed('ended before it answered')
    if (kind === 'endless') return this.#failed('printed a line that does not end')
    return this.#failed(
      `did not answer within ${allowedMs / 1000} seconds`,
      'annex.externalbackend-timeout sets how long it may take without reporting progress',
    )
  }

  #nonsense(answer: Bytes, wanted: string): AnnexError {
    const shown = bytesToText(answer.slice(0, 200))
    return this.#failed(`answered ${JSON.stringify(shown)} where ${wanted} was expected`)
  }

  /** Ends the process: what it would say next belongs to a question that is over. */
  #failed(what: string, hint?: string): AnnexError {
    this.#process?.kill()
    this.#process = undefined
    return new AnnexError(
      'BACKEND_FAILED',
      `External backend protocol error: ${this.programName} ${what}`,
      hint === undefined ? {} : { hint },
    )
  }

  #missing(): AnnexError {
    return new AnnexError(
      'BACKEND_CANNOT_GENERATE',
      `Cannot generate a key for backend ${bytesToText(this.name)}`,
      { hint: `Install ${this.programName}: it is not in PATH` },
    )
  }
}

/** The first word of a line and what follows it. */
function splitWord(line: Bytes): [word: Bytes, rest: Bytes] {
  const space = line.indexOf(' ')
  return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)]
}
