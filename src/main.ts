/**
 * The program: looks at what it was asked for and loads no more than that needs.
 *
 * Git starts us for every `add` and `checkout` (the fast door below) and hooks start us on every
 * commit, so nothing heavy may stand among these imports. Only here are argv, cwd, the environment
 * and the exit status touched.
 */
import type { Surroundings } from './git/repository.js'
import { bytesFromText } from './model/bytes.js'
import { VERSION } from './model/version.js'
import { programArguments } from './platform/arguments.js'
import * as files from './platform/files.js'

const STDOUT = 1
const STDERR = 2

/** @returns the exit status */
async function main(argv: readonly string[]): Promise<number> {
  // A login shell's name starts with a dash.
  const program = process.argv0.slice(process.argv0.lastIndexOf('/') + 1).replace(/^-/, '')
  if (program === 'git-annex-shell') {
    const { runShell } = await import('./shell/main.js')
    return await runShell(argv, process.env)
  }
  if (program === 'git-remote-annex') {
    const { explainMissingProgram } = await import('./cli/dispatch.js')
    return explainMissingProgram(program)
  }
  if (argv[0] === 'version' && argv[1] === '--raw' && argv.length === 2) {
    files.writeFully(STDOUT, Buffer.from(VERSION))
    return 0
  }
  // As bytes: process.cwd() would mangle a name that is not UTF-8.
  const cwd = files.realPath('.') ?? bytesFromText(process.cwd())
  const surroundings = { cwd, env: process.env }
  if (argv[0] === 'filter-process') {
    const { runFilterProcess } = await import('../filter-process/main.js')
    return await runFilterProcess(surroundings)
  }
  if (argv[0] === 'smudge') {
    const { runSmudge } = await import('./commands/smudge.js')
    const filtered = runSmudge(argv.slice(1), surroundings)
    if (filtered) return await filtered.then(() => 0)
  }
  return await runCommandLine(argv, surroundings)
}

async function runCommandLine(
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { dispatch } = await import('./cli/dispatch.js')
  const { loadCommand, loadCommands, ALIASES, COMMANDS, NOT_BUILT_YET } = await import(
    './commands/registry.js'
  )
  return await dispatch(argv, {
    ...surroundings,
    loadCommand,
    loadCommands,
    names: [...Object.keys(COMMANDS), ...Object.keys(ALIASES)],
    notBuiltYet: NOT_BUILT_YET,
  })
}

/** The last resort: whatever nobody caught is told in one line. @returns the exit status */
async function explain(error: unknown): Promise<number> {
  const { formatError } = await import('./cli/message.js')
  files.writeFully(STDERR, Buffer.from(formatError(error), 'latin1'))
  return 1
}

// An error in a callback would otherwise be a stack trace; there is nothing left to go on with.
process.on('uncaughtException', (error) => {
  explain(error).then((status) => process.exit(status))
})
process.exit(await main(programArguments(process.argv.slice(2))).catch(explain))
