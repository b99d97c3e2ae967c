/** `git annex info`: about this repository, a directory, a file, a tree, a remote or a uuid. */
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import { type Action, batchOptions, type Command, jsonOptions } from '../cli/command.js'
import { type CountedFile, contentsFacts } from '../cli/contents-facts.js'
import { type Fact, KeyTally, type ShowSize, sizeShower, tellFacts } from '../cli/facts.js'
import { FreshIndex } from '../cli/fresh-index.js'
import { compileMatching, isAboutNames } from '../cli/matching.js'
import {
  deadRepositories,
  type RepositoryQuestion,
  remoteFacts,
  repositoryFacts,
  uuidFacts,
} from '../cli/repository-facts.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { annexedFilesOfTree } from '../cli/seek-keys.js'
import { pathShower } from '../cli/shown-path.js'
import type { IndexEntry } from '../git/index-format.js'
import { selectEntries } from '../git/list-files.js'
import { absolute } from '../git/repository.js'
import { gitOutput } from '../git/run.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError, isAnnexError } from '../model/errors.js'
import { formatKey, parseKey } from '../model/key.js'
import * as files from '../platform/files.js'
import { trustOf } from '../policy/trust.js'
import { annexedFiles } from '../worktree/annexed-files.js'

const options = {
  bytes: { type: 'boolean', summary: 'show sizes as numbers of bytes' },
  autoenable: { type: 'boolean', summary: 'list special remotes that init enables' },
  'dead-repositories': { type: 'boolean', summary: 'list repositories that are dead' },
  show: { type: 'strings', value: 'NAME', summary: 'show only what has this name' },
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
    const { bytes, fast: isFast, batch, autoenable, show: shown } = options
    const names = await RepositoryNames.read(annex)
    const show = sizeShower({ bytes })
    const context = { annex, names, show, isFast, matching, shown }
    if (batch && words.length > 0)
      throw new AnnexError('USAGE', 'Cannot combine batch option with file or key options')
    const items = batch ? readRequests(options) : words.map(bytesFromText)
    if (!batch && words.length === 0) {
      if (autoenable) yield listAutoenabled(context)
      else yield describeAll(context, options['dead-repositories'])
    }
    for (const item of items) yield await describeItem(item, context)
  },
}

interface Context {
  readonly annex: Annex
  readonly names: RepositoryNames
  readonly show: ShowSize
  readonly isFast: boolean
  readonly matching: readonly Bytes[]
  /** Names of the only facts to be shown; empty: all. */
  readonly shown: readonly string[]
}

type About = Pick<Action, 'command' | 'item'>

function tell(about: About, facts: Iterable<Fact>, { shown }: Context): Action {
  return {
    ...about,
    perform(ui) {
      ui.silent()
      tellFacts(ui, shown.length === 0 ? facts : only(facts, shown))
      return true
    },
  }
}

function* only(facts: Iterable<Fact>, shown: readonly string[]): Iterable<Fact> {
  for (const fact of facts) if (shown.includes(fact.name)) yield fact
}

function describeAll(context: Context, withDead: boolean): Action {
  const { annex, names } = context
  if (trustOf(annex.uuid, annex.trust) === 'dead')
    annex.messages.warning('Warning: This repository is currently marked as dead.')
  const facts = withDead ? [deadRepositories(annex, names)] : repositoryFacts(annex, ask(context))
  return tell({ command: 'info', item: {} }, facts, context)
}

/** What is asked about a repository. Names of files mean nothing there. */
function ask({ annex, names, show, isFast, matching }: Context): RepositoryQuestion {
  const matches = isFast ? undefined : keyMatcher(annex, matching)
  return { names, show, isFast, counts: (keyText) => matches?.(keyText) ?? true }
}

/** @throws AnnexError USAGE when the names of files are asked for */
function keyMatcher(
  annex: Annex,
  matching: readonly Bytes[],
): ((keyText: Bytes) => boolean) | undefined {
  if (matching.some(isAboutNames)) {
    annex.messages.warning('  File matching options cannot be applied when getting this info.')
    throw new AnnexError('USAGE', 'Unable to continue.')
  }
  const matches = compileMatching(annex, matching)
  return (
    matches && ((keyText) => matches({ file: null, path: undefined, keyText, entry: undefined }))
  )
}

/** The special remotes that init is to enable. */
function listAutoenabled({ annex, names }: Context): Action {
  return {
    command: 'info',
    item: {},
    perform(ui) {
      const uuids = [...annex.branch.remoteConfigs()]
        .filter(([, config]) => config.get('autoenable') === 'true')
        .filter(([uuid]) => trustOf(uuid, annex.trust) !== 'dead')
        .map(([uuid, config]) => ({ uuid, name: config.get('name') ?? config.get('sameas-name') }))
        .sort((a, b) => (a.uuid < b.uuid ? -1 : 1))
      ui.silent()
      const named = uuids.map(({ uuid, name }) => names.named(uuid, bytesToText(name ?? '')))
      const lines = named.map(({ uuid, description }) => `\t${uuid} -- ${description}\n`)
      // One more newline ends the list.
      ui.verbatim(bytesFromText(`${lines.join(' ')}\n`))
      ui.field('autoenable special remotes', named)
      return true
    },
  }
}

/** The first of directory, remote, repository, annexed file and tree that the word names. */
async function describeItem(item: Bytes, context: Context): Promise<Action | undefined> {
  const { annex, names } = context
  const word = bytesToText(item)
  const about = { command: `info ${word}`, item: { input: [word] } }
  if (item !== '' && files.stat(absolute(annex.cwd, item))?.isDirectory())
    return tell(about, directoryFacts(word, context), context)
  const remotes = await annex.remotes()
  const remote = remotes.find(({ name, uuid }) => name === word || uuid === item)
  if (remote) {
    const command = `info ${remote.name}`
    return tell({ ...about, command }, remoteFacts(annex, remote, ask(context)), context)
  }
  const uuid = names.find(word)
  if (uuid) {
    const command = `info ${bytesToText(uuid)}`
    return tell({ ...about, command }, uuidFacts(annex, uuid, ask(context)), context)
  }
  return describeFileOrTree(item, context)
}

function directoryFacts(word: string, context: Context): Iterable<Fact> {
  const { annex, names, show, isFast, matching } = context
  return withHeading('directory', word, () =>
    contentsFacts(annex, {
      files: filesBelow(annex, word, matching),
      place: 'working tree',
      names,
      show,
      isFast,
      withNumcopies: true,
    }),
  )
}

/** A directory may be empty, or outside of the work tree; then it has no annexed files. */
function* filesBelow(
  annex: Annex,
  word: string,
  matching: readonly Bytes[],
): Iterable<CountedFile> {
  const { repository, cwd, blobKeys } = annex
  const matches = compileMatching(annex, matching)
  const shown = pathShower(repository, cwd)
  for (const { path, keyText, entry } of annexedFiles(entriesBelow(annex, word), blobKeys))
    if (matches?.({ file: shown(path), path, keyText, entry }) ?? true) yield { path, keyText }
}

function entriesBelow({ repository, cwd }: Annex, word: string): readonly IndexEntry[] {
  try {
    return selectEntries(repository, { cwd, words: [word] }).entries
  } catch (error) {
    if (isAnnexError(error, 'USAGE')) return []
    throw error
  }
}

/** @returns undefined for a file that does not match */
function describeFileOrTree(item: Bytes, context: Context): Action | undefined {
  const { annex, matching } = context
  const found = new FreshIndex(annex).find(item)
  const word = bytesToText(item)
  if (!found) return describeTree(word, context) ?? describeKey(item, context) ?? unknownItem(item)
  if (!(compileMatching(annex, matching)?.({ ...found, file: item }) ?? true)) return undefined
  return tell(
    { command: `info ${word}`, item: { file: item, keyText: found.keyText, input: [word] } },
    [{ name: 'file', json: word }, ...keyFacts(found.keyText, context)],
    context,
  )
}

/** A key, which git-annex itself does not tell about. */
function describeKey(item: Bytes, context: Context): Action | undefined {
  const key = parseKey(item)
  if (!key) return undefined
  const keyText = formatKey(key)
  const command = `info ${bytesToText(item)}`
  return tell(
    { command, item: { keyText, input: [bytesToText(item)] } },
    keyFacts(keyText, context),
    context,
  )
}

function keyFacts(keyText: Bytes, { annex, show }: Context): Fact[] {
  const size = new KeyTally()
  size.add(keyText)
  return [
    { name: 'size', json: size.showSize(show) },
    { name: 'key', json: bytesToText(keyText) },
    { name: 'present', json: annex.store.has(keyText) },
  ]
}

function describeTree(word: string, context: Context): Action | undefined {
  const { annex, names, show, isFast, matching } = context
  const tree = findTree(annex, word)
  if (tree === undefined) return undefined
  const matches = keyMatcher(annex, matching)
  const facts = withHeading('tree', word, () =>
    contentsFacts(annex, {
      files: [...annexedFilesOfTree(annex, tree)].filter(
        ({ keyText }) => matches?.(keyText) ?? true,
      ),
      place: 'tree',
      names,
      show,
      isFast,
      withNumcopies: false,
    }),
  )
  return tell({ command: `info ${word}`, item: { input: [word] } }, facts, context)
}

/** The tree that a word means to git: of a commit or tag, or part of one such as `main:dir`. */
function findTree({ repository }: Annex, word: string): string | undefined {
  const parse = (name: string): string => {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', name]
    return gitOutput(repository, args, { okStatus: [0, 1, 128] })
  }
  const oid = parse(word)
  return (oid && parse(`${oid}^{tree}`)) || undefined
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
    // Programs such as DataLad ask about files that may not be annexed, and take 1 for a crash.
    isUncounted: true,
    perform(ui) {
      ui.note(UNKNOWN)
      return false
    },
  }
}
