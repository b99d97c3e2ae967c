/**
 * For whom git asks: a checkout, or somebody who reads a diff.
 *
 * Git hands textconv programs smudged contents, which it holds in memory and writes to a temporary
 * file: minutes for what ends as one line about a size and a key. It does not say so in its request,
 * but in its own arguments. Implements spec: git filter, traps 1 and 29.
 */
import { parentArguments } from '../platform/parent.js'

/** Commands whose textconv shows contents to people. */
const SHOWING = new Set(['diff', 'show', 'log', 'whatchanged', 'blame', 'annotate'])
/** Commands that write into the work tree though git does not tell the filter so. */
const WRITING = new Set([
  'am',
  'apply',
  'checkout-index',
  'cherry-pick',
  'merge',
  'rebase',
  'stash',
])
/** Options of git itself whose value is the next word. */
const WITH_VALUE = new Set(['-C', '-c', '--git-dir', '--work-tree', '--namespace', '--config-env'])

/**
 * Whether the git that started this process shows differences, and through no program that wants
 * contents. False also when nobody can tell.
 */
export function isShowing(env: Readonly<Record<string, string | undefined>>): boolean {
  return env.GIT_EXTERNAL_DIFF === undefined && SHOWING.has(gitCommand(parentArguments()) ?? '')
}

/** Whether the git that started this process writes files, whatever it says of them. */
export function isWriting(): boolean {
  return WRITING.has(gitCommand(parentArguments()) ?? '')
}

/**
 * The command in git's arguments.
 * @param argv such as `git -C dir diff HEAD`
 */
export function gitCommand(argv: readonly string[]): string | undefined {
  if (!/^git(\.exe)?$/.test(argv[0]?.slice(argv[0].lastIndexOf('/') + 1) ?? '')) return undefined
  for (let i = 1; i < argv.length; i++) {
    if (WITH_VALUE.has(argv[i]!)) i++
    else if (!argv[i]!.startsWith('-')) return argv[i]
  }
  return undefined
}
