/** `git annex rekey [FILE KEY …]`: gives files other keys for the content that they have. */
import type { Annex } from '../cli/annex.js'
import { type Action, batchOptions, type Command } from '../cli/command.js'
import { FreshIndex, type IndexedFile } from '../cli/fresh-index.js'
import { type Pair, readPairs } from '../cli/word-pairs.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatKey, parseKey } from '../model/key.js'
import { shareContent } from '../store/share-content.js'
import { prepareVerification, verifyContent } from '../store/verify.js'
import { annexedFileOf } from '../worktree/annexed-files.js'
import { changeKey } from '../worktree/change-key.js'
import { AddedFiles } from '../worktree/stage-added.js'
import { isContent } from '../worktree/updates.js'

export const rekey: Command<typeof batchOptions, 'annex'> = {
  name: 'rekey',
  section: 'plumbing',
  summary: 'changes the keys of files',
  usage: '[FILE KEY …]',
  needs: 'annex',
  needsWorkTree: true,
  options: batchOptions,
  async *run(annex, { words, options }) {
    const changed = new AddedFiles(annex.repository, annex.blobKeys)
    annex.atEnd(() => changed.stage())
    const index = new FreshIndex(annex)
    for (const pair of readPairs(words, options, { expected: ': "file key"', cutAt: 'last' })) {
      const found = index.find(pair.first)
      const plan = found && { newKeyText: parsed(pair.second), force: options.force, changed }
      const isDue = plan && found.keyText !== plan.newKeyText
      yield isDue ? rekeyAction(annex, { pair, found }, plan) : undefined
      if (options.batch) changed.stage()
    }
  },
}

function parsed(text: Bytes): Bytes {
  const key = parseKey(text)
  if (!key) throw new AnnexError('KEY_INVALID', 'bad key')
  return formatKey(key)
}

interface Subject {
  readonly pair: Pair
  readonly found: IndexedFile
}

interface Plan {
  readonly newKeyText: Bytes
  readonly force: boolean
  readonly changed: AddedFiles
}

function rekeyAction(annex: Annex, { pair, found }: Subject, plan: Plan): Action {
  const { first: file, input } = pair
  const { newKeyText, force, changed } = plan
  const { repository, store, branch, uuid } = annex
  return {
    command: 'rekey',
    item: { file, input, keyText: found.keyText },
    async perform() {
      await prepareVerification(found.keyText)
      const object = store.locate(found.keyText)
      if (object) {
        await prepareVerification(newKeyText)
        verifyContent(newKeyText, object.path)
        shareContent(store, found.keyText, newKeyText)
        branch.setPresence(newKeyText, uuid, true)
      } else if (!force)
        throw new AnnexError(
          'CONTENT_MISSING',
          `${bytesToText(file)} is not available (use --force to override)`,
        )
      changed.push(changeKey(annexedFileOf(found), newKeyText, { repository, store, isContent }))
      return true
    },
  }
}
