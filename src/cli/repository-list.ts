/**
 * How repositories are named to people and in JSON: by uuid, description and remote name.
 * Implements spec: CLI, sections 7 and 8.
 */
import { bytesFromText, bytesToText } from '../model/bytes.js'
import { BITTORRENT_UUID, type Uuid, WEB_UUID } from '../model/uuid.js'
import type { Annex } from './annex.js'

/** One repository as JSON shows it. */
export interface RepositoryObject {
  readonly uuid: string
  readonly description: string
  readonly here: boolean
}

/** Remotes that every repository has; nothing records their descriptions. */
const BUILT_IN: ReadonlyMap<Uuid, string> = new Map([
  [WEB_UUID, 'web'],
  [BITTORRENT_UUID, 'bittorrent'],
])

/** Names of all repositories, read once. */
export class RepositoryNames {
  readonly here: Uuid
  readonly #descriptions: ReadonlyMap<Uuid, string>
  readonly #remotes: ReadonlyMap<Uuid, string>

  private constructor(annex: Annex, remotes: ReadonlyMap<Uuid, string>) {
    this.here = annex.uuid
    this.#descriptions = annex.branch.descriptions()
    this.#remotes = remotes
  }

  /** Reads the descriptions and the names of the remotes. */
  static async read(annex: Annex): Promise<RepositoryNames> {
    const remotes = await annex.remotes()
    // The web is called what it is described as; its name need not be shown twice.
    const named = remotes.filter(({ uuid }) => !BUILT_IN.has(uuid))
    return new RepositoryNames(annex, new Map(named.map(({ uuid, name }) => [uuid, name])))
  }

  /** `DESCRIPTION [REMOTE]`, or `[REMOTE]` when both are the same, as text. */
  describe(uuid: Uuid): string {
    const description = bytesToText(this.#descriptions.get(uuid) ?? BUILT_IN.get(uuid) ?? '')
    const remote = this.#remotes.get(uuid)
    if (remote === undefined) return description
    return description === remote || description === ''
      ? `[${remote}]`
      : `${description} [${remote}]`
  }

  /** `UUID -- DESCRIPTION [REMOTE]`, with `[here]` for our own. */
  line(uuid: Uuid): string {
    const description = this.describe(uuid)
    const here = uuid === this.here ? (description === '' ? '[here]' : ' [here]') : ''
    return `${bytesToText(uuid)} -- ${description}${here}`
  }

  object(uuid: Uuid): RepositoryObject {
    return {
      uuid: bytesToText(uuid),
      description: this.describe(uuid),
      here: uuid === this.here,
    }
  }

  /** A repository as JSON shows it, by a remote name that need not be configured here. */
  named(uuid: Uuid, remoteName: string): RepositoryObject {
    const text = bytesToText(this.#descriptions.get(uuid) ?? '')
    const description =
      text === '' || text === remoteName ? `[${remoteName}]` : `${text} [${remoteName}]`
    return { uuid: bytesToText(uuid), description, here: uuid === this.here }
  }

  /** Lines as git-annex lays them out: a tab before each, one blank more from the second on. */
  block(uuids: readonly Uuid[]): string {
    return uuids.map((uuid) => `\t${this.line(uuid)}`).join('\n ')
  }

  /** The name of the remote that leads there; undefined when none does. */
  remoteName(uuid: Uuid): string | undefined {
    return this.#remotes.get(uuid) ?? BUILT_IN.get(uuid)
  }

  /** Whether a remote of ours leads there. */
  isRemote(uuid: Uuid): boolean {
    return this.#remotes.has(uuid)
  }

  /** Finds a repository by remote name, description, uuid, `here` or `.`; undefined when unknown. */
  find(name: string): Uuid | undefined {
    if (name === 'here' || name === '.') return this.here
    for (const [uuid, remote] of this.#remotes) if (remote === name) return uuid
    const bytes = bytesFromText(name)
    const described = [...this.#descriptions].filter(([, text]) => text === bytes)
    if (described.length === 1) return described[0]![0]
    for (const [uuid, builtIn] of BUILT_IN) if (builtIn === name) return uuid
    return this.#descriptions.has(bytes) || this.#remotes.has(bytes) ? bytes : undefined
  }
}
