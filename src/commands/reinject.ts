/**
 * `git annex reinject SRC DEST`, `reinject --known SRC …`: puts content back into the annex, from files
 * that have it. The sources are gone afterwards.
 */
import { AddRules } from '../cli/add-rules.js'
import type { Annex } from '../cli/annex.js'
import {
  type Action,
  type Command,
  type ItemUi,
  jsonOptions,
  type OptionSpecs,
} from '../cli/command.js'
import { FreshIndex } from '../cli/fresh-index.js'
import { absolute } from '../git/repository.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError, isAnnexError } from '../model/errors.js'
import { formatKey, parseKeyFile } from '../model/key.js'
import { takeFile } from '../store/share-content.js'
import { keyOfFile } from '../worktree/key-of-file.js'

const options = {
  ...jsonOptions,
  known: { type: 'boolean', summary: 'take files whose content the annex knows' },
  guesskeys: { type: 'boolean', summary: 'take files that are named like keys' },
} as const satisfies OptionSpecs

export const reinject: Command<typeof options, 'annex'> = {
  name: 'reinject',
  section: 'content',
  summary: 'puts content back into the annex',
  usage: 'SRC DEST | --known SRC … | --guesskeys SRC …',
  needs: 'annex',
  options,
  async *run(annex, { words, options }) {
    const { known, guesskeys } = options
    if (known && guesskeys) throw new AnnexError('USAGE', 'Choose one of --known and --guesskeys')
    // A bare repository has no files, but contents can be missing there, too.
    const index = annex.repository.workTree === undefined ? undefined : new FreshIndex(annex)
    for (const word of known || guesskeys ? words : words.slice(0, 1))
      if (index?.find(bytesFromText(word)))
        throw new AnnexError('USAGE', `cannot use an annexed file as source: ${word}`)
    if (guesskeys) {
      for (const word of words) yield guessAction(annex, bytesFromText(word))
      return
    }
    if (known) {
      const rules = new AddRules(annex, { paths: [], backend: options.backend })
      for (const word of words) yield knownAction(annex, bytesFromText(word), rules)
      return
    }
    const [source, destination, ...rest] = words
    if (source === undefined || destination === undefined || rest.length > 0)
      throw new AnnexError('USAGE', 'specify a src file and a dest file')
    const found = index?.find(bytesFromText(destination))
    if (!found) throw new AnnexError('USAGE', `${destination} is not an annexed file`)
    yield injectAction(annex, bytesFromText(source), { keyText: found.keyText, destination })
  },
}

function injectAction(
  annex: Annex,
  file: Bytes,
  { keyText, destination }: { keyText: Bytes; destination: string },
): Action {
  return {
    command: 'reinject',
    item: { file, keyText },
    async perform(ui) {
      try {
        await inject(annex, { file, keyText }, ui)
      } catch (error) {
        if (!isAnnexError(error, 'CONTENT_MISMATCH')) throw error
        throw new AnnexError(
          'CONTENT_MISMATCH',
          `${bytesToText(file)} does not have expected content of ${destination}`,
          { cause: error },
        )
      }
      return true
    },
  }
}

/** Objects keep the names of their keys, in `lost+found` for instance. */
function guessAction(annex: Annex, file: Bytes): Action {
  return {
    command: 'reinject',
    item: { label: bytesToText(file), input: [bytesToText(file)] },
    async perform(ui) {
      const key = parseKeyFile(file.slice(file.lastIndexOf('/') + 1))
      if (!key) {
        ui.longNote('Not named like an object file; skipping')
        return true
      }
      const keyText = formatKey(key)
      ui.field('key', bytesToText(keyText))
      await inject(annex, { file, keyText }, ui)
      return true
    },
  }
}

/** Content whose key has a location log was in some annex once. */
function knownAction(annex: Annex, file: Bytes, { keyMaker }: AddRules): Action {
  return {
    command: 'reinject',
    item: { file },
    async perform(ui) {
      const { branch, cwd } = annex
      const path = absolute(cwd, file)
      const backend = keyMaker.backendFor(file, undefined)
      const keyText = await keyOfFile(keyMaker, { backend, file: path, name: file })
      if (branch.read(branch.logPath(keyText)) !== '') await inject(annex, { file, keyText }, ui)
      else ui.longNote('Not known content; skipping')
      return true
    },
  }
}

async function inject(
  { store, branch, uuid, workTree, cwd }: Annex,
  { file, keyText }: { file: Bytes; keyText: Bytes },
  ui: ItemUi,
): Promise<void> {
  const source = absolute(cwd, file)
  if (await takeFile(store, keyText, { source, onProgress: (done) => ui.progress(done) }))
    ui.note('checksum...')
  branch.setPresence(keyText, uuid, true)
  workTree.contentChanged(keyText)
}
