/** `git annex oldkeys [PATH …]`: lists the keys of old versions of files, newest first. */
import { type Action, type Command, jsonOptions } from '../cli/command.js'
import { streamHistory } from '../git/history.js'
import { type Bytes, bytesToText } from '../model/bytes.js'

const options = {
  ...jsonOptions,
  unchecked: { type: 'boolean', summary: 'also keys that files have now' },
  'revision-range': { type: 'string', value: 'RANGE', summary: 'only what these commits changed' },
} as const

export const oldkeys: Command<typeof options, 'annex'> = {
  name: 'oldkeys',
  section: 'query',
  summary: 'lists the keys of old versions of files',
  usage: '[PATH …]',
  needs: 'annex',
  leavesJournal: true,
  options,
  async *run(annex, { words, options }) {
    const { unchecked, 'revision-range': range } = options
    const { repository, blobKeys, workTree } = annex
    const args = [...(range === undefined ? [] : [range]), '--', ...words]
    const seen = new Set<Bytes>()
    const cwd = bytesToText(annex.cwd)
    for await (const changes of streamHistory(repository, { format: '', args, cwd })) {
      blobKeys.resolve(changes.flatMap(({ from }) => from ?? []))
      for (const { from } of changes) {
        const keyText = from && blobKeys.keyTextOf(from)
        if (keyText === undefined || seen.has(keyText)) continue
        seen.add(keyText)
        if (unchecked || workTree.pathsOf(keyText).length === 0) yield show(keyText)
      }
    }
  },
}

function show(keyText: Bytes): Action {
  return {
    command: 'oldkeys',
    item: {},
    answer: true,
    perform(ui) {
      ui.line(keyText)
      ui.field('key', bytesToText(keyText))
      return true
    },
  }
}
