/**
 * The history of files, as a stream: one `git log`, whose output is worked on while git still searches,
 * and which is stopped as soon as nobody wants more.
 */
import { type Bytes, bytesFromBuffer } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { loadExeca } from '../platform/subprocess.js'
import type { BlobUse } from './blob-keys.js'
import { gitCwd, type Repository } from './repository.js'
import { gitArgv, gitEnv } from './run.js'

/** A path that differs between a commit and its parent. */
export interface HistoryChange {
  /** What the format asked for says of the commit. */
  readonly commit: Bytes
  /** Relative to the top of the work tree. */
  readonly path: Bytes
  /** Undefined: the path was not there. */
  readonly from: BlobUse | undefined
  readonly to: BlobUse | undefined
}

export interface HistoryRequest {
  /** What to say of a commit, such as `%H`. */
  readonly format: string
  /** Revisions and limits, as text; paths last, after `--`. */
  readonly args: readonly string[]
  /** The directory that paths are relative to, as text; default: the top. */
  readonly cwd?: string
}

/** A few at first, so that the newest show at once; then many, so that few questions are asked. */
const FIRST_BATCH = 200
const BATCH_GROWTH = 4
const MAX_BATCH = 100_000

/**
 * Reads changes, those of the newest commit first, in batches that grow.
 * @throws AnnexError GIT_FAILED after git itself has said what is wrong, with a revision say
 */
export async function* streamHistory(
  repository: Repository,
  { format, args, cwd }: HistoryRequest,
): AsyncGenerator<HistoryChange[]> {
  const execa = await loadExeca()
  const [program, ...start] = gitArgv(repository)
  const diff = ['--raw', '--no-abbrev', '--no-renames', '--no-textconv']
  const child = execa(
    program,
    [...start, 'log', '-z', ...diff, `--format=tformat:@${format}`, ...args],
    {
      cwd: cwd ?? gitCwd(repository),
      env: gitEnv(),
      encoding: 'buffer',
      buffer: false,
      reject: false,
      stdin: 'ignore',
      stderr: 'inherit',
    },
  )
  const parser = new LogParser()
  let changes: HistoryChange[] = []
  let batch = FIRST_BATCH
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      changes.push(...parser.parse(bytesFromBuffer(chunk)))
      if (changes.length < batch) continue
      yield changes
      changes = []
      batch = Math.min(batch * BATCH_GROWTH, MAX_BATCH)
    }
    if (changes.length > 0) yield changes
    const { exitCode } = await child
    if (exitCode !== 0) throw new AnnexError('GIT_FAILED', `git log failed (exit ${exitCode})`)
  } finally {
    child.kill()
    await child
  }
}

const ABSENT = /^0+$/

/** `@COMMIT NUL [\n]:MODE MODE FROM TO STATUS NUL PATH NUL …`, in pieces of any length. */
class LogParser {
  #rest: Bytes = ''
  #commit: Bytes = ''
  #raw: Bytes | undefined;

  *parse(text: Bytes): Generator<HistoryChange> {
    const tokens = (this.#rest + text).split('\0')
    this.#rest = tokens.pop()!
    for (const token of tokens) {
      if (this.#raw !== undefined) {
        yield this.#change(this.#raw, token)
        this.#raw = undefined
      } else if (token.startsWith('@')) this.#commit = token.slice(1)
      else if (token.includes(':')) this.#raw = token
    }
  }

  #change(raw: Bytes, path: Bytes): HistoryChange {
    const [fromMode, toMode, from, to] = raw.slice(raw.indexOf(':') + 1).split(' ')
    return {
      commit: this.#commit,
      path,
      from: blobOf(fromMode!, from!),
      to: blobOf(toMode!, to!),
    }
  }
}

function blobOf(mode: Bytes, oid: Bytes): BlobUse | undefined {
  return ABSENT.test(oid) ? undefined : { mode: Number.parseInt(mode, 8), oid }
}
