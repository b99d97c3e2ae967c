/** What `find` and its like print of the things they find: a name, or what a format asks for. */
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import type { Annex } from './annex.js'
import type { Action } from './command.js'
import { KEY_FIELDS, KeyFields } from './key-fields.js'
import type { Found } from './seek.js'
import { parseTemplate, renderTemplate, type TemplatePart } from './template.js'

/** Options of commands that list what they find. */
export const foundOptions = {
  format: { type: 'string', value: 'FORMAT', summary: 'control what is printed' },
  print0: { type: 'boolean', summary: 'end names with NUL instead of a newline' },
} as const

/** What is listed: files, or keys that need no file. */
export type Listed = 'file' | 'key'

/** Without matching options, what is here is wanted. */
export function chooseFound(
  { store }: Annex,
  matching: readonly Bytes[],
): (found: Found) => boolean {
  return matching.length > 0 ? () => true : ({ keyText }) => store.has(keyText)
}

/**
 * Makes a function that shows what was found, as the options say.
 * @param command its name
 */
export function foundShower(
  { format, print0 }: { readonly format: string | undefined; readonly print0: boolean },
  { command, listed }: { command: string; listed: Listed },
): (found: Found) => Action {
  const nameAndNul = [{ name: listed, width: 0, isEscaped: false }, '\0']
  const given = format === undefined ? undefined : parseTemplate(bytesFromText(format))
  const template = print0 ? nameAndNul : given
  return (found) => {
    const file = listed === 'file' ? (found.file ?? found.path ?? '') : undefined
    return {
      command,
      item: file === undefined ? {} : { file },
      answer: true,
      perform(ui) {
        if (template) ui.verbatim(render(template, found.keyText, file ?? ''))
        else ui.line(file ?? found.keyText)
        ui.fields(() => describe(found.keyText))
        return true
      },
    }
  }
}

function render(template: readonly TemplatePart[], keyText: Bytes, file: Bytes): Bytes {
  const fields = new KeyFields(keyText)
  return renderTemplate(template, (name) => (name === 'file' ? file : fields.get(name)))
}

function describe(keyText: Bytes): Record<string, string> {
  const fields = new KeyFields(keyText)
  return Object.fromEntries(KEY_FIELDS.map((name) => [name, bytesToText(fields.get(name) ?? '')]))
}
