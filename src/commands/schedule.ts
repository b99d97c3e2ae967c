/** `git annex schedule`: what a repository's assistant is to do now and then. */
import type { Annex } from '../cli/annex.js'
import type { Action, Command } from '../cli/command.js'
import { getNamedRepository } from '../cli/named-repository.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { bytesFromText } from '../model/bytes.js'
import { AnnexError, errorMessage } from '../model/errors.js'
import { normaliseSchedule } from '../model/schedule.js'
import type { Uuid } from '../model/uuid.js'

const LOG = 'schedule.log'

export const schedule: Command<Record<never, never>, 'annex'> = {
  name: 'schedule',
  section: 'setup',
  summary: 'shows or sets scheduled jobs of a repository',
  usage: 'REPOSITORY [JOBS]',
  needs: 'annex',
  options: {},
  async *run(annex, { words }) {
    const [word, text] = words
    if (word === undefined || words.length > 2)
      throw new AnnexError('USAGE', 'Specify a repository.')
    const uuid = getNamedRepository(await RepositoryNames.read(annex), word)
    yield text === undefined ? show(annex, uuid) : record(annex, uuid, { word, text })
  },
}

function show({ branch }: Annex, uuid: Uuid): Action {
  return {
    command: 'schedule',
    item: {},
    answer: true,
    perform(ui) {
      ui.line(branch.uuidLog(LOG).get(uuid) ?? '')
      return true
    },
  }
}

function record(
  { branch }: Annex,
  uuid: Uuid,
  { word, text }: { word: string; text: string },
): Action {
  return {
    command: 'schedule',
    item: { label: word, input: [word, text] },
    perform() {
      branch.edit(LOG, { kind: 'uuid', uuid, value: parse(text) })
      return true
    },
  }
}

/** @throws AnnexError EXPRESSION_INVALID */
function parse(text: string): string {
  try {
    return normaliseSchedule(bytesFromText(text))
  } catch (error) {
    throw new AnnexError('EXPRESSION_INVALID', `Parse error: ${errorMessage(error)}`)
  }
}
