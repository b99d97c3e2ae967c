/** `git annex addurl URL …`: adds what urls lead to, or notes where it can be had. */
import { type AddUrlOptions, UrlAdder } from '../cli/add-url.js'
import { readRequests } from '../cli/batch.js'
import {
  type Action,
  type Args,
  batchOptions,
  type Command,
  type OptionSpecs,
  transferOptions,
} from '../cli/command.js'
import type { UrlRequest } from '../cli/url-file.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'

const options = {
  ...transferOptions,
  ...batchOptions,
  relaxed: { type: 'boolean', summary: 'do not look whether the url leads to anything' },
  verifiable: { type: 'boolean', alias: 'V', summary: 'with --fast: verify later downloads' },
  file: { type: 'string', value: 'FILE', summary: 'add to this file' },
  'with-files': { type: 'boolean', summary: 'requests of a batch are "URL FILE"' },
  pathdepth: { type: 'string', value: 'N', summary: 'make directories of parts of the url' },
  prefix: { type: 'string', value: 'TEXT', summary: 'put this before the names of files' },
  suffix: { type: 'string', value: 'TEXT', summary: 'put this behind the names of files' },
  'preserve-filename': {
    type: 'boolean',
    summary: 'use the name that the server proposes as it is',
  },
  raw: { type: 'boolean', summary: 'download just what is at the url' },
  'no-raw': { type: 'boolean', summary: 'ignored', hidden: true },
  'raw-except': { type: 'string', value: 'REMOTE', summary: 'as --raw', hidden: true },
  'no-check-gitignore': { type: 'boolean', summary: 'also files that git ignores' },
  'check-gitignore': { type: 'boolean', summary: 'not files that git ignores', hidden: true },
} as const satisfies OptionSpecs

export const addurl: Command<typeof options, 'annex'> = {
  name: 'addurl',
  section: 'content',
  summary: 'adds files from the web',
  usage: '[URL …]',
  needs: 'annex',
  needsWorkTree: true,
  options,
  async *run(annex, { words, options }) {
    const adder = new UrlAdder(annex, adderOptions(options))
    annex.atEnd(() => adder.stage())
    const file = options.file === undefined ? undefined : bytesFromText(options.file)
    for (const word of words) yield action(adder, { url: bytesFromText(word), file }, word)
    if (!options.batch) return
    for (const line of readRequests(options)) {
      const request = options['with-files'] ? parsePair(line) : { url: line, file }
      yield action(adder, request, bytesToText(line))
      adder.stage()
    }
  },
}

function adderOptions(given: Args<typeof options>['options']): AddUrlOptions {
  const { fast, relaxed, verifiable, raw, pathdepth, prefix, suffix, backend } = given
  const toBytes = (text: string | undefined) => (text === undefined ? text : bytesFromText(text))
  return {
    fast,
    relaxed,
    verifiable,
    raw: raw || given['raw-except'] !== undefined,
    pathDepth: parseDepth(pathdepth),
    prefix: toBytes(prefix),
    suffix: toBytes(suffix),
    preservesName: given['preserve-filename'],
    includesIgnored: given['no-check-gitignore'],
    backend,
  }
}

function parseDepth(text: string | undefined): number | undefined {
  if (text === undefined || /^-?\d+$/.test(text)) return text === undefined ? text : Number(text)
  throw new AnnexError('USAGE', `option --pathdepth: cannot parse value \`${text}'`)
}

function parsePair(line: Bytes): UrlRequest {
  const blank = line.indexOf(' ')
  const [url, file] = [line.slice(0, Math.max(blank, 0)), line.slice(blank + 1)]
  if (url !== '' && file !== '') return { url, file }
  throw new AnnexError(
    'USAGE',
    `Batch input parse failure: parsed empty url or filename in input: ${bytesToText(line)}`,
  )
}

function action(adder: UrlAdder, request: UrlRequest, input: string): Action {
  return {
    command: 'addurl',
    item: { label: bytesToText(request.url), file: request.file ?? null, input: [input] },
    perform: (ui) => adder.add(request, ui),
  }
}
