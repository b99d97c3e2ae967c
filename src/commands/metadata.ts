/** `git annex metadata [PATH …]`: shows or changes what is noted about the contents of files. */
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import {
  type Action,
  batchOptions,
  type Command,
  type ItemUi,
  jsonOptions,
  type OptionSpecs,
} from '../cli/command.js'
import { FreshIndex } from '../cli/fresh-index.js'
import {
  changesOf,
  fieldName,
  type MetadataWish,
  parseMetadataRequest,
  readWishes,
} from '../cli/metadata-changes.js'
import { type Found, seek, seekOptions } from '../cli/seek.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { shownMetadata } from '../model/logs/metadata.js'
import { foldField } from '../model/logs/metadata-values.js'

const { 'batch-keys': _, ...choosing } = seekOptions

const options = {
  ...choosing,
  ...batchOptions,
  ...jsonOptions,
  get: { type: 'string', alias: 'g', value: 'FIELD', summary: 'print the values of a field' },
  set: {
    type: 'strings',
    alias: 's',
    value: 'FIELD[+-?]=VALUE',
    summary: 'set a field, add a value (+=), take one away (-=), or set what is not set (?=)',
  },
  tag: { type: 'strings', alias: 't', value: 'TAG', summary: 'set a tag' },
  untag: { type: 'strings', alias: 'u', value: 'TAG', summary: 'take a tag away' },
  remove: { type: 'strings', alias: 'r', value: 'FIELD', summary: 'remove the values of a field' },
  'remove-all': { type: 'boolean', summary: 'remove all metadata' },
} as const satisfies OptionSpecs

export const metadata: Command<typeof options, 'annex'> = {
  name: 'metadata',
  section: 'content',
  summary: 'shows or changes metadata of files',
  usage: '[PATH …]',
  needs: 'annex',
  matching: true,
  options,
  async *run(annex, args) {
    const { options } = args
    const wishes = readWishes(options)
    if (options.batch) yield* answerRequests(annex, args)
    else if (options.get === undefined) {
      const isChange = wishes.length > 0
      refuseEverything(args, isChange)
      const chosen =
        isChange && args.words.length > 0 ? notRecursing(annex, args) : seek(annex, args)
      for (const found of chosen) yield found && metadataAction(annex, found, wishes)
    } else {
      if (wishes.length > 0)
        throw new AnnexError('USAGE', '--get cannot be combined with options that change metadata')
      const folded = foldField(fieldName(options.get, '-g'))
      for (const found of seek(annex, args)) yield found && printField(annex, found, folded)
    }
  },
}

type Given = Parameters<typeof metadata.run>[1]

/** @throws AnnexError USAGE when changes are asked for and nothing says of what */
function refuseEverything({ words, options }: Given, isChange: boolean): void {
  const { all, branch, unused, key, force } = options
  const isChosen = words.length > 0 || all || unused || branch !== undefined || key !== undefined
  if (isChange && !isChosen && !force) throw recursion()
}

/**
 * The files that the words name, if each names one.
 * @throws AnnexError USAGE
 */
function notRecursing(annex: Annex, args: Given): readonly (Found | undefined)[] {
  const chosen = [...seek(annex, args)]
  const words = new Set<string | undefined>()
  for (const found of chosen) {
    const word = found?.input[0]
    if (found && words.has(word) && !args.options.force) throw recursion()
    words.add(word)
  }
  return chosen
}

function recursion(): AnnexError {
  return new AnnexError('USAGE', 'Not recursively setting metadata. Use --force to do that.')
}

function* answerRequests(annex: Annex, { words, options }: Given): Iterable<Action | undefined> {
  const { all, branch, unused, key, json, z } = options
  if (!json && !options['json-error-messages'])
    throw new AnnexError('USAGE', '--batch is currently only supported in --json mode')
  if (words.length > 0 || all || unused || branch !== undefined || key !== undefined)
    throw new AnnexError('USAGE', 'Cannot combine batch option with file or key options')
  const index = new FreshIndex(annex)
  for (const line of readRequests({ z })) {
    const { file = null, keyText, wishes } = parseMetadataRequest(line)
    if (keyText !== undefined && !parseKey(keyText))
      throw new AnnexError('USAGE', `Batch input parse failure: bad key ${bytesToText(keyText)}`)
    const known = keyText ?? (file === null ? undefined : index.find(file)?.keyText)
    const item = known && { file, keyText: known, input: [bytesToText(line)] }
    yield item ? metadataAction(annex, item, wishes) : undefined
  }
}

type Subject = Pick<Found, 'file' | 'keyText' | 'input' | 'label'>

function metadataAction(annex: Annex, item: Subject, wishes: readonly MetadataWish[]): Action {
  const { branch } = annex
  return {
    command: 'metadata',
    item,
    perform(ui) {
      const { keyText } = item
      if (wishes.length > 0) {
        const changes = changesOf(wishes, branch.metadata(keyText))
        if (changes.length > 0)
          branch.edit(branch.logPath(keyText, '.log.met'), { kind: 'metadata', changes })
      }
      show(ui, shownMetadata(branch.metadata(keyText)))
      return true
    },
  }
}

function show(ui: ItemUi, fields: ReadonlyMap<Bytes, readonly Bytes[]>): void {
  const lines = [...fields].flatMap(([name, values]) => values.map((value) => `${name}=${value}\n`))
  ui.longNote(bytesToText(lines.join('')))
  ui.field(
    'fields',
    Object.fromEntries(
      [...fields].map(([name, values]) => [bytesToText(name), values.map(bytesToText)]),
    ),
  )
}

function printField(annex: Annex, found: Found, folded: Bytes): Action {
  return {
    command: 'metadata',
    item: found,
    answer: true,
    perform(ui) {
      const fields = shownMetadata(annex.branch.metadata(found.keyText))
      const values = [...fields].find(([name]) => foldField(name) === folded)?.[1] ?? []
      for (const value of values) ui.line(value)
      ui.fields(() => ({ values: values.map(bytesToText) }))
      return true
    },
  }
}
