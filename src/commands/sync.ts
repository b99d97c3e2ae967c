/**
 * `git annex sync [REMOTE …]`: commits, pulls, merges what the others recorded, with --content moves
 * contents, and pushes. Implements spec: the git-annex branch, section 10; CLI, section 11.3.
 */
import type { Annex } from '../cli/annex.js'
import {
  type Action,
  ALL_DONE,
  type Command,
  type ItemUi,
  type OptionSpecs,
  type Step,
  transferOptions,
} from '../cli/command.js'
import { dropRemoved } from '../cli/drop-removed.js'
import {
  mergeAnnexBranches,
  syncedPushArgs,
  takeOverAnnexBranches,
} from '../cli/push-annex-branch.js'
import { resolveMerge } from '../cli/resolve-merge.js'
import { syncContent } from '../cli/sync-content.js'
import { parseGitBoolean } from '../git/config.js'
import { runGit } from '../git/porcelain.js'
import { findRef, hasNews, readHead } from '../git/refs.js'
import { openRepositoryAt } from '../git/repository.js'
import { git } from '../git/run.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { type RemoteConfig, readRemoteConfigs } from '../remotes/remote-config.js'

const options = {
  ...transferOptions,
  message: { type: 'string', alias: 'm', value: 'TEXT', summary: 'commit message' },
  commit: { type: 'boolean', summary: 'commit changes (default)', hidden: true },
  'no-commit': { type: 'boolean', summary: 'commit nothing' },
  pull: { type: 'boolean', summary: 'pull (default)', hidden: true },
  'no-pull': { type: 'boolean', summary: 'pull nothing' },
  push: { type: 'boolean', summary: 'push (default)', hidden: true },
  'no-push': { type: 'boolean', summary: 'push nothing' },
  content: { type: 'boolean', alias: 'g', summary: 'also get and send contents' },
  'no-content': { type: 'boolean', summary: 'move no contents (default)' },
  'only-annex': { type: 'boolean', alias: 'a', summary: 'only the git-annex branch' },
  'not-only-annex': { type: 'boolean', summary: 'also the current branch (default)', hidden: true },
  'allow-unrelated-histories': { type: 'boolean', summary: 'merge branches without a common past' },
  resolvemerge: {
    type: 'boolean',
    summary: 'keep both sides of annexed files in conflict (default)',
    hidden: true,
  },
  'no-resolvemerge': { type: 'boolean', summary: 'leave conflicts over annexed files' },
  cleanup: { type: 'boolean', summary: 'no effect yet', hidden: true },
} as const satisfies OptionSpecs

export const sync: Command<typeof options, 'annex'> = {
  name: 'sync',
  section: 'sync',
  summary: 'commits, pulls, merges and pushes',
  usage: '[REMOTE …]',
  needs: 'annex',
  options,
  async *run(annex, { words, options: given }) {
    const plan = makePlan(annex, words, given)
    if (plan.commits) yield commitAction(annex, given.message, plan)
    if (plan.merges) yield* mergeActions(annex, [`refs/heads/synced/${plan.shortBranch}`], plan)
    for (const remote of plan.remotes)
      if (plan.pulls && remote.pulls) yield* pullActions(annex, remote, plan)
    if (plan.pulls) annex.mergeBranches({ always: true })
    if (plan.content) yield* contentActions(annex, plan)
    yield* pushAll(annex, plan)
    // The remotes' branches refer to what was removed until they are pushed to.
    if (yield* dropRemoved(annex, given)) yield* pushAll(annex, plan)
  },
}

function* pushAll(annex: Annex, plan: Plan): Iterable<Step> {
  yield ALL_DONE
  // What was just moved or dropped is to be pushed, too.
  annex.branch.commit()
  for (const remote of plan.remotes)
    if (plan.pushes && remote.pushes && !remote.isReadOnly) yield* pushActions(annex, remote, plan)
}

/** Moves contents. That takes time, so others may have pushed meanwhile: once more from them. */
async function* contentActions(annex: Annex, plan: Plan): AsyncIterable<Step> {
  const names = plan.remotes.map(({ name }) => name)
  let hasMoved = false
  for await (const action of syncContent(annex, names)) {
    hasMoved = true
    yield action
  }
  if (!hasMoved || !plan.pulls) return
  yield ALL_DONE
  for (const remote of plan.remotes) if (remote.pulls) yield* pullActions(annex, remote, plan)
  annex.mergeBranches({ always: true })
}

interface Plan {
  readonly remotes: readonly RemoteConfig[]
  /** Full name of the current branch; undefined when detached or only the annex is synced. */
  readonly branch: Bytes | undefined
  readonly shortBranch: Bytes
  readonly commits: boolean
  readonly merges: boolean
  readonly pulls: boolean
  readonly pushes: boolean
  readonly content: boolean
  readonly unrelated: boolean
  readonly resolves: boolean
  /** For git: to say nothing unless something is wrong. */
  readonly quiet: readonly string[]
}

type Given = Parameters<typeof sync.run>[1]['options']

function makePlan(annex: Annex, names: readonly string[], given: Given): Plan {
  const { repository, config } = annex
  const onlyAnnex = given['only-annex'] || config.getBoolean('annex.synconlyannex') === true
  const hasFiles = !onlyAnnex && repository.workTree !== undefined
  const branch = hasFiles ? readHead(repository).branch : undefined
  const wantsCommit = !given['no-commit'] && config.getBoolean('annex.autocommit') !== false
  return {
    remotes: chooseRemotes(annex, names),
    branch,
    shortBranch: branch?.replace(/^refs\/heads\//, '') ?? '',
    commits: hasFiles && (given.commit || given.message !== undefined || wantsCommit),
    merges: branch !== undefined && !given['no-pull'],
    pulls: !given['no-pull'],
    pushes: !given['no-push'],
    content: !given['no-content'] && (given.content || onlyAnnex || syncsContent(annex)),
    unrelated: given['allow-unrelated-histories'],
    resolves: resolvesConflicts(annex, given),
    quiet: isQuiet(given) ? ['--quiet'] : [],
  }
}

function syncsContent({ config, branch }: Annex): boolean {
  const setting = config.getBoolean('annex.synccontent')
  return setting ?? parseGitBoolean(branch.configs().get('annex.synccontent') ?? 'false') === true
}

/** Also where the output is for programs: git does not write JSON. */
function isQuiet(given: Given): boolean {
  return given.quiet || given.json || given['json-error-messages'] || given['json-progress']
}

function resolvesConflicts({ config, branch }: Annex, given: Given): boolean {
  if (given.resolvemerge || given['no-resolvemerge']) return !given['no-resolvemerge']
  const setting = config.getBoolean('annex.resolvemerge')
  return setting ?? parseGitBoolean(branch.configs().get('annex.resolvemerge') ?? 'true') !== false
}

/** @throws AnnexError REMOTE_UNKNOWN */
function chooseRemotes({ repository, config }: Annex, names: readonly string[]): RemoteConfig[] {
  const all = readRemoteConfigs(config, repository.workTree ?? repository.gitDir)
  const usable = all.filter(({ kind }) => kind.type !== 'special')
  if (names.length === 0) return usable.filter((remote) => remote.syncs && isThere(remote))
  return names.map((name) => {
    const remote = usable.find((candidate) => candidate.name === name)
    if (remote) return remote
    throw new AnnexError('REMOTE_UNKNOWN', `there is no available git remote named "${name}"`)
  })
}

/** A drive that is not plugged in stops nobody from syncing with the others. */
function isThere({ kind }: RemoteConfig): boolean {
  return kind.type !== 'path' || openRepositoryAt(kind.path) !== undefined
}

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

function commitAction(annex: Annex, message: string | undefined, { quiet }: Plan): Action {
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

function* pullActions(annex: Annex, remote: RemoteConfig, plan: Plan): Iterable<Action> {
  yield gitAction('pull', remote.name, () => pull(annex, remote, plan))
}

function pull(annex: Annex, remote: RemoteConfig, plan: Plan): boolean {
  if (runGit(annex.repository, ['fetch', ...plan.quiet, remote.name]) !== 0) return false
  if (plan.branch === undefined) return true
  const refs = `refs/remotes/${bytesFromText(remote.name)}`
  return [plan.shortBranch, `synced/${plan.shortBranch}`].every((name) =>
    mergeRef(annex, `${refs}/${name}`, plan),
  )
}

function* mergeActions(annex: Annex, refs: readonly Bytes[], plan: Plan): Iterable<Action> {
  for (const ref of refs)
    if (hasNews(annex.repository, ref))
      yield gitAction('merge', bytesToText(ref.replace(/^refs\/heads\//, '')), () =>
        mergeRef(annex, ref, plan),
      )
}

/**
 * Merges a ref into the current branch, if it has anything that the branch lacks. Conflicts over
 * annexed files alone do not stop it.
 */
function mergeRef(annex: Annex, ref: Bytes, plan: Plan): boolean {
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
function* pushActions(annex: Annex, remote: RemoteConfig, plan: Plan): Iterable<Action> {
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
function takeOver(annex: Annex, remote: RemoteConfig, plan: Plan): boolean {
  if (!plan.pulls || !remote.pulls) return takeOverAnnexBranches(annex, remote.name)
  if (!pull(annex, remote, plan)) return false
  mergeAnnexBranches(annex)
  if (plan.branch !== undefined) moveSynced(annex, plan.branch)
  return true
}

function pushSynced(
  { repository }: Annex,
  { name: remote }: RemoteConfig,
  { pushed, plan }: { pushed: readonly Bytes[]; plan: Plan },
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
