/**
 * What a command is: data and a generator of actions. Options, help, text and JSON all come from it.
 *
 * A command never prints and never exits: it yields actions; the runner performs them, the reporter
 * shows them, and the exit status follows from their results. A command never imports a command.
 */
import type { Bytes } from '../model/bytes.js'
import type { Key } from '../model/key.js'
import type { Annex } from './annex.js'

/** What an action is about; shown to people and put into JSON. */
export interface Item {
  /** Path relative to the current directory, or null; shown after the command's name. */
  readonly file?: Bytes | null
  readonly key?: Key
  /** The arguments or the batch line that this item came from. */
  readonly input?: readonly string[]
  /** Shown instead of the file, for items that are no files. */
  readonly label?: string
}

/** One item of work, performed later (perhaps beside others). */
export interface Action {
  /** First word of the line, such as `get`; also `command` in JSON. */
  readonly command: string
  readonly item: Item
  /**
   * Does the work. True or nothing: ok; false: failed. An exception is shown and counts as failed.
   */
  perform(ui: ItemUi): Promise<boolean | undefined> | boolean | undefined
}

/** How an action tells what happens; each reporter implements it (see spec: CLI, sections 7, 8). */
export interface ItemUi {
  /** A short remark on the item's line: `(text) `; `note` in JSON. */
  note(text: string): void
  /** Lines of their own below the item, indented by two; also `note` in JSON. */
  longNote(text: string): void
  /** To stderr, indented; `error-messages` with --json-error-messages. */
  warning(text: string): void
  /** Bytes done so far; drawn on a terminal, an object of its own with --json-progress. */
  progress(doneBytes: number, totalBytes?: number): void
  /** A further JSON field of the item; text reporters ignore it. */
  field(name: string, value: unknown): void
  /** Replaces `COMMAND FILE ok` by these lines in text mode (find, lookupkey …); ended by LF each. */
  line(text: Bytes): void
  /** Text printed verbatim, without adding a newline (find --print0, --format). */
  verbatim(text: Bytes): void
  /** Shows no line at all for this item in text mode unless it fails. */
  silent(): void
}

/** One option; the key in {@link Command.options} is its long name. */
export interface OptionSpec {
  readonly type: 'boolean' | 'string' | 'number' | 'strings'
  readonly alias?: string
  readonly summary: string
  /** Name of the value in help, such as `REMOTE`. */
  readonly value?: string
  readonly hidden?: boolean
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

/** The values that options parse to: booleans default to false, the others may be missing. */
export type OptionValues<S extends OptionSpecs> = {
  readonly [N in keyof S]: S[N]['type'] extends 'boolean'
    ? boolean
    : S[N]['type'] extends 'number'
      ? number | undefined
      : S[N]['type'] extends 'strings'
        ? readonly string[]
        : string | undefined
}

/** Parsed arguments: positional words and options. */
export interface Args<S extends OptionSpecs> {
  readonly words: readonly string[]
  readonly options: OptionValues<S & typeof commonOptions>
}

/** Options that every command takes (spec: CLI, section 2). */
export const commonOptions = {
  force: { type: 'boolean', summary: 'skip safety checks' },
  fast: { type: 'boolean', alias: 'F', summary: 'skip slow steps' },
  quiet: { type: 'boolean', alias: 'q', summary: 'show errors only' },
  verbose: { type: 'boolean', alias: 'v', summary: 'show what is done (default)' },
  debug: { type: 'boolean', alias: 'd', summary: 'show debug messages on stderr' },
  config: { type: 'strings', alias: 'c', value: 'NAME=VALUE', summary: 'override a git setting' },
  numcopies: { type: 'number', alias: 'N', value: 'N', summary: 'override numcopies' },
  mincopies: { type: 'number', value: 'N', summary: 'override mincopies' },
  'time-limit': { type: 'string', alias: 'T', value: 'DURATION', summary: 'stop after this time' },
} as const satisfies OptionSpecs

/** Options of commands that can answer in JSON. */
export const jsonOptions = {
  json: { type: 'boolean', alias: 'j', summary: 'one JSON object for each item' },
  'json-error-messages': { type: 'boolean', summary: 'put messages into the JSON objects' },
} as const satisfies OptionSpecs

/** Options of commands that read requests from stdin. */
export const batchOptions = {
  batch: { type: 'boolean', summary: 'read requests from stdin, one a line' },
  z: { type: 'boolean', alias: 'z', summary: 'requests end with NUL instead of a newline' },
} as const satisfies OptionSpecs

export type Section = 'start' | 'content' | 'query' | 'sync' | 'setup' | 'plumbing'

/** What must be there before a command runs. `annex` initialises a clone of an annex by itself. */
export type Needs = 'nothing' | 'repository' | 'annex'

export interface Command<S extends OptionSpecs = OptionSpecs, N extends Needs = Needs> {
  readonly name: string
  readonly section: Section
  /** One line for the help page: a verb in the third person, no full stop. */
  readonly summary: string
  /** Positional part of the usage line, such as `[PATH …]`. */
  readonly usage: string
  readonly needs: N
  /** Also refuses to run in a bare repository. */
  readonly needsWorkTree?: boolean
  /** Leaves the journal uncommitted (spec: the git-annex branch, section 6.2). */
  readonly leavesJournal?: boolean
  readonly options: S
  /** Yields the work; `undefined` stands for a request that needs none (an empty line in batch). */
  run(annex: AnnexFor<N>, args: Args<S>): AsyncIterable<Action | undefined>
}

export type AnnexFor<N extends Needs> = N extends 'nothing' ? Surround : Annex

/** What a command that needs no repository gets. */
export interface Surround {
  readonly cwd: Bytes
  readonly env: Readonly<Record<string, string | undefined>>
}
