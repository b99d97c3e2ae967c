/** `git annex whereused`: finds the files that use a key, or used it once. */
import type { Annex } from '../cli/annex.js'
import { type Action, type Command, jsonOptions } from '../cli/command.js'
import { findHistoricalUses } from '../cli/historical-uses.js'
import { seek, seekOptions } from '../cli/seek.js'
import { pathShower } from '../cli/shown-path.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'

const { unused, key } = seekOptions

const options = {
  ...jsonOptions,
  unused,
  key,
  historical: { type: 'boolean', summary: 'also in former commits, when no file has the key now' },
} as const

export const whereused: Command<typeof options, 'annex'> = {
  name: 'whereused',
  section: 'query',
  summary: 'finds the files that use a key',
  usage: '',
  needs: 'annex',
  matching: true,
  leavesJournal: true,
  options,
  async *run(annex, args) {
    const { unused, key, historical } = args.options
    if (!unused && !key) throw new AnnexError('USAGE', 'Missing: (--unused | --key KEY)')
    const show = pathShower(annex.repository, annex.cwd)
    const nowhere = new Set<Bytes>()
    for (const found of seek(annex, args)) {
      if (!found) continue
      const paths = annex.workTree.pathsOf(found.keyText)
      if (paths.length > 0) yield tell(found.keyText, paths.map(show).map(withDot))
      else nowhere.add(found.keyText)
    }
    if (historical) yield* tellHistory(annex, nowhere, show)
  },
}

/** As git understands it in this directory. */
async function* tellHistory(
  annex: Annex,
  keyTexts: ReadonlySet<Bytes>,
  show: (path: Bytes) => Bytes,
): AsyncIterable<Action> {
  const uses = await findHistoricalUses(annex, keyTexts)
  for (const keyText of keyTexts) {
    const use = uses.get(keyText)
    const places = use?.paths.map((path) => `${use.revision}:${withDot(show(path))}`)
    if (places) yield tell(keyText, places)
  }
}

/** Files of this directory look like files. */
function withDot(path: Bytes): Bytes {
  return path.startsWith('../') ? path : `./${path}`
}

function tell(keyText: Bytes, places: readonly Bytes[]): Action {
  return {
    command: 'whereused',
    item: {},
    answer: true,
    perform(ui) {
      for (const place of places) ui.line(`${keyText} ${place}`)
      ui.fields(() => ({ key: bytesToText(keyText), uses: places.map(bytesToText) }))
      return true
    },
  }
}
