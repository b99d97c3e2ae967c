/**
 * `git annex pre-push REMOTE URL`: sends the contents that the pushed commits need to the remote that
 * they go to, then the git-annex branch. A content that cannot be sent stops the push.
 */
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import type { Action, Command } from '../cli/command.js'
import { syncedPushArgs, takeOverAnnexBranches } from '../cli/push-annex-branch.js'
import { runGit } from '../git/porcelain.js'
import { type PushedRef, parsePushedRefs, pushedObjects } from '../git/pushed-blobs.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError, errorMessage } from '../model/errors.js'
import type { Remote } from '../remotes/remote.js'
import { sendContent } from '../transfer/send.js'

const FILE_MODE = 0o100644
const LINK_MODE = 0o120000

export const prePush: Command<Record<never, never>, 'annex'> = {
  name: 'pre-push',
  section: 'plumbing',
  summary: 'sends the contents that pushed commits need (called by git)',
  usage: 'REMOTE URL',
  needs: 'annex',
  isQuiet: true,
  options: {},
  async *run(annex, { words }) {
    const name = words[0] ?? ''
    const refs = parsePushedRefs([...readRequests({ z: false })].join('\n'))
    const pushed = refs.filter(({ remoteRef }) => !isBookkeeping(remoteRef))
    const remote = (await annex.remotes()).find((candidate) => candidate.name === name)
    if (!remote || pushed.length === 0 || !wantsContent(annex, remote)) return
    for (const keyText of neededKeys(annex, pushed, name))
      if (annex.store.has(keyText)) yield sendAction(annex, keyText, remote)
    yield pushBranch(annex, remote)
  },
}

/** The branches by which clones tell each other where contents are; they hold no contents. */
function isBookkeeping(ref: Bytes): boolean {
  return ref === 'refs/heads/git-annex' || ref.startsWith('refs/heads/synced/')
}

/** `annex.push-content` = `all` (the default) or `none`, for one remote or for every one. */
function wantsContent({ config }: Annex, remote: Remote): boolean {
  if (remote.isIgnored || remote.isReadOnly || remote.type !== 'git') return false
  const own = config.get(`remote.${bytesFromText(remote.name)}.annex-push-content`)
  const value = own ?? config.get('annex.push-content') ?? 'all'
  if (value === 'all' || value === 'none') return value === 'all'
  throw new AnnexError('CONFIG_INVALID', `Bad value "${value}" for "annex.push-content"`, {
    hint: 'It is "all" or "none"',
  })
}

/** The keys that the pushed commits bring with them, whether or not their content is here. */
function neededKeys(annex: Annex, refs: readonly PushedRef[], remoteName: string): Set<Bytes> {
  const { repository, blobKeys } = annex
  const uses = pushedObjects(repository, refs, remoteName).flatMap((oid) => [
    { oid, mode: FILE_MODE },
    { oid, mode: LINK_MODE },
  ])
  blobKeys.resolve(uses)
  const keys = new Set<Bytes>()
  for (const use of uses) {
    const keyText = blobKeys.keyTextOf(use)
    if (keyText !== undefined) keys.add(keyText)
  }
  return keys
}

function sendAction(annex: Annex, keyText: Bytes, remote: Remote): Action {
  return {
    command: 'copy',
    item: { label: bytesToText(keyText) },
    async perform(ui) {
      try {
        if (await remote.checkPresent(keyText))
          annex.branch.correctPresence(keyText, remote.uuid, true)
        else await sendContent(keyText, remote, { origin: annex, ui })
        return true
      } catch (error) {
        ui.warning(`Cannot send ${bytesToText(keyText)} to ${remote.name}: ${errorMessage(error)}`)
        ui.warning(
          `To push without contents: git -c annex.push-content=none push ${remote.name}, or git push --no-verify`,
        )
        return false
      }
    },
  }
}

/** So that whoever pulls from the remote knows where the contents are. Its refusal stops nothing. */
function pushBranch(annex: Annex, remote: Remote): Action {
  return {
    command: 'push',
    item: { label: 'git-annex' },
    perform() {
      annex.branch.commit()
      const { repository } = annex
      const push = (...args: string[]) =>
        runGit(repository, ['push', '--quiet', remote.name, ...args], { silent: true }) === 0
      if (push('git-annex')) return true
      // Somebody else has pushed there meanwhile, or the branch itself cannot be pushed to.
      takeOverAnnexBranches(annex, remote.name)
      if (!push('git-annex')) push(...syncedPushArgs(repository, remote.name))
      return true
    },
  }
}
