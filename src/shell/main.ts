/**
 * git-annex-shell: what a client may do with the repositories of this machine, over ssh.
 *
 * Works as a login shell (`-c COMMAND`), as a forced command (SSH_ORIGINAL_COMMAND) and called by
 * name. The client's string is cut into words and never given to a shell.
 * Implements spec: transfer, section 2.
 */
import { AnnexError, errorHint, errorMessage } from '../model/errors.js'
import type { ShellCommand } from './command.js'
import { type CommandLine, parseCommandLine, splitWords } from './command-line.js'
import { configlist } from './configlist.js'
import { expandDirectory } from './directory.js'
import { dropkey } from './dropkey.js'
import type { Environment } from './environment.js'
import { gcryptsetup } from './gcryptsetup.js'
import { runGitShell } from './git-shell.js'
import { inannex } from './inannex.js'
import { lockcontent } from './lockcontent.js'
import { notifychanges } from './notifychanges.js'
import { openShellRepository, tell } from './open-repository.js'
import { p2pstdio } from './p2pstdio.js'
import { recvkey } from './recvkey.js'
import { checkChanges, checkDirectory, checkNotLimited } from './restrictions.js'
import { sendkey } from './sendkey.js'

const COMMANDS: readonly ShellCommand[] = [
  configlist,
  dropkey,
  gcryptsetup,
  inannex,
  lockcontent,
  notifychanges,
  p2pstdio,
  recvkey,
  sendkey,
]

const PROGRAM = 'git-annex-shell'

/**
 * Does what a client asks for.
 * @param argv the program's arguments, as text
 * @returns the exit status; whatever failed has been told on standard error
 */
export async function runShell(argv: readonly string[], env: Environment): Promise<number> {
  try {
    return await dispatch(wanted(argv, env), env)
  } catch (error) {
    tell(errorMessage(error))
    const hint = errorHint(error)
    if (hint !== undefined) tell(hint)
    return 1
  }
}

/** The words of the command; one word when it is a single string that is none of ours. */
function wanted(argv: readonly string[], env: Environment): readonly string[] {
  const words = argv[0] === '-c' ? argv.slice(1) : argv
  if (words.length > 1) return words
  const [first, ...rest] = splitWords(words[0] ?? PROGRAM)
  if (first !== PROGRAM) return words
  if (rest.length > 0) return rest[0] === '-c' ? wanted(rest, {}) : rest
  // A forced command that is just our name: sshd leaves what the client wants in the environment.
  const { SSH_ORIGINAL_COMMAND: original } = env
  return original ? wanted([original], {}) : []
}

async function dispatch(words: readonly string[], env: Environment): Promise<number> {
  const [name = ''] = words
  const command = COMMANDS.find((candidate) => candidate.name === name)
  if (!command) return passToGit(words, env)
  const line = parseCommandLine(words)
  checkDirectory(line.directory, env)
  checkChanges(command.changes, env)
  if (line.directory === undefined) throw badParameters()
  return await runOwn(command, line, env)
}

function runOwn(
  command: ShellCommand,
  line: CommandLine,
  env: Environment,
): Promise<number> | number {
  const repository = openShellRepository(expandDirectory(line.directory!, env), env)
  if (command.needsAnnex && repository.uuid === '')
    throw new AnnexError('NOT_INITIALISED', 'Not a git-annex or gcrypt repository.')
  if (line.uuid !== undefined && line.uuid !== repository.uuid)
    throw new AnnexError(
      'USAGE',
      `expected repository UUID ${line.uuid} but found UUID ${repository.uuid}`,
    )
  return command.run({ ...line, repository })
}

/** Git's own commands, their directory last: `git-upload-pack '/path'`. */
function passToGit(words: readonly string[], env: Environment): number {
  const parts = words.length === 1 ? splitWords(words[0]!) : words
  if (parts.length === 0) throw badParameters()
  checkDirectory(parts.length === 2 ? parts[1] : undefined, env)
  checkNotLimited(env)
  return runGitShell(words)
}

function badParameters(): AnnexError {
  const lines = COMMANDS.map(({ name, parameters, summary }) =>
    `${name.padEnd(14)}${`DIRECTORY ${parameters}`.padEnd(19)}${summary}`.trimEnd(),
  )
  return new AnnexError(
    'USAGE',
    `bad parameters\n\nUsage: ${PROGRAM} [-c] command [parameters ...] [option ...]\n\nPlumbing commands:\n\n${lines.join('\n')}\n`,
  )
}
