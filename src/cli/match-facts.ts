/**
 * What matching expressions can ask about a repository and about what seeking found (spec: CLI,
 * sections 4.2 and 6.2). Facts that cost a look at the disk or the branch are only looked up when a
 * term asks for them.
 */
import type { IndexEntry } from '../git/index-format.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatKey, type Key, parseKey } from '../model/key.js'
import type { MetadataState } from '../model/logs/metadata.js'
import { type Uuid, WEB_UUID } from '../model/uuid.js'
import * as files from '../platform/files.js'
import type { MatchContext, MatchFacts } from '../policy/matcher.js'
import { resolveCopies } from '../policy/numcopies.js'
import { trustOf } from '../policy/trust.js'
import type { Annex } from './annex.js'
import { CopiesPolicy } from './drop-context.js'
import { readUnusedKeys } from './seek-keys.js'
import { pathShower } from './shown-path.js'

const LINK_MODE = 0o120000

/** The thing to be matched. */
export interface Matchable {
  /** Relative to the current directory; null for a key and for a file of another tree. */
  readonly file: Bytes | null
  readonly keyText: Bytes
  /** Relative to the top of the tree; undefined for a key without a file. */
  readonly path: Bytes | undefined
  /** What the index has there; undefined for a key and for a file of another tree. */
  readonly entry: IndexEntry | undefined
}

/** What the options can ask about the repositories. */
export class OptionContext implements MatchContext {
  readonly ownUuid: Uuid
  readonly #annex: Annex
  #policy: CopiesPolicy | undefined
  #groups: ReadonlyMap<Uuid, readonly Bytes[]> | undefined
  #unused: ReadonlySet<Bytes> | undefined

  constructor(annex: Annex) {
    this.ownUuid = annex.uuid
    this.#annex = annex
  }

  findRepository(name: Bytes): Uuid {
    const uuid = findRepositoryByName(this.#annex, name)
    if (uuid !== undefined) return uuid
    const text = bytesToText(name)
    throw new AnnexError('REMOTE_UNKNOWN', `there is no available git remote named "${text}"`)
  }

  trustOf(uuid: Uuid) {
    return trustOf(uuid, this.#annex.trust)
  }

  membersOf(group: Bytes): ReadonlySet<Uuid> {
    this.#groups ??= this.#annex.branch.groups()
    const members = [...this.#groups].filter(([, groups]) => groups.includes(group))
    return new Set(members.map(([uuid]) => uuid))
  }

  /** `--numcopies` does not count here; gitattributes do when asked to. */
  numcopies({ key }: MatchFacts, withAttributes: boolean): number {
    if (!withAttributes || !key) return this.#numcopiesInGeneral()
    this.#policy ??= new CopiesPolicy(this.#annex, { numcopies: undefined, mincopies: undefined })
    return this.#policy.neededFor(formatKey(key)).numcopies
  }

  #numcopiesInGeneral(): number {
    const { branch, config } = this.#annex
    const recorded = branch.numcopies()
    const configured = config.get('annex.numcopies')
    return resolveCopies({
      ...(recorded !== undefined && { recorded: { numcopies: recorded } }),
      ...(configured !== undefined && { configured: Number(configured) }),
    }).numcopies
  }

  isUnused(keyText: Bytes): boolean {
    this.#unused ??= new Set(readUnusedKeys(this.#annex))
    return this.#unused.has(keyText)
  }
}

/** By remote name, else by description when only one repository has it, else by uuid. */
function findRepositoryByName({ config, branch }: Annex, name: Bytes): Uuid | undefined {
  const ofRemote = config.get(`remote.${name}.annex-uuid`)
  if (ofRemote !== undefined) return ofRemote
  const descriptions = branch.descriptions()
  const described = [...descriptions].filter(([, description]) => description === name)
  if (described.length === 1) return described[0]![0]
  return descriptions.has(name) || name === WEB_UUID ? name : undefined
}

/** What the options can ask about one thing. */
export class FoundFacts implements MatchFacts {
  readonly #annex: Annex
  readonly #context: OptionContext
  readonly #found: Matchable
  #key: Key | undefined

  constructor(annex: Annex, context: OptionContext, found: Matchable) {
    this.#annex = annex
    this.#context = context
    this.#found = found
  }

  get path(): Bytes | undefined {
    return this.#found.file ?? this.#found.path
  }

  get key(): Key | undefined {
    this.#key ??= parseKey(this.#found.keyText)
    return this.#key
  }

  get sizeBytes(): bigint | null {
    return this.key?.sizeBytes ?? null
  }

  get locations(): ReadonlySet<Uuid> {
    const all = this.#annex.branch.locations(this.#found.keyText)
    return new Set(all.filter((uuid) => this.#context.trustOf(uuid) !== 'dead'))
  }

  get isPresent(): boolean {
    return this.#annex.store.has(this.#found.keyText)
  }

  get isLocked(): boolean | undefined {
    const { entry } = this.#found
    return entry && entry.mode === LINK_MODE
  }

  get isUnused(): boolean {
    return this.#context.isUnused(this.#found.keyText)
  }

  get otherPaths(): readonly Bytes[] {
    const { repository, cwd, workTree } = this.#annex
    const others = workTree.pathsOf(this.#found.keyText).filter((path) => path !== this.#found.path)
    return others.map(pathShower(repository, cwd))
  }

  get urls(): readonly Bytes[] {
    return this.#annex.branch.urls(this.#found.keyText)
  }

  get secondsSinceAccess(): number | null {
    const place = this.#annex.store.locate(this.#found.keyText)
    const stat = place && files.lstat(place.path)
    return stat ? (Date.now() - Number(stat.atimeMs)) / 1000 : null
  }

  get metadata(): MetadataState {
    return this.#annex.branch.metadata(this.#found.keyText)
  }
}
