/** What `wanted`, `required` and `groupwanted` share: showing and recording preferred content. */
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { AnnexError, errorMessage } from '../model/errors.js'
import { parseExpression } from '../model/expression.js'
import type { LogEdit } from '../model/logs/log-edit.js'
import { termParser } from '../model/matching-terms.js'
import type { Annex } from './annex.js'
import type { Action } from './command.js'

/** Where one expression is kept. */
export interface ExpressionPlace {
  readonly command: string
  /** The repository or group as it was typed. */
  readonly word: string
  /** The file of the git-annex branch. */
  readonly log: Bytes
  read(): Bytes | undefined
  edit(value: Bytes): LogEdit
}

/**
 * Shows the expression, or records the one given.
 * @param text undefined to show; empty to remove
 */
export function expressionAction(
  annex: Annex,
  place: ExpressionPlace,
  text: string | undefined,
): Action {
  const { command, word, log } = place
  if (text === undefined)
    return {
      command,
      item: {},
      answer: true,
      perform(ui) {
        ui.line(place.read() ?? '')
        return true
      },
    }
  return {
    command,
    item: { label: word, input: [word, text] },
    perform() {
      const value = bytesFromText(text)
      refuseUnreadable(value)
      annex.branch.edit(log, place.edit(value))
      return true
    },
  }
}

/** @throws AnnexError EXPRESSION_INVALID */
function refuseUnreadable(expression: Bytes): void {
  try {
    parseExpression(expression, termParser('preferred'))
  } catch (error) {
    throw new AnnexError('EXPRESSION_INVALID', `Parse error: ${errorMessage(error)}`)
  }
}
