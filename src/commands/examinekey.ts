/** `git annex examinekey`: the parts of a key, and the paths made of it. Asks no repository. */
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import { type Action, batchOptions, type Command, jsonOptions } from '../cli/command.js'
import { KEY_FIELDS, KeyFields } from '../cli/key-fields.js'
import { parseTemplate, renderTemplate, type TemplatePart } from '../cli/template.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { objectPath } from '../model/key-path.js'

const options = {
  format: { type: 'string', value: 'FORMAT', summary: 'control what is printed' },
  filename: { type: 'string', value: 'NAME', summary: 'name of a file with this key' },
  ...jsonOptions,
  ...batchOptions,
} as const

export const examinekey: Command<typeof options, 'repository'> = {
  name: 'examinekey',
  section: 'plumbing',
  summary: 'prints the parts of a key',
  usage: '[KEY …]',
  needs: 'repository',
  options,
  async *run(annex, { words, options }) {
    const format = options.format
    const template = format === undefined ? undefined : parseTemplate(bytesFromText(format))
    const file = options.filename === undefined ? undefined : bytesFromText(options.filename)
    const requests = options.batch ? readRequests(options) : words.map(bytesFromText)
    for (const request of requests) yield examine(annex, splitRequest(request, file), template)
  },
}

interface Request {
  readonly keyText: Bytes
  readonly file: Bytes | undefined
}

/** A request is `KEY` or `KEY FILE`. */
function splitRequest(text: Bytes, file: Bytes | undefined): Request {
  const space = text.indexOf(' ')
  return space < 0
    ? { keyText: text, file }
    : { keyText: text.slice(0, space), file: text.slice(space + 1) }
}

function examine(
  annex: Annex,
  { keyText, file }: Request,
  template: readonly TemplatePart[] | undefined,
): Action {
  if (!parseKey(keyText)) throw new AnnexError('KEY_INVALID', 'bad key')
  const fields = new KeyFields(keyText)
  const lookUp = (name: Bytes) =>
    name === 'file' ? file : (fields.get(name) ?? pathField(annex, fields, name))
  return {
    command: 'examinekey',
    item: file === undefined ? {} : { file },
    answer: true,
    perform(ui) {
      if (template) ui.verbatim(renderTemplate(template, lookUp))
      else ui.line(keyText)
      for (const name of [...KEY_FIELDS, 'objectpath', 'objectpointer'])
        ui.field(name, bytesToText(lookUp(name) ?? ''))
      return true
    },
  }
}

function pathField(annex: Annex, { places }: KeyFields, name: Bytes): Bytes | undefined {
  if (name === 'objectpointer') return `/annex/objects/${places.keyFile}\n`
  if (name !== 'objectpath') return undefined
  const isBare = annex.repository.workTree === undefined
  return isBare
    ? `annex/${objectPath(places, 'lower')}`
    : `.git/annex/${objectPath(places, 'mixed')}`
}
