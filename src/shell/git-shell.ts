/** What is no command of ours goes to git-shell, which knows git's own and refuses all others. */
import { AnnexError } from '../model/errors.js'
import { runForeground } from '../platform/program.js'

/**
 * Has git-shell run a command.
 * @param words its words, or the one string that sshd handed over
 * @returns 0
 * @throws AnnexError USAGE when git-shell refuses, or the command fails
 */
export function runGitShell(words: readonly string[]): number {
  if (runForeground(['git-shell', '-c', ...words]) === 0) return 0
  throw new AnnexError('USAGE', 'git-shell failed')
}
