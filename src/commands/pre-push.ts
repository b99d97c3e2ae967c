/**
 * `git annex pre-push REMOTE URL`: sends the contents that the pushed commits need to the remote that
 * they go to, then the git-annex branch. A content that cannot be sent stops the push; when none is to
 * be sent, nobody is asked.
 */
import { BRANCH_REF } from '../branch/refs.js'
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import {
  type Action,
  ALL_DONE,
  type Command,
  type ItemUi,
  type OptionSpecs,
  type Step,
  transferOptions,
} from '../cli/command.js'
import { announceSends } from '../cli/foresee-sends.js'
import type { Matchable } from '../cli/match-facts.js'
import { syncedPushArgs, takeOverAnnexBranches } from '../cli/push-annex-branch.js'
import { compileWanted } from '../cli/wanted-content.js'
import { runGit } from '../git/porcelain.js'
import { type PushedRef, parsePushedRefs, pushedObjects } from '../git/pushed-blobs.js'
import { findRef } from '../git/refs.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError, errorMessage, isAnnexError } from '../model/errors.js'
import { ancestorArguments } from '../platform/parent.js'
import type { Remote } from '../remotes/remote.js'
import { sendContent, takeSentAhead } from '../transfer/send.js'

const FILE_MODE = 0o100644
const LINK_MODE = 0o120000

// Nobody types it; annex.jobs counts.
const options = { jobs: { ...transferOptions.jobs, hidden: true } } as const satisfies OptionSpecs

export const prePush: Command<typeof options, 'annex'> = {
  name: 'pre-push',
  section: 'plumbing',
  summary: 'sends the contents that pushed commits need (called by git)',
  usage: 'REMOTE URL',
  needs: 'annex',
  isQuiet: true,
  options,
  async *run(annex, { words }) {
    const name = words[0] ?? ''
    const refs = parsePushedRefs([...readRequests({ z: false })].join('\n'))
    const pushed = refs.filter(({ remoteRef }) => !isBookkeeping(remoteRef))
    if (pushed.length === 0 || !wantsContent(annex, name) || isDryRun()) return
    const needed = neededContents(annex, pushed, name)
    if (needed.length === 0) return
    const missing = needed.filter(({ keyText }) => isMissing(annex, keyText, name))
    const isBranchPushed = refs.some(({ remoteRef }) => remoteRef === BRANCH_REF)
    // Git has seen how the branch is there, and refuses to push when it is another afterwards.
    if (isBranchPushed) annex.config.remember('annex.alwayscommit', 'false')
    if (missing.length > 0) {
      const isNew = isNewcomer(annex, name)
      if (isNew) yield* alone(pushBranch(annex, name, isBranchPushed))
      const remote = (await annex.remotes()).find((candidate) => candidate.name === name)
      if (!remote || remote.isIgnored || remote.isReadOnly || remote.type !== 'git') return
      const isWanted = compileWanted(annex, remote.uuid)
      const sending = new Sending(annex, remote)
      const wanted = missing.filter(isWanted)
      announceSends(
        annex,
        remote,
        wanted.map(({ keyText }) => keyText),
      )
      for (const found of wanted) yield sending.action(found)
      yield ALL_DONE
      if (sending.hasFailed) return
      if (isBranchPushed && (isNew || !remote.isQuick))
        annex.messages.warning(
          `${name} notes in its git-annex branch what was sent, so git may report that branch as rejected: git annex sync ${name} mends that`,
        )
    }
    if (missing.length > 0 || hasBranchNews(annex, name))
      yield pushBranch(annex, name, isBranchPushed)
  },
}

/** The branches by which clones tell each other where contents are; they hold no contents. */
function isBookkeeping(ref: Bytes): boolean {
  return ref === BRANCH_REF || ref.startsWith('refs/heads/synced/')
}

/** How far above us the git is that pushes: a shell runs the hook, and another one may run that. */
const MOST_ANCESTORS = 5

/** Whether git only tells what it would push; it runs the hook all the same, and does not say so. */
function isDryRun(): boolean {
  for (const [program = '', ...args] of ancestorArguments(MOST_ANCESTORS)) {
    const push = /(^|\/)git$/.test(program) ? args.indexOf('push') : -1
    if (push >= 0)
      return args.slice(push + 1).some((word) => /^(--dry-run|-[a-mp-z]*n.*)$/.test(word))
  }
  return false
}

/**
 * Whether the remote has not been known as an annex so far, such as a bare repository that was made a
 * moment ago. One with a git-annex branch becomes an annex on first contact.
 */
function isNewcomer({ config }: Annex, name: string): boolean {
  const remote = `remote.${bytesFromText(name)}`
  return config.get(`${remote}.url`) !== undefined && !config.get(`${remote}.annex-uuid`)
}

function* alone(action: Action): Iterable<Step> {
  yield action
  yield ALL_DONE
}

/** `annex.push-content` = `all` (the default) or `none`, for one remote or for every one. */
function wantsContent({ config }: Annex, name: string): boolean {
  const remote = `remote.${bytesFromText(name)}`
  if (config.getBoolean(`${remote}.annex-ignore`)) return false
  const value = config.get(`${remote}.annex-push-content`) ?? config.get('annex.push-content')
  if (value === undefined || value === 'all' || value === 'none') return value !== 'none'
  throw new AnnexError('CONFIG_INVALID', `Bad value "${value}" for "annex.push-content"`, {
    hint: 'It is "all" or "none"',
  })
}

/** The contents that the pushed commits bring with them, whether or not they are here. */
function neededContents(annex: Annex, refs: readonly PushedRef[], name: string): Matchable[] {
  const { repository, blobKeys } = annex
  const uses = pushedObjects(repository, refs, name).flatMap((object) => [
    { ...object, mode: FILE_MODE },
    { ...object, mode: LINK_MODE },
  ])
  blobKeys.resolve(uses)
  const found = new Map<Bytes, Matchable>()
  for (const use of uses) {
    const keyText = blobKeys.keyTextOf(use)
    if (keyText !== undefined && !found.has(keyText))
      found.set(keyText, { keyText, path: use.path, file: null, entry: undefined })
  }
  return [...found.values()]
}

/** Whether a content is here and, as far as we know, not there. */
function isMissing({ store, branch, config }: Annex, keyText: Bytes, name: string): boolean {
  const uuid = config.get(`remote.${bytesFromText(name)}.annex-uuid`)
  if (uuid !== undefined && branch.locations(keyText).includes(uuid)) return false
  return store.has(keyText)
}

/** Sends contents to one remote. */
class Sending {
  readonly #annex: Annex
  readonly #remote: Remote
  hasFailed = false
  /** Nobody answers there: there is no use in trying each content. */
  #isUnreachable = false

  constructor(annex: Annex, remote: Remote) {
    this.#annex = annex
    this.#remote = remote
  }

  action({ keyText, path }: Matchable): Action {
    return {
      command: 'copy',
      item: { keyText, label: bytesToText(path || keyText) },
      perform: (ui) => this.#send(keyText, path, ui),
    }
  }

  async #send(keyText: Bytes, path: Bytes | undefined, ui: ItemUi): Promise<boolean> {
    if (this.#isUnreachable) return false
    const annex = this.#annex
    const remote = this.#remote
    try {
      const options = { origin: annex, ui, file: path }
      if (await takeSentAhead(keyText, remote, options)) return true
      if (await remote.checkPresent(keyText))
        annex.branch.correctPresence(keyText, remote.uuid, true)
      else await sendContent(keyText, remote, options)
      return true
    } catch (error) {
      const isFirst = !this.hasFailed
      this.hasFailed = true
      this.#isUnreachable ||= isAnnexError(error, 'REMOTE_UNAVAILABLE')
      const name = bytesToText(path || keyText)
      ui.warning(`Cannot send the content of ${name} to ${remote.name}: ${errorMessage(error)}`)
      if (isFirst)
        ui.warning(
          `To push without contents: git -c annex.push-content=none push ${remote.name}, or git push --no-verify`,
        )
      return false
    }
  }
}

/** Whether the remote lacks something of our git-annex branch, by what we last heard of it. */
function hasBranchNews({ branch, repository }: Annex, name: string): boolean {
  if (branch.hasPending()) return true
  const known = findRef(repository, `refs/remotes/${bytesFromText(name)}/git-annex`)
  return known === undefined || known !== findRef(repository, 'refs/heads/git-annex')
}

/**
 * So that whoever pulls from the remote knows where the contents are. Its refusal stops nothing.
 * @param isPushed the push has the branch among its refs: what is new meanwhile goes to the other
 *   branch that everybody merges
 */
function pushBranch(annex: Annex, name: string, isPushed: boolean): Action {
  return {
    command: 'push',
    item: { label: 'git-annex' },
    isAlone: true,
    perform() {
      annex.branch.commit()
      const { repository } = annex
      const push = (...args: string[]) =>
        runGit(repository, ['push', '--quiet', name, ...args], { silent: true }) === 0
      if (!isPushed && push('git-annex')) return true
      // Somebody else has pushed there meanwhile, or the branch itself cannot be pushed to.
      takeOverAnnexBranches(annex, name)
      if (isPushed || !push('git-annex')) push(...syncedPushArgs(repository, name))
      return true
    },
  }
}
