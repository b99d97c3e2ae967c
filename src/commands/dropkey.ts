/** `git annex dropkey --force KEY …`: removes contents without any check. */
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import { type Action, batchOptions, type Command, jsonOptions } from '../cli/command.js'
import { dropBase } from '../cli/drop-context.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatKey, parseKey } from '../model/key.js'
import { dropHere } from '../transfer/drop.js'

const options = { ...jsonOptions, ...batchOptions } as const

export const dropkey: Command<typeof options, 'annex'> = {
  name: 'dropkey',
  section: 'plumbing',
  summary: 'removes the contents of keys without any check',
  usage: '[KEY …]',
  needs: 'annex',
  leavesJournal: true,
  options,
  async *run(annex, { words, options }) {
    if (!options.force)
      throw new AnnexError(
        'USAGE',
        "dropkey can cause data loss; use --force if you're sure you want to do this",
      )
    for (const word of words) yield dropOne(annex, bytesFromText(word), 'bad key')
    if (!options.batch) return
    for (const line of readRequests(options))
      yield dropOne(annex, line, 'Batch input parse failure: bad key')
  },
}

function dropOne(annex: Annex, request: Bytes, problem: string): Action {
  const key = parseKey(request)
  if (!key) throw new AnnexError('KEY_INVALID', problem)
  const keyText = formatKey(key)
  return {
    command: 'dropkey',
    item: { keyText, input: [bytesToText(request)] },
    async perform() {
      if (annex.store.has(keyText)) {
        const base = await dropBase(annex, keyText, { numcopies: 0, mincopies: 0 })
        await dropHere(base, {
          justification: { kind: 'forced' },
          branch: annex.branch,
          contentGone: () => annex.workTree.contentChanged(keyText),
        })
      }
      annex.branch.setPresence(keyText, annex.uuid, false)
      return true
    },
  }
}
