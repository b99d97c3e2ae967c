/** `git annex checkpresentkey KEY [REMOTE]`: asks remotes whether they have a key's content. */
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import { type Action, batchOptions, type Command } from '../cli/command.js'
import { namedRemote, remotesWith } from '../cli/transfer-context.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { AnnexError, errorMessage } from '../model/errors.js'
import { formatKey, parseKey } from '../model/key.js'
import type { Remote } from '../remotes/remote.js'

export const checkpresentkey: Command<typeof batchOptions, 'annex'> = {
  name: 'checkpresentkey',
  section: 'plumbing',
  summary: 'checks whether a key is present in a remote',
  usage: 'KEY [REMOTE]',
  needs: 'annex',
  leavesJournal: true,
  options: batchOptions,
  async *run(annex, { words, options }) {
    const [key, remoteName, ...rest] = options.batch ? ['', ...words] : words
    if (key === undefined || rest.length > 0)
      throw new AnnexError('USAGE', 'Wrong number of parameters')
    const named = remoteName === undefined ? undefined : await remoteNamed(annex, remoteName)
    if (!options.batch) {
      yield check(annex, getKey(bytesFromText(key)), named)
      return
    }
    for (const line of readRequests(options)) yield answerRequest(annex, getKey(line), named)
  },
}

async function remoteNamed(annex: Annex, name: string): Promise<Remote> {
  const remote = await namedRemote(annex, name)
  if (remote !== 'here') return remote
  throw new AnnexError('REMOTE_UNKNOWN', `there is no available git remote named "${name}"`)
}

/** @throws AnnexError KEY_INVALID */
function getKey(text: Bytes): Bytes {
  const key = parseKey(text)
  if (!key) throw new AnnexError('KEY_INVALID', 'Bad key')
  return formatKey(key)
}

/** The exit status is the answer. */
function check(annex: Annex, keyText: Bytes, named: Remote | undefined): Action {
  return {
    command: 'checkpresentkey',
    item: {},
    answer: true,
    perform: () => isAnywhere(annex, keyText, named),
  }
}

/** A line is the answer; who cannot be asked does not have it. */
function answerRequest(annex: Annex, keyText: Bytes, named: Remote | undefined): Action {
  return {
    command: 'checkpresentkey',
    item: {},
    answer: true,
    async perform(ui) {
      // Whoever asks may have changed urls and locations since the last answer.
      annex.branch.refresh()
      const isThere = await isAnywhere(annex, keyText, named).catch(() => false)
      ui.line(isThere ? '1' : '0')
      return true
    },
  }
}

/**
 * Asks the named remote, or all of them, those first that are recorded to have the content.
 * @throws AnnexError PRESENCE_UNKNOWN when none has it and some could not be asked
 */
async function isAnywhere(
  annex: Annex,
  keyText: Bytes,
  named: Remote | undefined,
): Promise<boolean> {
  let failure: unknown
  for (const remote of named ? [named] : await likelyFirst(annex, keyText)) {
    try {
      if (await remote.checkPresent(keyText)) return true
    } catch (error) {
      failure = error
    }
  }
  if (failure === undefined) return false
  throw new AnnexError('PRESENCE_UNKNOWN', errorMessage(failure), { cause: failure })
}

async function likelyFirst(annex: Annex, keyText: Bytes): Promise<Remote[]> {
  const remotes = await annex.remotes()
  const likely = remotesWith(annex, keyText, remotes)
  return [...likely, ...remotes.filter((remote) => !likely.includes(remote))]
}
