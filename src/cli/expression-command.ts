/** What `wanted`, `required`, `groupwanted` and `schedule` share: showing and recording a text. */
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { AnnexError, errorMessage } from '../model/errors.js'
import { parseExpression } from '../model/expression.js'
import type { LogEdit } from '../model/logs/log-edit.js'
import { termParser } from '../model/matching-terms.js'
import type { Annex } from './annex.js'
import type { Action } from './command.js'
import { getNamedRepository } from './named-repository.js'
import { RepositoryNames } from './repository-list.js'

/** Where one expression is kept. */
export interface ExpressionPlace {
  readonly command: string
  /** The repository or group as it was typed. */
  readonly word: string
  /** The file of the git-annex branch. */
  readonly log: Bytes
  read(): Bytes | undefined
  edit(value: Bytes): LogEdit
  /** Checks a text and brings it into the form that is recorded; default: preferred content. */
  parse?(text: Bytes): Bytes
}

/**
 * What such a command for one repository does.
 * @param words the repository, and the text to record
 * @throws AnnexError USAGE
 */
export async function* repositoryExpression(
  annex: Annex,
  words: readonly string[],
  { command, log, parse }: Pick<ExpressionPlace, 'command' | 'log' | 'parse'>,
): AsyncIterable<Action> {
  const [word, text] = words
  if (word === undefined || words.length > 2) throw new AnnexError('USAGE', 'Specify a repository.')
  const uuid = getNamedRepository(await RepositoryNames.read(annex), word)
  const place: ExpressionPlace = {
    command,
    word,
    log,
    read: () => annex.branch.uuidLog(log).get(uuid),
    edit: (value) => ({ kind: 'uuid', uuid, value }),
    ...(parse && { parse }),
  }
  yield expressionAction(annex, place, text)
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
      annex.branch.edit(log, place.edit(parsed(text, place.parse ?? preferredContent)))
      return true
    },
  }
}

/** @throws AnnexError EXPRESSION_INVALID */
function parsed(text: string, parse: (text: Bytes) => Bytes): Bytes {
  try {
    return parse(bytesFromText(text))
  } catch (error) {
    throw new AnnexError('EXPRESSION_INVALID', `Parse error: ${errorMessage(error)}`)
  }
}

function preferredContent(expression: Bytes): Bytes {
  parseExpression(expression, termParser('preferred'))
  return expression
}
