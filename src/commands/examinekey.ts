/** `git annex examinekey`: the parts of a key, and the paths made of it. Asks no repository. */
import { namedBackend } from '../backends/choose.js'
import { migrateFast } from '../backends/migrate-key.js'
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import { type Action, batchOptions, type Command, jsonOptions } from '../cli/command.js'
import { KEY_FIELDS, KeyFields } from '../cli/key-fields.js'
import { parseTemplate, renderTemplate, type TemplatePart } from '../cli/template.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatKey, parseKey } from '../model/key.js'
import { objectPath } from '../model/key-path.js'
import { KeyMaker } from '../worktree/new-key.js'

const options = {
  format: { type: 'string', value: 'FORMAT', summary: 'control what is printed' },
  filename: { type: 'string', value: 'NAME', summary: 'name of a file with this key' },
  'migrate-to-backend': {
    type: 'string',
    value: 'NAME',
    summary: 'print the key that migrating would give, where no content is needed for that',
  },
  ...jsonOptions,
  ...batchOptions,
} as const

export const examinekey: Command<typeof options, 'repository'> = {
  name: 'examinekey',
  section: 'plumbing',
  summary: 'prints the parts of a key',
  usage: '[KEY …]',
  needs: 'repository',
  leavesJournal: true,
  options,
  async *run(annex, { words, options }) {
    const format = options.format
    const template = format === undefined ? undefined : parseTemplate(bytesFromText(format))
    const file = options.filename === undefined ? undefined : bytesFromText(options.filename)
    const migrate = migrator(annex, options['migrate-to-backend'])
    const requests = options.batch ? readRequests(options) : words.map(bytesFromText)
    for (const request of requests)
      yield examine(annex, migrate(splitRequest(request, file)), template)
  },
}

/** Replaces keys by those of another backend; one that takes the content to know stays as it is. */
function migrator({ config }: Annex, backend: string | undefined): (request: Request) => Request {
  if (backend === undefined) return (request) => request
  const to = namedBackend(bytesFromText(backend))
  const { limits } = new KeyMaker({ config, attribute: () => undefined })
  return (request) => {
    const key = parseKey(request.keyText)
    const migrated = key && migrateFast(key, { to, fileName: request.file, limits })
    return migrated ? { ...request, keyText: formatKey(migrated) } : request
  }
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
