/** What `numcopies` and `mincopies` share: showing and recording one number for all repositories. */
import type { AnnexBranch } from '../branch/branch.js'
import { bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { Annex } from './annex.js'
import type { Action, Command } from './command.js'

type Options = Record<never, never>

export interface CopiesCommand {
  readonly name: string
  readonly summary: string
  /** The file of the git-annex branch that holds the number. */
  readonly log: 'numcopies.log' | 'mincopies.log'
  read(branch: AnnexBranch): number | undefined
  /** Lines to show when the number is not set. */
  readonly whenUnset: readonly string[]
}

/** Makes a command that shows the number, or records the one it is given. */
export function copiesCommand(setting: CopiesCommand): Command<Options, 'annex'> {
  const { name, summary } = setting
  return {
    name,
    section: 'setup',
    summary,
    usage: '[NUMBER]',
    needs: 'annex',
    options: {},
    async *run(annex, { words }) {
      if (words.length > 1) throw new AnnexError('USAGE', 'Specify a single number.')
      const [word] = words
      yield word === undefined
        ? showNumber(annex, setting)
        : recordNumber(annex, setting, parseCount(name, word))
    },
  }
}

function parseCount(name: string, word: string): number {
  if (!/^-?\d+$/.test(word)) throw new AnnexError('USAGE', `Bad number: ${word}`)
  const count = Number(word)
  if (count < 0) throw new AnnexError('USAGE', `${name} cannot be negative!`)
  if (count === 0) throw new AnnexError('USAGE', `Cannot set ${name} to 0.`)
  return count
}

function showNumber(annex: Annex, { name, read, whenUnset }: CopiesCommand): Action {
  return {
    command: name,
    item: {},
    answer: true,
    perform(ui) {
      const number = read(annex.branch)
      for (const line of number === undefined ? whenUnset : [String(number)])
        ui.line(bytesFromText(line))
      return true
    },
  }
}

function recordNumber(annex: Annex, { name, log }: CopiesCommand, value: number): Action {
  return {
    command: name,
    item: { label: String(value) },
    perform() {
      annex.branch.edit(log, { kind: 'number', value })
      return true
    },
  }
}
