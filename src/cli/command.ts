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
  /** The key, serialized. */
  readonly keyText?: Bytes
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
   * An answer rather than an event: text mode prints only the lines it gives, also with --quiet; its
   * JSON object has `file` (when the item has one), `error-messages` and the fields it sets.
   */
  readonly answer?: boolean
  /** Shown as failed when it answers false, but the exit status does not tell. */
  readonly isUncounted?: boolean
  /** With -J too, nothing else is going on while it is performed: git writes to the terminal, say. */
  readonly isAlone?: boolean
  /**
   * Does the work. True or nothing: ok; false: failed. An exception is shown and counts as failed.
   */
  perform(ui: ItemUi): Promise<boolean | undefined> | boolean | undefined
}

/**
 * Yielded by a command that goes on only when everything so far is done: with -J, actions are still
 * being performed when the next one is asked for.
 */
export const ALL_DONE = Symbol('all done')

/** What a command yields; undefined stands for a request that needs no work. */
export type Step = Action | typeof ALL_DONE | undefined

/** How an action tells what happens; each reporter implements it (see spec: CLI, sections 7, 8). */
export interface ItemUi {
  /** A short remark on the item's line: `(text) `; `note` in JSON. */
  note(text: string): void
  /** Lines of their own below the item, indented by two; also `note` in JSON. */
  longNote(text: string): void
  /** Like a long note, for people only: JSON tells the same by fields. */
  advice(text: string): void
  /** To stderr, indented; `error-messages` with --json-error-messages. */
  warning(text: string): void
  /** Bytes done so far; drawn on a terminal, an object of its own with --json-progress. */
  progress(doneBytes: number, totalBytes?: number): void
  /** A further JSON field of the item; text reporters ignore it. */
  field(name: string, value: unknown): void
  /** Several further JSON fields; `make` is only called when somebody wants them. */
  fields(make: () => Readonly<Record<string, unknown>>): void
  /** Replaces `COMMAND FILE ok` by these lines in text mode (find, lookupkey …); ended by LF each. */
  line(text: Bytes): void
  /** Text printed verbatim, without adding a newline (find --print0, --format). */
  verbatim(text: Bytes): void
  /** Ends the item's line and flushes: a child process is about to print for itself. */
  giveWay(): void
  /** Shows no line at all for this item in text mode unless it fails. */
  silent(): void
  /** There was nothing to be done after all: no line and no object, unless it fails. */
  omit(): void
}

/** What each type of option parses to. Duration: seconds; jobs: a number, or as many as there are CPUs. */
interface OptionTypes {
  boolean: boolean
  string: string | undefined
  number: number | undefined
  strings: readonly string[]
  key: Key | undefined
  duration: number | undefined
  jobs: number | 'cpus' | undefined
}

export type OptionType = keyof OptionTypes

/** One option; the key in {@link Command.options} is its long name. */
export interface OptionSpec {
  readonly type: OptionType
  readonly alias?: string
  readonly summary: string
  /** Name of the value in help, such as `REMOTE`. */
  readonly value?: string
  readonly hidden?: boolean
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

/** The values that options parse to: booleans default to false, the others may be missing. */
export type OptionValues<S extends OptionSpecs> = {
  readonly [N in keyof S]: OptionTypes[S[N]['type']]
}

/** Parsed arguments: positional words and options. */
export interface Args<S extends OptionSpecs> {
  readonly words: readonly string[]
  readonly options: OptionValues<S & typeof commonOptions>
  /**
   * The matching options in the order given, as tokens of an expression: `include=*.mp3`, `or`,
   * `not`, `(` …; empty unless {@link Command.matching}.
   */
  readonly matching: readonly Bytes[]
}

/** Options that every command takes (spec: CLI, section 2). The hidden ones do nothing yet. */
export const commonOptions = {
  force: { type: 'boolean', summary: 'skip safety checks' },
  fast: { type: 'boolean', alias: 'F', summary: 'skip slow steps' },
  quiet: { type: 'boolean', alias: 'q', summary: 'show errors only' },
  verbose: { type: 'boolean', alias: 'v', summary: 'show what is done (default)' },
  debug: { type: 'boolean', alias: 'd', summary: 'show debug messages on stderr' },
  config: { type: 'strings', alias: 'c', value: 'NAME=VALUE', summary: 'override a git setting' },
  numcopies: { type: 'number', alias: 'N', value: 'N', summary: 'override numcopies' },
  mincopies: { type: 'number', value: 'N', summary: 'override mincopies' },
  'time-limit': {
    type: 'duration',
    alias: 'T',
    value: 'DURATION',
    summary: 'stop after this time',
  },
  backend: { type: 'string', alias: 'b', value: 'NAME', summary: 'make keys of this kind' },
  'size-limit': { type: 'string', value: 'SIZE', summary: 'stop after this much', hidden: true },
  trust: { type: 'strings', value: 'REPOSITORY', summary: 'ignored', hidden: true },
  semitrust: { type: 'strings', value: 'REPOSITORY', summary: 'take it for semitrusted' },
  untrust: { type: 'strings', value: 'REPOSITORY', summary: 'take it for untrusted' },
  'trust-glacier': { type: 'boolean', summary: 'ignored', hidden: true },
  'user-agent': { type: 'string', value: 'NAME', summary: 'HTTP user agent', hidden: true },
  'no-debug': { type: 'boolean', summary: 'no debug messages', hidden: true },
  debugfilter: { type: 'string', value: 'NAME,…', summary: 'debug these', hidden: true },
  explain: { type: 'boolean', summary: 'show why removals are safe' },
  'notify-start': { type: 'boolean', summary: 'ignored', hidden: true },
  'notify-finish': { type: 'boolean', summary: 'ignored', hidden: true },
  rebalance: { type: 'boolean', summary: 'act as fully balanced', hidden: true },
} as const satisfies OptionSpecs

/** Options of commands that can answer in JSON. */
export const jsonOptions = {
  json: { type: 'boolean', alias: 'j', summary: 'one JSON object for each item' },
  'json-error-messages': { type: 'boolean', summary: 'put messages into the JSON objects' },
} as const satisfies OptionSpecs

/** Options of commands that move content. */
export const transferOptions = {
  ...jsonOptions,
  'json-progress': { type: 'boolean', summary: 'JSON objects that tell the progress, too' },
  jobs: { type: 'jobs', alias: 'J', value: 'N|cpus', summary: 'how many to do at once' },
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
  /** Takes the matching options (`--include`, `--in`, `--and` …; spec: CLI, section 4). */
  readonly matching?: boolean
  /** Says nothing unless something goes wrong: git runs it, and its user did not ask for it. */
  readonly isQuiet?: boolean
  /** Leaves the journal uncommitted (spec: the git-annex branch, section 6.2). */
  readonly leavesJournal?: boolean
  readonly options: S
  /** Yields the work; `undefined` stands for a request that needs none (an empty line in batch). */
  run(annex: AnnexFor<N>, args: Args<S>): AsyncIterable<Step>
}

export type AnnexFor<N extends Needs> = N extends 'nothing' ? Surround : Annex

/** What a command that needs no repository gets. */
export interface Surround {
  readonly cwd: Bytes
  readonly env: Readonly<Record<string, string | undefined>>
  /** Loads every command there is, for help and completion. */
  loadCommands(): Promise<readonly Command[]>
}
