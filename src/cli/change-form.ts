/** What `lock` and `unlock` share: finding the files, changing each, staging all. */
import { readIndexEntries } from '../git/index-file.js'
import { prepareVerification } from '../store/verify.js'
import { type AnnexedFile, annexedFiles } from '../worktree/annexed-files.js'
import type { LockTools } from '../worktree/lock-files.js'
import { AddedFiles, type StagedFile } from '../worktree/stage-added.js'
import { isContent } from '../worktree/updates.js'
import type { Annex } from './annex.js'
import type { Action } from './command.js'
import { type Choice, seek } from './seek.js'

/** The change of one command. */
export interface FormChange {
  readonly command: string
  /** Whether a file still has the form to be changed. */
  isDue(file: AnnexedFile, tools: LockTools): boolean
  change(file: AnnexedFile, tools: LockTools): StagedFile
}

/** An action for each chosen file that is due; they are staged together in the end. */
export function* changeForms(annex: Annex, choice: Choice, change: FormChange): Iterable<Action> {
  const { repository, blobKeys } = annex
  const changed = new AddedFiles(repository, blobKeys)
  annex.atEnd(() => {
    if (changed.count > 0) changed.stage()
  })
  const tools = lockTools(annex)
  const byPath = new Map(
    [...annexedFiles(readIndexEntries(repository), blobKeys)].map((file) => [file.path, file]),
  )
  for (const found of seek(annex, choice)) {
    const file = found?.path === undefined ? undefined : byPath.get(found.path)
    if (!found || !file || file.entry.stage !== 0) continue
    if (!change.isDue(file, tools)) continue
    yield {
      command: change.command,
      item: found,
      async perform() {
        await prepareVerification(file.keyText)
        changed.push(change.change(file, tools))
        return true
      },
    }
  }
}

function lockTools({ repository, store, config, branch, uuid }: Annex): LockTools {
  return {
    repository,
    store,
    isContent,
    isThin: config.getBoolean('annex.thin') ?? false,
    recordPresence: (keyText, isPresent) => branch.setPresence(keyText, uuid, isPresent),
  }
}
