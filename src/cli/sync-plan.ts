/**
 * What a `sync` (or a part of it) is to do, from its options, git's configuration and what all clones
 * have agreed on. Implements spec: CLI, section 11.3.
 */
import { parseGitBoolean } from '../git/config.js'
import { readHead } from '../git/refs.js'
import { openRepositoryAt } from '../git/repository.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { type RemoteConfig, readRemoteConfigs } from '../remotes/remote-config.js'
import type { Annex } from './annex.js'
import type { SyncGiven } from './sync-options.js'

export interface SyncPlan {
  /** Those that git pulls from and pushes to. */
  readonly remotes: readonly RemoteConfig[]
  /** The remotes that the user has named; undefined: all. */
  readonly names: readonly string[] | undefined
  /** Full name of the current branch; undefined when detached or only the annex is synced. */
  readonly branch: Bytes | undefined
  readonly shortBranch: Bytes
  readonly commits: boolean
  readonly message: string | undefined
  readonly merges: boolean
  readonly pulls: boolean
  readonly pushes: boolean
  readonly content: boolean
  /** With content: which ways it goes. git-annex's sync moves contents without pull and push, too. */
  readonly gets: boolean
  readonly sends: boolean
  readonly unrelated: boolean
  readonly resolves: boolean
  /** For git: to say nothing unless something is wrong. */
  readonly quiet: readonly string[]
}

/** What a command does as far as nobody says otherwise. */
export interface SyncDefaults {
  readonly commits: boolean
  readonly pulls: boolean
  readonly pushes: boolean
  /** Unless annex.synccontent says otherwise. */
  readonly content: boolean
  readonly gets: boolean
  readonly sends: boolean
}

/** @throws AnnexError REMOTE_UNKNOWN */
export function makeSyncPlan(
  annex: Annex,
  {
    words,
    given,
    defaults,
  }: { words: readonly string[]; given: SyncGiven; defaults: SyncDefaults },
): SyncPlan {
  const { repository, config } = annex
  const { pulls, pushes, commits, gets, sends } = defaults
  const onlyAnnex =
    !given['not-only-annex'] &&
    (given['only-annex'] || config.getBoolean('annex.synconlyannex') === true)
  const hasFiles = !onlyAnnex && repository.workTree !== undefined
  const branch = hasFiles ? readHead(repository).branch : undefined
  const wantsContent =
    given.content ||
    given['content-of'].length > 0 ||
    onlyAnnex ||
    (syncsContent(annex) ?? defaults.content)
  const names = words.flatMap((word) => expandGroup(annex, word))
  return {
    remotes: chooseRemotes(annex, names, given.fast),
    names: names.length === 0 ? undefined : names,
    branch,
    shortBranch: branch?.replace(/^refs\/heads\//, '') ?? '',
    commits: hasFiles && commits,
    message: given.message?.length ? given.message.join('\n\n') : undefined,
    merges: branch !== undefined && pulls,
    pulls,
    pushes,
    gets,
    sends,
    content: !given['no-content'] && wantsContent,
    unrelated:
      given['allow-unrelated-histories'] === true && !given['no-allow-unrelated-histories'],
    resolves: resolvesConflicts(annex, given),
    quiet: isQuiet(given) ? ['--quiet'] : [],
  }
}

function syncsContent({ config, branch }: Annex): boolean | undefined {
  const shared = branch.configs().get('annex.synccontent')
  return config.getBoolean('annex.synccontent') ?? parseGitBoolean(shared ?? 'none')
}

/** Also where the output is for programs: git does not write JSON. */
function isQuiet(given: SyncGiven): boolean {
  return given.quiet || given.json || given['json-error-messages'] || given['json-progress']
}

function resolvesConflicts({ config, branch }: Annex, given: SyncGiven): boolean {
  if (given.resolvemerge || given['no-resolvemerge']) return !given['no-resolvemerge']
  const setting = config.getBoolean('annex.resolvemerge')
  return setting ?? parseGitBoolean(branch.configs().get('annex.resolvemerge') ?? 'true') !== false
}

/** `remotes.GROUP` names the members of a group of remotes, as for git. */
function expandGroup({ config }: Annex, word: string): string[] {
  const members = config.getAll(`remotes.${bytesFromText(word)}`).map(bytesToText)
  return members.length === 0 ? [word] : members.flatMap((text) => text.split(/\s+/))
}

/** @throws AnnexError REMOTE_UNKNOWN */
function chooseRemotes(
  { repository, config }: Annex,
  names: readonly string[],
  cheapest: boolean,
): RemoteConfig[] {
  const all = readRemoteConfigs(config, repository.workTree ?? repository.gitDir)
  const find = (name: string): RemoteConfig => {
    const remote = all.find((candidate) => candidate.name === name)
    if (remote) return remote
    throw new AnnexError('REMOTE_UNKNOWN', `there is no available git remote named "${name}"`)
  }
  const chosen =
    names.length === 0 ? all.filter((remote) => remote.syncs && isThere(remote)) : names.map(find)
  const usable = chosen.filter(({ kind }) => kind.type !== 'special')
  const least = Math.min(...usable.map(({ cost }) => cost))
  return cheapest ? usable.filter(({ cost }) => cost === least) : usable
}

/** A drive that is not plugged in stops nobody from syncing with the others. */
function isThere({ kind }: RemoteConfig): boolean {
  return kind.type !== 'path' || openRepositoryAt(kind.path) !== undefined
}
