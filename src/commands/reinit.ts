/** `git annex reinit UUID|DESCRIPTION`: makes this repository the one that had the uuid before. */
import type { Annex } from '../cli/annex.js'
import { type Command, jsonOptions } from '../cli/command.js'
import { initialiseRepository } from '../cli/initialise-repository.js'
import { getNamedRepository } from '../cli/named-repository.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { setConfig } from '../git/config.js'
import { bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { hasUuidForm, type Uuid } from '../model/uuid.js'
import { trustOf } from '../policy/trust.js'

export const reinit: Command<typeof jsonOptions, 'repository'> = {
  name: 'reinit',
  section: 'setup',
  summary: 'initialises a repository with the uuid of a lost one',
  usage: 'UUID|DESCRIPTION',
  needs: 'repository',
  options: jsonOptions,
  async *run(annex, { words }) {
    const word = words.join(' ')
    yield {
      command: 'reinit',
      item: { label: word, input: words },
      async perform(ui) {
        if (word === '') throw new AnnexError('USAGE', 'no repository name specified')
        const uuid = await findUuid(annex, word)
        const { repository, config, env } = annex
        const wasDead = trustOf(uuid, annex.trust) === 'dead'
        setConfig(repository, config, 'annex.uuid', uuid)
        for (const text of initialiseRepository({ repository, config, env, isTakenOver: true }))
          ui.warning(text)
        // It is there again, and its copies count.
        if (wasDead) annex.branch.edit('trust.log', { kind: 'uuid', uuid, value: '?' })
        return true
      },
    }
  },
}

/** A uuid need not be known: what knew it may not have been fetched yet. */
async function findUuid(annex: Annex, word: string): Promise<Uuid> {
  annex.mergeBranches()
  const bytes = bytesFromText(word)
  return hasUuidForm(bytes) ? bytes : getNamedRepository(await RepositoryNames.read(annex), word)
}
