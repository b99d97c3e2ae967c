/**
 * The actions of a `sync` that are git's own work: commit, pull, merge, push, cleanup. Git writes to the
 * terminal itself. Implements spec: the git-annex branch, section 10; CLI, section 11.3.
 */
import { runGit } from '../git/porcelain.js'
import { findRef, hasNews, readHead } from '../git/refs.js'
import { git } from '../git/run.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import type { RemoteConfig } from '../remotes/remote-config.js'
import type { Annex } from './annex.js'
import type { Action, ItemUi } from './command.js'
import { mergeAnnexBranches, syncedPushArgs, takeOverAnnexBranches } from './push-annex-branch.js'
import { resolveMerge } from './resolve-merge.js'
import type { SyncPlan } from './sync-plan.js'

/** An item that is git's own work: its output stands between the item's line and `ok`. */
function gitAction(
  command: string,
  label: string | undefined,
  perform: (ui: ItemUi) => boolean,
): Action {
  return {
    command,
    item: label === undefined ? {} : { label },
    isAlone: true,
    perform(ui) {
      ui.giveWay()
      return perform(ui)
    },
  }
}

/** Commits what was changed in files that git knows. */
export function commitAction(annex: Annex, { quiet, message }: SyncPlan): Action {
  const { repository, branch, uuid } = annex
  return gitAction('commit', undefined, () => {
    branch.commit()
    const description = bytesToText(branch.descriptions().get(uuid) ?? '')
    const text = message ?? `git-annex in ${description}`
    const status = runGit(repository, ['commit', ...quiet, '-a', '-m', text])
    branch.refresh()
    // Status 1 says that there was nothing to commit, or that a hook has refused: look which.
    return status === 0 || (status === 1 && !hasChanges(annex))
  })
}

function hasChanges({ repository }: Annex): boolean {
  const args = ['status', '--porcelain', '--untracked-files=no', '--ignore-submodules']
  return git(repository, args).stdout.length > 0
}

/** Fetches from a remote and merges its branches. */
export function pullAction(annex: Annex, remote: RemoteConfig, plan: SyncPlan): Action {
  return gitAction('pull', remote.name, () => pull(annex, remote, plan))
}

function pull(annex: Annex, remote: RemoteConfig, plan: SyncPlan): boolean {
  if (runGit(annex.repository, ['fetch', ...plan.quiet, remote.name]) !== 0) return false
  if (plan.branch === undefined) return true
  const refs = `refs/remotes/${bytesFromText(remote.name)}`
  return [plan.shortBranch, `synced/${plan.shortBranch}`].every((name) =>
    mergeRef(annex, `${refs}/${name}`, plan),
  )
}

/** Merges what others have pushed to the synced branch here. */
export function* mergeActions(annex: Annex, plan: SyncPlan): Iterable<Action> {
  const name: Bytes = `synced/${plan.shortBranch}`
  const ref: Bytes = `refs/heads/${name}`
  if (hasNews(annex.repository, ref))
    yield gitAction('merge', bytesToText(name), () => mergeRef(annex, ref, plan))
}

/**
 * Merges a ref into the current branch, if it has anything that the branch lacks. Conflicts over
 * annexed files alone do not stop it.
 */
function mergeRef(annex: Annex, ref: Bytes, plan: SyncPlan): boolean {
  if (!hasNews(annex.repository, ref)) return true
  const args = [
    'merge',
    ...plan.quiet,
    '--no-edit',
    ...(plan.unrelated ? ['--allow-unrelated-histories'] : []),
  ]
  if (runGit(annex.repository, [...args, bytesToText(ref)]) === 0) return true
  return plan.resolves && resolveMerge(annex)
}

/**
 * Pushes to `synced/` branches, which no checkout stands in the way of, then tries the branches
 * themselves; that may be refused without harm.
 */
export function* pushActions(annex: Annex, remote: RemoteConfig, plan: SyncPlan): Iterable<Action> {
  const { repository } = annex
  const { branch, shortBranch } = plan
  if (branch !== undefined && readHead(repository).oid !== undefined) moveSynced(annex, branch)
  const pushed = [...(branch && findRef(repository, branch) ? [shortBranch] : []), 'git-annex']
  if (pushed.every((name) => isPushed(annex, remote.name, name))) return
  yield gitAction('push', remote.name, () => {
    const push = () => pushSynced(annex, remote, { pushed, plan })
    if (!push() && !(takeOver(annex, remote, plan) && push())) return false
    for (const name of pushed)
      runGit(repository, ['push', '--quiet', remote.name, bytesToText(name)], { silent: true })
    return true
  })
}

/** Somebody else has pushed to the remote: merges that, so that a push adds to it. */
function takeOver(annex: Annex, remote: RemoteConfig, plan: SyncPlan): boolean {
  if (!plan.pulls || !remote.pulls) return takeOverAnnexBranches(annex, remote.name)
  if (!pull(annex, remote, plan)) return false
  mergeAnnexBranches(annex)
  if (plan.branch !== undefined) moveSynced(annex, plan.branch)
  return true
}

function pushSynced(
  { repository }: Annex,
  { name: remote }: RemoteConfig,
  { pushed, plan }: { pushed: readonly Bytes[]; plan: SyncPlan },
): boolean {
  const specs = pushed
    .filter((name) => name !== 'git-annex')
    .map((name) => `${bytesToText(name)}:refs/heads/synced/${bytesToText(name)}`)
  const [lease, annexSpec] = syncedPushArgs(repository, remote)
  return runGit(repository, ['push', ...plan.quiet, lease!, remote, ...specs, annexSpec!]) === 0
}

function moveSynced({ repository }: Annex, branch: Bytes): void {
  const synced = `refs/heads/synced/${branch.replace(/^refs\/heads\//, '')}`
  const head = findRef(repository, branch)
  if (head && findRef(repository, synced) !== head)
    git(repository, ['update-ref', bytesToText(synced), head])
}

/** Whether the remote had our state of a branch when we last heard of it. */
function isPushed({ repository }: Annex, remote: string, name: Bytes): boolean {
  const ours = findRef(repository, `refs/heads/${name}`)
  if (ours === undefined) return true
  return [`synced/${name}`, name].some(
    (there) => findRef(repository, `refs/remotes/${bytesFromText(remote)}/${there}`) === ours,
  )
}

/** Removes the synced branches, which only serve to carry changes from one clone to another. */
export function* cleanupActions(annex: Annex, plan: SyncPlan): Iterable<Action> {
  const { repository } = annex
  const names = [...(plan.branch === undefined ? [] : [plan.shortBranch]), 'git-annex']
  const synced = names.map((name) => `synced/${name}`)
  const there = (prefix: string) =>
    synced.filter((name) => findRef(repository, `${prefix}${name}`)).map(bytesToText)
  const cleanup = (label: string, perform: () => boolean): Action => {
    return { command: 'cleanup', item: { label }, isAlone: true, perform }
  }
  yield cleanup('local', () => {
    for (const name of there('refs/heads/'))
      git(repository, ['update-ref', '-d', `refs/heads/${name}`])
    return true
  })
  for (const { name: remote } of plan.remotes)
    yield cleanup(remote, () => {
      const known = there(`refs/remotes/${bytesFromText(remote)}/`)
      if (known.length === 0) return true
      return runGit(repository, ['push', '--quiet', '--delete', remote, ...known]) === 0
    })
}
