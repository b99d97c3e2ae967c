/** `git annex config`: settings that every clone shares, kept in the git-annex branch. */
import type { Annex } from '../cli/annex.js'
import type { Action, Command } from '../cli/command.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'

const options = {
  set: { type: 'string', value: 'NAME', summary: 'sets NAME to the word that follows' },
  get: { type: 'string', value: 'NAME', summary: 'shows the value' },
  unset: { type: 'string', value: 'NAME', summary: 'removes the value' },
} as const

/** Others would be recorded and read by nobody. */
const NAMES: ReadonlySet<string> = new Set([
  'annex.largefiles',
  'annex.dotfiles',
  'annex.addunlocked',
  'annex.autocommit',
  'annex.resolvemerge',
  'annex.synccontent',
  'annex.synconlyannex',
  'annex.securehashesonly',
  'annex.numcopies',
  'annex.mincopies',
])

export const config: Command<typeof options, 'annex'> = {
  name: 'config',
  section: 'setup',
  summary: 'shows or changes settings that all clones share',
  usage: '[VALUE]',
  needs: 'annex',
  options,
  async *run(annex, { words, options }) {
    const { set, get, unset } = options
    const given = [set, get, unset].filter((name) => name !== undefined)
    if (given.length !== 1 || words.length !== (set === undefined ? 0 : 1))
      throw new AnnexError('USAGE', 'Specify one of --set NAME VALUE, --get NAME, --unset NAME')
    const name = bytesFromText(given[0]!)
    if (!NAMES.has(name))
      throw new AnnexError(
        'USAGE',
        `${given[0]} is not a configuration setting that can be stored in the git-annex branch`,
        { hint: `Those that can: ${[...NAMES].join(' ')}` },
      )
    if (get !== undefined) yield show(annex, name)
    else if (unset !== undefined) yield record(annex, name, { value: '', shown: 'unset' })
    else yield record(annex, name, { value: bytesFromText(words[0]!), shown: words[0]! })
  },
}

function show(annex: Annex, name: Bytes): Action {
  return {
    command: 'config',
    item: {},
    answer: true,
    perform(ui) {
      const value = annex.branch.configLog(name)
      if (value !== undefined) ui.line(value)
      return true
    },
  }
}

/** The line is `NAME VALUE ok`, without the command's name. */
function record(
  annex: Annex,
  name: Bytes,
  { value, shown }: { value: Bytes; shown: string },
): Action {
  return {
    command: name,
    item: { label: shown },
    perform() {
      annex.branch.edit('config.log', { kind: 'map', field: name, value })
      return true
    },
  }
}
