/** `git annex merge [BRANCH …]`: merges git-annex branches, and synced branches into the current one. */
import type { Annex } from '../cli/annex.js'
import type { Action, Command } from '../cli/command.js'
import { runGit } from '../git/porcelain.js'
import { findRef, hasNews, readHead } from '../git/refs.js'
import { bytesFromText } from '../model/bytes.js'

export const merge: Command<Record<never, never>, 'annex'> = {
  name: 'merge',
  section: 'sync',
  summary: 'merges what other repositories have recorded',
  usage: '[BRANCH …]',
  needs: 'annex',
  options: {},
  async *run(annex, { words }) {
    if (words.length > 0) {
      for (const word of words) yield mergeInto(annex, word)
      return
    }
    yield {
      command: 'merge',
      item: { label: 'git-annex' },
      perform() {
        annex.mergeBranches({ always: true })
        annex.branch.commit()
        return true
      },
    }
    const synced = syncedBranch(annex)
    if (synced !== undefined && hasNews(annex.repository, `refs/heads/${bytesFromText(synced)}`))
      yield mergeInto(annex, synced)
  },
}

/** `synced/BRANCH` of the current branch, when there is one and a work tree to merge it into. */
function syncedBranch({ repository }: Annex): string | undefined {
  if (repository.workTree === undefined) return undefined
  const short = readHead(repository).branch?.replace(/^refs\/heads\//, '')
  if (short === undefined || !findRef(repository, `refs/heads/synced/${short}`)) return undefined
  return Buffer.from(`synced/${short}`, 'latin1').toString()
}

function mergeInto({ repository }: Annex, name: string): Action {
  return {
    command: 'merge',
    item: { label: name, input: [name] },
    perform(ui) {
      ui.giveWay()
      const isBranch = findRef(repository, `refs/heads/${bytesFromText(name)}`) !== undefined
      return (
        runGit(repository, ['merge', '--no-edit', isBranch ? `refs/heads/${name}` : name]) === 0
      )
    },
  }
}
