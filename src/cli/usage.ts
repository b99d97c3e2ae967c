/** The usage line of a command: small, because every mistyped command shows it. */
import type { Command } from './command.js'

/** Such as `Usage: git-annex get [PATH …] [OPTION …]`, and where to read on; ends with a newline. */
export function formatUsage({ name, usage }: Pick<Command, 'name' | 'usage'>): string {
  const words = usage === '' ? '' : ` ${usage}`
  return `Usage: git-annex ${name}${words} [OPTION …]\n       git annex help ${name} tells more\n`
}

/** The usage of the program when no command is known yet. */
export const PROGRAM_USAGE =
  'Usage: git-annex COMMAND [PATH …] [OPTION …]\n' +
  '       git annex help lists the commands to start with, git annex help --all the others\n'
