/**
 * `git annex uninit`: annexed files become ordinary files that git does not know, and everything that
 * init made goes. Contents that no file of the work tree has keep it from finishing.
 * Implements spec: repository layout, section 2.8.
 */
import type { Annex } from '../cli/annex.js'
import type { Action, Command } from '../cli/command.js'
import { seek } from '../cli/seek.js'
import { unsetConfig } from '../git/config.js'
import { removeFilter } from '../git/filter-settings.js'
import { removeHooks } from '../git/hooks.js'
import { readIndexEntries } from '../git/index-file.js'
import { readHead } from '../git/refs.js'
import { join } from '../git/repository.js'
import { git } from '../git/run.js'
import { AnnexError } from '../model/errors.js'
import { haveSameContent } from '../platform/copy.js'
import * as files from '../platform/files.js'
import { forceDrop } from '../policy/numcopies.js'
import { lockContent } from '../store/content-lock.js'
import { removeContent } from '../store/remove.js'
import { type AnnexedFile, annexedFiles } from '../worktree/annexed-files.js'
import { forgetPaths, makeOrdinary } from '../worktree/unannex.js'

const LEFT_OVER = `Not fully uninitialized
Some annexed data is still left in .git/annex/objects/
This may include deleted files, or old versions of modified files.

If you don't care about preserving the data, just delete the
directory.

Or, you can move it to another location, in case it turns out
something in there is important.

Then run \`git annex uninit\` again to finish.`

export const uninit: Command<Record<never, never>, 'annex'> = {
  name: 'uninit',
  section: 'setup',
  summary: 'turns all annexed files into ordinary ones and removes the annex',
  usage: '',
  needs: 'annex',
  needsWorkTree: true,
  leavesJournal: true,
  options: {},
  async *run(annex) {
    refuseBranch(annex)
    const freed: AnnexedFile[] = []
    yield* unannexActions(annex, freed)
    forgetPaths(
      annex.repository,
      freed.map(({ path }) => path),
    )
    yield finishAction(annex, freed)
  },
}

function refuseBranch({ repository, cwd }: Annex): void {
  const { branch } = readHead(repository)
  if (branch === 'refs/heads/git-annex')
    throw new AnnexError('USAGE', 'cannot uninit when the git-annex branch is checked out')
  if (cwd !== repository.workTree)
    throw new AnnexError('USAGE', 'can only run uninit from the top of the git repository')
}

/** @param freed gets the files that are ordinary now */
function* unannexActions(annex: Annex, freed: AnnexedFile[]): Iterable<Action> {
  const { repository, store, blobKeys } = annex
  const byPath = new Map(
    [...annexedFiles(readIndexEntries(repository), blobKeys)].map((file) => [file.path, file]),
  )
  for (const found of seek(annex, { words: [], matching: [], options: {} })) {
    const file = found?.path === undefined ? undefined : byPath.get(found.path)
    if (!found || !file || !store.has(file.keyText)) continue
    yield {
      command: 'unannex',
      item: found,
      perform() {
        if (makeOrdinary(file, { repository, store }) === 'ordinary') freed.push(file)
        return true
      },
    }
  }
}

function finishAction(annex: Annex, freed: readonly AnnexedFile[]): Action {
  return {
    command: 'uninit',
    item: {},
    perform(ui) {
      removeCoveredObjects(annex, freed)
      if (files.listDir(`${annex.repository.annexDir}/objects`).length > 0) {
        ui.warning(LEFT_OVER)
        return false
      }
      removeAnnex(annex)
      ui.silent()
      return true
    },
  }
}

/**
 * Removes the objects whose content an ordinary file of the work tree has now. File and object are
 * compared first: the file is about to be the only copy here.
 */
function removeCoveredObjects(annex: Annex, freed: readonly AnnexedFile[]): void {
  const { repository, store, branch, uuid } = annex
  for (const { path, keyText } of freed) {
    const place = store.locate(keyText)
    if (!place || !haveSameContent(place.path, join(repository.workTree!, path))) continue
    using lock = lockContent(store, keyText, 'exclusive')
    removeContent(store, lock, forceDrop(keyText, uuid))
    branch.setPresence(keyText, uuid, false)
  }
}

function removeAnnex({ repository, config, branch, blobKeys }: Annex): void {
  // Now, so that nothing is left to be written when the directory is gone.
  branch.close()
  blobKeys.save()
  removeHooks(repository, config)
  removeFilter(repository, config)
  unsetConfig(repository, config, 'annex.version')
  unsetConfig(repository, config, 'annex.uuid')
  unsetConfig(repository, config, 'annex.addunlocked')
  git(repository, ['branch', '-D', 'git-annex'], { okStatus: [0, 1] })
  files.removeTree(repository.annexDir)
}
