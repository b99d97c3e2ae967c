/** `git annex fromkey [KEY FILE …]`: makes files for keys whose content is, or will be, in the annex. */
import { AddRules } from '../cli/add-rules.js'
import type { Annex } from '../cli/annex.js'
import { type Action, batchOptions, type Command, jsonOptions } from '../cli/command.js'
import { FreshIndex } from '../cli/fresh-index.js'
import { keyOrUrl } from '../cli/key-or-url.js'
import { newPath } from '../cli/new-path.js'
import { type Pair, readPairs } from '../cli/word-pairs.js'
import { join } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, isAnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import * as files from '../platform/files.js'
import { makeFile } from '../worktree/change-key.js'
import { AddedFiles } from '../worktree/stage-added.js'

const options = { ...jsonOptions, ...batchOptions } as const

export const fromkey: Command<typeof options, 'annex'> = {
  name: 'fromkey',
  section: 'plumbing',
  summary: 'adds files for keys',
  usage: '[KEY FILE …]',
  needs: 'annex',
  needsWorkTree: true,
  options,
  async *run(annex, { words, options }) {
    const made = new AddedFiles(annex.repository, annex.blobKeys)
    annex.atEnd(() => made.stage())
    const tools = {
      made,
      index: new FreshIndex(annex),
      rules: new AddRules(annex, { paths: [], backend: undefined }),
    }
    const form = { expected: ' pairs of key and filename', cutAt: 'first' } as const
    for (const pair of readPairs(words, options, form)) {
      const keyText = findKey(annex, pair.first, options.force)
      yield makeAction(annex, pair, { ...tools, keyText })
      if (options.batch) made.stage()
    }
  },
}

/** @throws AnnexError CONTENT_MISSING, which ends the command */
function findKey(annex: Annex, text: Bytes, force: boolean): Bytes | undefined {
  let keyText: Bytes
  try {
    keyText = keyOrUrl(text)
  } catch (error) {
    if (isAnnexError(error, 'KEY_INVALID')) return undefined
    throw error
  }
  if (force || annex.store.has(keyText)) return keyText
  throw new AnnexError(
    'CONTENT_MISSING',
    `key (${bytesToText(keyText)}) is not present in backend (use --force to override this sanity check)`,
  )
}

interface MakeTools {
  readonly keyText: Bytes | undefined
  readonly index: FreshIndex
  readonly rules: AddRules
  readonly made: AddedFiles
}

function makeAction(annex: Annex, pair: Pair, tools: MakeTools): Action {
  const { second: file, input } = pair
  const { keyText, index, rules, made } = tools
  return {
    command: 'fromkey',
    item: { file, input, ...(keyText !== undefined && { keyText }) },
    perform(ui) {
      if (keyText === undefined)
        throw new AnnexError('KEY_INVALID', `bad key/url ${bytesToText(pair.first)}`)
      const { repository, store } = annex
      const path = newPath(annex, file)
      if (index.find(file)?.keyText === keyText) return true
      if (files.lstat(join(repository.workTree!, path))) {
        ui.warning(`${bytesToText(file)} already exists with different content`)
        return false
      }
      const isLocked = !rules.isUnlocked(path, parseKey(keyText)!.sizeBytes ?? 0n)
      made.push(makeFile(path, { keyText, isLocked }, { repository, store }))
      return true
    },
  }
}
