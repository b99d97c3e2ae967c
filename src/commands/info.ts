/** `git annex info`: about this repository, a directory, a file, a tree, a remote or a uuid. */
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import { type Action, batchOptions, type Command, jsonOptions } from '../cli/command.js'
import { contentsFacts } from '../cli/contents-facts.js'
import { type Fact, type ShowSize, sizeShower, tellFacts } from '../cli/facts.js'
import { FreshIndex } from '../cli/fresh-index.js'
import { compileMatching } from '../cli/matching.js'
import { remoteFacts, repositoryFacts, uuidFacts } from '../cli/repository-facts.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { annexedFilesOfTree } from '../cli/seek-keys.js'
import { pathShower } from '../cli/shown-path.js'
import type { IndexEntry } from '../git/index-format.js'
import { selectEntries } from '../git/list-files.js'
import { absolute } from '../git/repository.js'
import { gitOutput } from '../git/run.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import * as files from '../platform/files.js'
import type { Remote } from '../remotes/remote.js'
import { annexedFiles } from '../worktree/annexed-files.js'

const options = {
  bytes: { type: 'boolean', summary: 'show sizes as numbers of bytes' },
  ...jsonOptions,
  ...batchOptions,
} as const

const UNKNOWN = 'not a directory or an annexed file or a treeish or a remote or a uuid'

export const info: Command<typeof options, 'annex'> = {
  name: 'info',
  section: 'query',
  summary: 'tells about the repository, or an item in it',
  usage: '[PATH|REMOTE|UUID|TREE …]',
  needs: 'annex',
  matching: true,
  leavesJournal: true,
  options,
  async *run(annex, { words, options, matching }) {
    const { bytes, fast: isFast } = options
    const names = await RepositoryNames.read(annex)
    const context = { annex, names, show: sizeShower({ bytes }), isFast, matching }
    const items = options.batch ? readRequests(options) : words.map(bytesFromText)
    if (!options.batch && words.length === 0) yield describeAll(context, await annex.remotes())
    for (const item of items) yield await describeItem(item, context)
  },
}

interface Context {
  readonly annex: Annex
  readonly names: RepositoryNames
  readonly show: ShowSize
  readonly isFast: boolean
  readonly matching: readonly Bytes[]
}

function describeAll({ annex, ...question }: Context, remotes: readonly Remote[]): Action {
  return tell({ command: 'info', item: {} }, repositoryFacts(annex, { ...question, remotes }))
}

function tell(about: Pick<Action, 'command' | 'item'>, facts: Iterable<Fact>): Action {
  return {
    ...about,
    perform(ui) {
      ui.silent()
      tellFacts(ui, facts)
      return true
    },
  }
}

/** The first of directory, remote, repository, annexed file and tree that the word names. */
async function describeItem(item: Bytes, context: Context): Promise<Action> {
  const { annex, names, show, isFast } = context
  const word = bytesToText(item)
  const about = { command: `info ${word}`, item: { input: [word] } }
  if (files.stat(absolute(annex.cwd, item))?.isDirectory())
    return tell(about, directoryFacts(word, context))
  const remotes = await annex.remotes()
  const facts = { names, show, isFast }
  const remote = remotes.find(({ name, uuid }) => name === word || uuid === item)
  if (remote)
    return tell({ ...about, command: `info ${remote.name}` }, remoteFacts(annex, remote, facts))
  const uuid = names.find(word)
  if (uuid) {
    const command = `info ${bytesToText(uuid)}`
    return tell({ ...about, command }, uuidFacts(annex, uuid, facts))
  }
  return describeFile(item, context) ?? describeTree(word, context) ?? unknownItem(item)
}

function directoryFacts(word: string, context: Context): Iterable<Fact> {
  const { annex, names, show, isFast, matching } = context
  return withHeading('directory', word, () =>
    contentsFacts(annex, {
      keyTexts: keysBelow(annex, word, matching),
      place: 'working tree',
      names,
      show,
      isFast,
      withNumcopies: true,
    }),
  )
}

/** A directory may be empty, or outside of the work tree; then it has no annexed files. */
function* keysBelow(annex: Annex, word: string, matching: readonly Bytes[]): Iterable<Bytes> {
  const { repository, cwd, blobKeys } = annex
  const matches = compileMatching(annex, matching)
  const shown = pathShower(repository, cwd)
  for (const { path, keyText, entry } of annexedFiles(entriesBelow(annex, word), blobKeys))
    if (matches?.({ file: shown(path), path, keyText, entry }) ?? true) yield keyText
}

function entriesBelow({ repository, cwd }: Annex, word: string): readonly IndexEntry[] {
  try {
    return selectEntries(repository, { cwd, words: [word] }).entries
  } catch (error) {
    if (isAnnexError(error, 'USAGE')) return []
    throw error
  }
}

function describeFile(item: Bytes, { annex, show }: Context): Action | undefined {
  const found = new FreshIndex(annex).find(item)
  if (!found) return undefined
  const word = bytesToText(item)
  const { keyText } = found
  const size = parseKey(keyText)?.sizeBytes
  const about = { command: `info ${word}`, item: { file: item, keyText, input: [word] } }
  return tell(about, [
    { name: 'file', json: word },
    { name: 'size', json: size === undefined ? 'unknown' : show(size) },
    { name: 'key', json: bytesToText(keyText) },
    { name: 'present', json: annex.store.has(keyText) },
  ])
}

function describeTree(word: string, context: Context): Action | undefined {
  const { annex, names, show, isFast } = context
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${word}^{tree}`]
  if (gitOutput(annex.repository, args, { okStatus: [0, 1, 128] }) === '') return undefined
  const facts = withHeading('tree', word, () =>
    contentsFacts(annex, {
      keyTexts: Array.from(annexedFilesOfTree(annex, word), ({ keyText }) => keyText),
      place: 'tree',
      names,
      show,
      isFast,
      withNumcopies: false,
    }),
  )
  return tell({ command: `info ${word}`, item: { input: [word] } }, facts)
}

/** Facts after one that says what they are about; they are looked up when they are asked for. */
function* withHeading(name: string, word: string, facts: () => Iterable<Fact>): Iterable<Fact> {
  yield { name, json: word }
  yield* facts()
}

function unknownItem(item: Bytes): Action {
  return {
    command: 'info',
    item: { file: item, input: [bytesToText(item)] },
    perform(ui) {
      ui.note(UNKNOWN)
      return false
    },
  }
}
