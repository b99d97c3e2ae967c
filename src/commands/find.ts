/** `git annex find`: lists annexed files, those whose content is here unless told otherwise. */
import type { Annex } from '../cli/annex.js'
import { type Action, batchOptions, type Command, jsonOptions } from '../cli/command.js'
import { KEY_FIELDS, KeyFields } from '../cli/key-fields.js'
import { type Found, seek } from '../cli/seek.js'
import { parseTemplate, renderTemplate, type TemplatePart } from '../cli/template.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'

const options = {
  format: { type: 'string', value: 'FORMAT', summary: 'control what is printed' },
  print0: { type: 'boolean', summary: 'end names with NUL instead of a newline' },
  branch: { type: 'string', value: 'REF', summary: 'list the files of a branch or tree' },
  ...jsonOptions,
  ...batchOptions,
} as const

export const find: Command<typeof options, 'annex'> = {
  name: 'find',
  section: 'query',
  summary: 'lists available files',
  usage: '[PATH …]',
  needs: 'annex',
  matching: true,
  leavesJournal: true,
  options,
  async *run(annex, args) {
    const { format, print0 } = args.options
    const template = print0
      ? NAME_AND_NUL
      : format === undefined
        ? undefined
        : parseTemplate(bytesFromText(format))
    const isChosen = chooser(annex, args.matching)
    for (const found of seek(annex, args))
      yield found && isChosen(found) ? show(found, template) : undefined
  },
}

const NAME_AND_NUL: readonly TemplatePart[] = [{ name: 'file', width: 0, isEscaped: false }, '\0']

/** Without matching options, what is here is wanted. */
function chooser({ store }: Annex, matching: readonly Bytes[]): (found: Found) => boolean {
  return matching.length > 0 ? () => true : ({ keyText }) => store.has(keyText)
}

function show(found: Found, template: readonly TemplatePart[] | undefined): Action {
  const file = found.file ?? found.path ?? ''
  return {
    command: 'find',
    item: { file },
    answer: true,
    perform(ui) {
      if (template) {
        const fields = new KeyFields(found.keyText)
        ui.verbatim(renderTemplate(template, (name) => (name === 'file' ? file : fields.get(name))))
      } else ui.line(file)
      ui.fields(() => describe(found.keyText))
      return true
    },
  }
}

function describe(keyText: Bytes): Record<string, string> {
  const fields = new KeyFields(keyText)
  return Object.fromEntries(KEY_FIELDS.map((name) => [name, bytesToText(fields.get(name) ?? '')]))
}
