/**
 * `git annex smudge`: the filter for one file, for git configurations without a filter process, and
 * `--update`, which hooks of git-annex call after a checkout. Does the work of `filter-process/`.
 */
import { prepareHasher } from '../backends/registry.js'
import type { Annex } from '../cli/annex.js'
import type { Command } from '../cli/command.js'
import { absolute, findRepository, relative, type Surroundings } from '../git/repository.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import { Cleaner } from '../worktree/clean.js'
import { withoutConflict } from '../worktree/conflicted-pointer.js'
import type { ContentSource } from '../worktree/filter-content.js'
import { FilterContext } from '../worktree/filter-context.js'
import { smudge as smudgeBlob } from '../worktree/smudge.js'

const STDIN = 0
const STDOUT = 1
const STDERR = 2
const BUFFER_BYTES = 2 << 20

const options = {
  clean: { type: 'boolean', summary: 'make what git stores; without it, what is checked out' },
  update: { type: 'boolean', summary: 'put contents in place that a checkout has left' },
} as const

export const smudge: Command<typeof options, 'repository'> = {
  name: 'smudge',
  section: 'plumbing',
  summary: 'filters one file from stdin to stdout (called by git)',
  usage: 'FILE',
  needs: 'repository',
  leavesJournal: true,
  isQuiet: true,
  options,
  async *run(annex, { words, options: { clean, update } }) {
    yield {
      command: 'smudge',
      item: {},
      async perform() {
        if (update) updateWorkTree(annex)
        else await filter(annex, { isClean: clean, file: fileArgument(words) })
        return true
      },
    }
  },
}

/**
 * The one-shot forms without the rest of the command line behind them.
 * @param words what follows `smudge`: `--clean`, `--`, and the file
 * @returns undefined when this is another form: then the command itself must run
 * @throws AnnexError as the filter does
 */
export function runSmudge(
  words: readonly string[],
  surroundings: Surroundings,
): Promise<void> | undefined {
  const isClean = words[0] === '--clean'
  const rest = isClean ? words.slice(1) : words
  if (rest.length !== 2 || rest[0] !== '--') return undefined
  return filter(surroundings, { isClean, file: bytesFromText(rest[1]!) })
}

interface FilterJob {
  readonly isClean: boolean
  /** As given, relative to the current directory. */
  readonly file: Bytes
}

async function filter({ cwd, env }: Surroundings, job: FilterJob): Promise<void> {
  const repository = findRepository({ cwd, env })
  const context = new FilterContext({ repository, env, warn })
  const path = relative(repository.workTree ?? cwd, absolute(cwd, job.file))
  try {
    if (job.isClean) await cleanStdin(context, path)
    else smudgeStdin(context, path)
  } finally {
    await context.finish()
  }
}

async function cleanStdin(context: FilterContext, path: Bytes): Promise<void> {
  const cleaner = new Cleaner(context, Buffer.allocUnsafeSlow(BUFFER_BYTES))
  cleaner.read(stdin)
  let cleaned = cleaner.clean(path, stdin)
  while (cleaned.kind === 'prepare') {
    await prepareHasher(cleaned.backend)
    cleaned = cleaner.clean(path, stdin)
  }
  if (cleaned.kind === 'bytes') {
    files.writeFully(STDOUT, cleaned.bytes)
    return
  }
  const fd = files.open(cleaned.path, 'r')
  files.remove(cleaned.path)
  copyOut(fd)
}

function smudgeStdin(context: FilterContext, path: Bytes): void {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  const sent = buffer.subarray(0, stdin.fill(buffer, 0))
  const blob = withoutConflict(sent)
  const smudged = smudgeBlob(context, { path, blob, canDefer: false })
  if (smudged.kind === 'content') {
    copyOut(smudged.fd)
    return
  }
  files.writeFully(STDOUT, blob)
  if (sent.length === buffer.length) copyOut(STDIN)
}

/** Copies the rest of an open file to stdout and closes it. */
function copyOut(fd: number): void {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  for (;;) {
    const count = files.readSome(fd, buffer)
    if (count === 0) break
    files.writeFully(STDOUT, buffer, 0, count)
  }
  files.close(fd)
}

const stdin: ContentSource = {
  fill(into, at) {
    return at + files.readFully(STDIN, into.subarray(at))
  },
}

function warn(text: string): void {
  files.writeFully(STDERR, Buffer.from(`git-annex: ${text}\n`))
}

function fileArgument(words: readonly string[]): Bytes {
  if (words.length === 1) return bytesFromText(words[0]!)
  throw new AnnexError('USAGE', 'git annex smudge takes one file')
}

/** Puts contents in place for the pointer files that git-annex has noted. */
function updateWorkTree(annex: Annex): void {
  annex.workTree.finish()
}
