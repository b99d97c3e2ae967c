/** `git annex whereis`: which repositories have a file's content, by what this clone knows. */
import type { Annex } from '../cli/annex.js'
import {
  type Action,
  batchOptions,
  type Command,
  type ItemUi,
  jsonOptions,
} from '../cli/command.js'
import { KeyFields } from '../cli/key-fields.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { type Found, seek, seekOptions } from '../cli/seek.js'
import { parseTemplate, renderTemplate, type TemplatePart, usesVariable } from '../cli/template.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { type Uuid, WEB_UUID } from '../model/uuid.js'
import { trustOf } from '../policy/trust.js'

const options = {
  ...seekOptions,
  ...batchOptions,
  ...jsonOptions,
  format: { type: 'string', value: 'FORMAT', summary: 'control what is printed' },
} as const

export const whereis: Command<typeof options, 'annex'> = {
  name: 'whereis',
  section: 'query',
  summary: 'lists repositories that have file content',
  usage: '[PATH …]',
  needs: 'annex',
  matching: true,
  options,
  async *run(annex, args) {
    const names = await RepositoryNames.read(annex)
    const { format } = args.options
    const template = format === undefined ? undefined : parseTemplate(bytesFromText(format))
    for (const found of seek(annex, args))
      yield found && whereisOne(found, { annex, names, template })
  },
}

interface Context {
  readonly annex: Annex
  readonly names: RepositoryNames
  readonly template: readonly TemplatePart[] | undefined
}

function whereisOne(found: Found, context: Context): Action {
  return {
    command: 'whereis',
    item: found,
    perform(ui) {
      const copies = locate(context.annex, found.keyText)
      if (context.template) printFormatted(ui, found, copies, context.template)
      else printRepositories(ui, copies, context.names)
      const { names } = context
      const object = (uuid: Uuid) => ({ ...names.object(uuid), urls: urlsAt(copies, uuid) })
      ui.fields(() => ({
        untrusted: copies.untrusted.map(object),
        whereis: copies.safe.map(object),
      }))
      return copies.safe.length > 0
    },
  }
}

/** Who has a key, ordered by uuid. */
interface Copies {
  readonly safe: readonly Uuid[]
  readonly untrusted: readonly Uuid[]
  readonly webUrls: readonly Bytes[]
}

function locate(annex: Annex, keyText: Bytes): Copies {
  const safe: Uuid[] = []
  const untrusted: Uuid[] = []
  for (const uuid of annex.branch.locations(keyText)) {
    const level = trustOf(uuid, annex.trust)
    if (level === 'untrusted') untrusted.push(uuid)
    else if (level !== 'dead') safe.push(uuid)
  }
  const isOnWeb = safe.includes(WEB_UUID) || untrusted.includes(WEB_UUID)
  return { safe, untrusted, webUrls: isOnWeb ? webUrls(annex, keyText) : [] }
}

/** Urls that other special remotes claim are recorded with a colon before them. */
function webUrls(annex: Annex, keyText: Bytes): Bytes[] {
  return annex.branch.urls(keyText).filter((url) => !url.startsWith(':'))
}

function urlsAt({ webUrls }: Copies, uuid: Uuid): string[] {
  return uuid === WEB_UUID ? webUrls.map(bytesToText) : []
}

function printRepositories(ui: ItemUi, copies: Copies, names: RepositoryNames): void {
  const { safe, untrusted, webUrls } = copies
  ui.note(safe.length === 1 ? '1 copy' : `${safe.length} copies`)
  if (safe.length > 0) ui.longNote(`${names.block(safe)}\n`)
  if (untrusted.length > 0)
    ui.longNote(
      `The following untrusted locations may also have copies:\n${names.block(untrusted)}\n`,
    )
  if (webUrls.length > 0) ui.longNote(webUrls.map((url) => `web: ${bytesToText(url)}\n`).join(''))
}

/** Prints the format once, or for each repository or url when it shows them. */
function printFormatted(
  ui: ItemUi,
  { file, path, keyText }: Found,
  copies: Copies,
  template: readonly TemplatePart[],
): void {
  ui.silent()
  const fields = new KeyFields(keyText)
  const uuids = usesVariable(template, 'uuid') ? [...copies.safe, ...copies.untrusted] : ['']
  const urls = usesVariable(template, 'url') ? copies.webUrls : ['']
  for (const uuid of uuids)
    for (const url of urls) {
      const own: Readonly<Record<Bytes, Bytes>> = { file: file ?? path ?? '', uuid, url }
      ui.verbatim(renderTemplate(template, (name) => own[name] ?? fields.get(name)))
    }
}
