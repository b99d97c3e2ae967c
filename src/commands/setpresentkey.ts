/** `git annex setpresentkey KEY UUID 1|0`: records that a repository has a key's content, or has not. */
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import { type Action, batchOptions, type Command, jsonOptions } from '../cli/command.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatKey, parseKey } from '../model/key.js'
import type { Uuid } from '../model/uuid.js'

const options = { ...jsonOptions, ...batchOptions } as const

export const setpresentkey: Command<typeof options, 'annex'> = {
  name: 'setpresentkey',
  section: 'plumbing',
  summary: 'changes the record of where a key is present',
  usage: 'KEY UUID 1|0',
  needs: 'annex',
  leavesJournal: true,
  options,
  async *run(annex, { words, options }) {
    if (!options.batch) {
      yield setPresence(annex, parsePresence(words.map(bytesFromText)), words)
      return
    }
    if (words.length > 0)
      throw new AnnexError('USAGE', 'Cannot combine batch option with file or key options')
    for (const line of readRequests(options)) {
      const presence = parsePresence(
        line.split(/\s+/).filter(Boolean),
        'Batch input parse failure: ',
      )
      yield setPresence(annex, presence, [bytesToText(line)])
    }
  },
}

interface Presence {
  readonly keyText: Bytes
  readonly uuid: Uuid
  readonly isPresent: boolean
}

/** @throws AnnexError USAGE, in git-annex's words */
function parsePresence(words: readonly Bytes[], prefix = ''): Presence {
  const fail = (problem: string) => new AnnexError('USAGE', prefix + problem)
  const [word = '', uuid = '', value] = words
  if (words.length !== 3) throw fail('Bad input. Expected: key uuid value')
  const key = parseKey(word)
  if (!key) throw fail('bad key')
  if (value !== '1' && value !== '0') throw fail('bad value')
  return { keyText: formatKey(key), uuid, isPresent: value === '1' }
}

function setPresence(
  { branch }: Annex,
  { keyText, uuid, isPresent }: Presence,
  input: readonly string[],
): Action {
  return {
    command: 'setpresentkey',
    item: { keyText, input },
    perform() {
      branch.setPresence(keyText, uuid, isPresent)
      return true
    },
  }
}
