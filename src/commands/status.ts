/** `git annex status`: what differs between the last commit, the index and the work tree. */
import type { Annex } from '../cli/annex.js'
import { type Action, type Command, jsonOptions } from '../cli/command.js'
import { pathShower } from '../cli/shown-path.js'
import { git } from '../git/run.js'
import { type Bytes, bytesToText } from '../model/bytes.js'

const options = {
  'ignore-submodules': { type: 'string', value: 'WHEN', summary: 'as git status has it' },
  ...jsonOptions,
} as const

export const status: Command<typeof options, 'annex'> = {
  name: 'status',
  section: 'start',
  summary: 'shows which files are new, modified or deleted',
  usage: '[PATH …]',
  needs: 'annex',
  needsWorkTree: true,
  leavesJournal: true,
  options,
  async *run(annex, { words, options }) {
    const show = pathShower(annex.repository, annex.cwd)
    const isAtTop = show('') === ''
    for (const { letter, path } of changes(annex, words, options['ignore-submodules'])) {
      const shown = show(path)
      yield showChange(letter, isAtTop ? `./${shown}` : shown)
    }
  },
}

interface Change {
  readonly letter: string
  /** Relative to the top of the work tree. */
  readonly path: Bytes
}

function* changes(
  annex: Annex,
  words: readonly string[],
  ignoreSubmodules: string | undefined,
): Iterable<Change> {
  const cwd = bytesToText(annex.cwd)
  const args = ['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames']
  if (ignoreSubmodules !== undefined) args.push(`--ignore-submodules=${ignoreSubmodules}`)
  const { stdout } = git(annex.repository, [
    '--literal-pathspecs',
    '-C',
    cwd,
    ...args,
    '--',
    ...words,
  ])
  for (const line of stdout.toString('latin1').split('\0').slice(0, -1)) {
    const [staged, unstaged] = line
    yield { letter: simplify(unstaged === ' ' ? staged! : unstaged!), path: line.slice(3) }
  }
}

/** Both sides changed a file in conflict; what is left to say is that it is modified. */
function simplify(letter: string): string {
  return letter === 'U' ? 'M' : letter
}

function showChange(letter: string, file: Bytes): Action {
  return {
    command: 'status',
    item: { file },
    answer: true,
    perform(ui) {
      ui.line(`${letter} ${file}`)
      ui.field('status', letter)
      return true
    },
  }
}
