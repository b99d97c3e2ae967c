/**
 * From the command line to a command, or to a helpful word when there is none of that name.
 * Implements spec: CLI, section 1.
 */
import { findRepository } from '../git/repository.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { findProgram, runForeground } from '../platform/program.js'
import type { Command } from './command.js'
import { formatError } from './message.js'
import { findNamedFiles } from './named-files.js'
import { type Output, OutputClosed, ProcessOutput } from './output.js'
import { splitCommand } from './parse.js'
import { runCommand } from './run-command.js'
import { findSimilar, formatGuess } from './similar.js'
import { translateSpelling } from './spellings.js'
import { PROGRAM_USAGE } from './usage.js'

/** What the floor above knows: the process we are, and the commands there are. */
export interface Program {
  /** Absolute current directory. */
  readonly cwd: Bytes
  readonly env: Readonly<Record<string, string | undefined>>
  loadCommand(name: string): Promise<Command | undefined>
  loadCommands(): Promise<Command[]>
  /** Names that can be typed. */
  readonly names: readonly string[]
  /** Names of git-annex's commands that this program lacks. */
  readonly notBuiltYet: ReadonlySet<string>
}

const FAILED_STATUS = 1
/** 128 + SIGPIPE: what a shell reports for git when its reader has gone. */
const CLOSED_STATUS = 141

/**
 * Runs what a command line asks for.
 * @param argv the arguments of the program, as text
 * @returns the exit status
 */
export async function dispatch(argv: readonly string[], program: Program): Promise<number> {
  const output = new ProcessOutput()
  try {
    const status = await runSpelled(argv, program, output)
    output.flush()
    return status
  } catch (error) {
    if (error instanceof OutputClosed) return CLOSED_STATUS
    output.writeError(formatError(error))
    return FAILED_STATUS
  }
}

/** Spellings of git-annex's first design become today's command lines. */
async function runSpelled(
  argv: readonly string[],
  program: Program,
  output: Output,
): Promise<number> {
  const spelled = argv[0]?.startsWith('--') ? translateSpelling(argv) : undefined
  if (!spelled) return await runNamed(argv, program, output)
  let status = 0
  for (const { argv, isAboutAll } of spelled) {
    const cwd = (isAboutAll && findRepository(program).workTree) || program.cwd
    status = Math.max(status, await runNamed(argv, { ...program, cwd }, output))
  }
  return status
}

async function runNamed(
  argv: readonly string[],
  program: Program,
  output: Output,
): Promise<number> {
  if (argv[0] === '--get-completions' || argv[0] === '--bash-completion-script')
    return await complete(argv, program, output)
  const { name: typed, rest } = splitCommand(argv)
  const isHelp = typed === undefined && rest.some((word) => word === '--help' || word === '-h')
  const name = isHelp ? 'help' : typed
  if (name === undefined) {
    const problem = rest.length === 0 ? 'Missing: COMMAND' : `Invalid option \`${rest[0]}'`
    return refuse(output, `${problem}\n\n${PROGRAM_USAGE}`)
  }
  const command = await program.loadCommand(name)
  const surround = { cwd: program.cwd, env: program.env, loadCommands: program.loadCommands }
  if (command) return await runCommand(command, isHelp ? [] : rest, { surround, output })
  return (
    (await runOnFiles([name, ...rest], program, output)) ??
    runForeign(name, rest, { program, output })
  )
}

/** @returns undefined when the words are no files, or mean a command that is somewhere else */
async function runOnFiles(
  argv: readonly string[],
  program: Program,
  output: Output,
): Promise<number | undefined> {
  const [name = ''] = argv
  if (program.notBuiltYet.has(name) || findProgram(`git-annex-${name}`, program.env.PATH ?? ''))
    return undefined
  const isOption = (word: string) => word.startsWith('-') && word !== '-'
  const named = findNamedFiles(
    argv.filter((word) => !isOption(word)),
    program,
  )
  if (!named) return undefined
  const surround = { cwd: program.cwd, env: program.env, loadCommands: program.loadCommands }
  let status = 0
  for (const [verb, words] of [
    ['add', named.toAdd],
    ['get', named.toGet],
  ] as const) {
    const command = words.length > 0 ? await program.loadCommand(verb) : undefined
    const rest = [...argv.filter(isOption), '--', ...words]
    if (command) status = Math.max(status, await runCommand(command, rest, { surround, output }))
  }
  return status
}

async function complete(
  [question, ...words]: readonly string[],
  program: Program,
  output: Output,
): Promise<number> {
  const { BASH_COMPLETION, completeWords } = await import('./completion.js')
  const text =
    question === '--get-completions'
      ? (await completeWords(words, program)).map((candidate) => `${candidate}\n`).join('')
      : BASH_COMPLETION
  output.write(bytesFromText(text))
  return 0
}

/** A name that is no command of ours: perhaps a program `git-annex-NAME` is installed. */
function runForeign(
  name: string,
  rest: readonly string[],
  { program, output }: { program: Program; output: Output },
): number {
  const path = findProgram(`git-annex-${name}`, program.env.PATH ?? '')
  if (path !== undefined) return runForeground([path, ...rest])
  if (program.notBuiltYet.has(name))
    throw new AnnexError('NOT_BUILT_YET', `The command "${name}" is not built yet`, {
      hint: 'git annex help --all lists the commands that are',
    })
  const guess = formatGuess(findSimilar(name, program.names))
  return refuse(output, `Invalid argument \`${name}'\n\n${guess}${PROGRAM_USAGE}`)
}

function refuse(output: Output, text: string): number {
  output.writeError(bytesFromText(text))
  return FAILED_STATUS
}

/**
 * Says what a program that is only a name so far cannot do.
 * @returns the exit status
 */
export function explainMissingProgram(name: string): number {
  const purposes: Readonly<Record<string, string>> = {
    'git-remote-annex': 'It cannot fetch from or push to annex:: urls yet',
  }
  const error = new AnnexError(
    'NOT_BUILT_YET',
    `${name} is not built yet. ${purposes[name] ?? ''}`,
    {
      hint: 'Use a repository path, or git-annex 10 on that machine',
    },
  )
  new ProcessOutput().writeError(formatError(error))
  return FAILED_STATUS
}
