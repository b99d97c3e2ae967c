/**
 * `git annex transferkeys`: transfers that another program asks for, one after the other. A request is
 * `u` or `d`, a remote, a key and a file, perhaps empty, each ended by NUL; the answer a line, 1 or 0.
 * Assistants of git-annex before 8.20201127 use it.
 */
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import type { Action, Command } from '../cli/command.js'
import { transferKey } from '../cli/transfer-key.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, errorMessage } from '../model/errors.js'
import { formatKey, parseKey } from '../model/key.js'

const DIRECTIONS: ReadonlyMap<Bytes, 'upload' | 'download'> = new Map([
  ['u', 'upload'],
  ['d', 'download'],
])

export const transferkeys: Command<Record<never, never>, 'annex'> = {
  name: 'transferkeys',
  section: 'plumbing',
  summary: 'transfers keys as another program asks for',
  usage: '',
  needs: 'annex',
  options: {},
  async *run(annex) {
    let request: Bytes[] = []
    for (const field of readRequests({ z: true })) {
      request.push(field)
      if (request.length < 4) continue
      yield answerRequest(annex, request)
      request = []
    }
    if (request.some((field) => field !== ''))
      throw new AnnexError('PROTOCOL', 'transferkeys protocol error: a request was cut short')
  },
}

function answerRequest(annex: Annex, request: readonly Bytes[]): Action {
  return {
    command: 'transferkeys',
    item: {},
    answer: true,
    async perform(ui) {
      const isDone = await carryOut(annex, request, (text) => ui.warning(text)).catch((error) => {
        ui.warning(errorMessage(error))
        return false
      })
      ui.line(isDone ? '1' : '0')
      // Who asked waits for it.
      ui.giveWay()
      return true
    },
  }
}

async function carryOut(
  annex: Annex,
  [letter = '', name = '', word = '', file = '']: readonly Bytes[],
  warning: (text: string) => void,
): Promise<boolean> {
  const [direction, key] = [DIRECTIONS.get(letter), parseKey(word)]
  const remotes = await annex.remotes()
  const remote = remotes.find((one) => one.name === bytesToText(name) || one.uuid === name)
  if (!direction || !key || !remote) return false
  const transfer = { direction, remote, keyText: formatKey(key), file: file || undefined }
  return await transferKey(annex, transfer, { note: () => {}, progress: () => {}, warning })
}
