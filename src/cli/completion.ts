/**
 * Completion in shells: yargs finds the candidates, from the same data that arguments are parsed by.
 *
 * The script asks `git-annex --get-completions WORD …`, the last word being the one at the cursor.
 */
import yargs from 'yargs'
import { type Command, commonOptions, type OptionSpec } from './command.js'
import { MATCHING_TERMS } from './matching-options.js'

/** What completion knows of the program. */
export interface CompletionSource {
  loadCommand(name: string): Promise<Command | undefined>
  loadCommands(): Promise<readonly Command[]>
}

/**
 * Lists what the last word may become; no candidates: a file name.
 * @param words what follows the program's name; the last may be empty or half a word
 */
export async function completeWords(
  words: readonly string[],
  source: CompletionSource,
): Promise<string[]> {
  const page = yargs([]).scriptName('git-annex').locale('en').help(false).version(false)
  const current = words.at(-1) ?? ''
  const [name] = words.slice(0, -1).filter((word) => !word.startsWith('-'))
  if (name === undefined) {
    for (const { name, summary } of await source.loadCommands()) page.command(name, summary)
  } else {
    // Words of commands are mostly paths, which the shell completes better.
    if (!current.startsWith('-')) return []
    const command = await source.loadCommand(name)
    if (command) addOptions(page, command)
  }
  const candidates = await page.getCompletion(['git-annex', ...words])
  // For some shells yargs adds descriptions, which the script does not expect.
  return candidates
    .map((candidate) => candidate.replace(/[:\t].*/s, ''))
    .filter((candidate) => candidate.startsWith(current))
}

function addOptions(page: ReturnType<typeof yargs>, { options, matching }: Command): void {
  for (const [name, spec] of Object.entries<OptionSpec>({ ...commonOptions, ...options }))
    if (!spec.hidden) page.option(name, { describe: spec.summary })
  if (!matching) return
  for (const term of Object.keys(MATCHING_TERMS)) page.option(term, { describe: '' })
}

/**
 * The script for bash, which also works in zsh after `bashcompinit`; it completes `git-annex` and,
 * by the name that git's own completion looks for, `git annex`.
 */
export const BASH_COMPLETION = `# Completion for git-annex, written by: git-annex --bash-completion-script git-annex
_git_annex_complete() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(git-annex --get-completions "$@" 2>/dev/null)" -- "\${!#}"))
}
_git_annex_program() {
  _git_annex_complete "\${COMP_WORDS[@]:1:COMP_CWORD}"
}
_git_annex() {
  _git_annex_complete "\${COMP_WORDS[@]:2:COMP_CWORD-1}"
}
complete -o default -o bashdefault -F _git_annex_program git-annex
`
