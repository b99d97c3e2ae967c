/**
 * Which repositories there are and how they are connected, found by asking each for its remotes.
 * Repositories on disk and behind ssh can be asked; of others only the uuid is known, if that.
 */
import { type GitConfig, readConfig } from '../git/config.js'
import { openRepositoryAt } from '../git/repository.js'
import { type Bytes, bytesFromText, bytesToText, compareBytes } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import * as files from '../platform/files.js'
import { type RemoteConfig, readRemoteConfigs } from '../remotes/remote-config.js'
import { readSshAccess } from '../remotes/ssh/command.js'
import { contactRemote } from '../remotes/ssh/configlist.js'
import { listRemoteConfig } from '../remotes/ssh/list-config.js'
import { parseSshUrl } from '../remotes/ssh/url.js'
import type { Annex } from './annex.js'

/** How to get to a repository. */
export interface MapPlace {
  readonly kind: 'path' | 'ssh' | 'other'
  /** Absolute path, or url. */
  readonly location: Bytes
  /** What the repository that knows it calls it; undefined for the one we are in. */
  readonly name: string | undefined
  /** What is known of it without asking. */
  readonly knownUuid: Uuid | undefined
}

/** A repository that was looked at. */
export interface MappedRepository extends MapPlace {
  readonly uuid: Uuid | undefined
  readonly remotes: readonly MapPlace[]
}

export class RepositoryMap {
  /** In the order in which they were found; ours first. */
  readonly repositories: MappedRepository[] = []
  readonly #annex: Annex
  readonly #queue: MapPlace[]
  readonly #seen = new Set<Bytes>()

  constructor(annex: Annex) {
    this.#annex = annex
    const { repository } = annex
    const location = repository.workTree ?? repository.gitDir
    this.#queue = [{ kind: 'path', location, name: undefined, knownUuid: undefined }]
  }

  /** The next place to look at; undefined when all were looked at. */
  next(): MapPlace | undefined {
    for (;;) {
      const place = this.#queue.shift()
      if (!place) return undefined
      const key = identity(place)
      if (this.#seen.has(key)) continue
      this.#seen.add(key)
      return place
    }
  }

  /** Looks at a place. @returns whether it could be asked */
  scan(place: MapPlace): boolean {
    const found = this.#ask(place)
    const uuid = found?.uuid || place.knownUuid
    const remotes = found?.remotes ?? []
    this.#queue.push(...remotes)
    if (uuid === undefined || !this.repositories.some((other) => other.uuid === uuid))
      this.repositories.push({ ...place, uuid, remotes })
    return found !== undefined || place.kind === 'other'
  }

  #ask(place: MapPlace): { uuid: Uuid | undefined; remotes: MapPlace[] } | undefined {
    if (place.kind === 'other') return undefined
    return place.kind === 'path' ? this.#askLocal(place) : this.#askBySsh(place)
  }

  #askLocal({ location }: MapPlace) {
    const repository = openRepositoryAt(location) ?? openRepositoryAt(`${location}.git`)
    if (!repository) return undefined
    const config = readConfig(repository)
    const base = repository.workTree ?? repository.gitDir
    const remotes = remotesOf(config, base).map((remote) => placeOf(remote))
    return { uuid: config.get('annex.uuid'), remotes }
  }

  #askBySsh(place: MapPlace) {
    const { config, env } = this.#annex
    const ssh = sshPlace(place.location)
    if (!ssh) return undefined
    const access = readSshAccess(config, place.name ?? '', { place: ssh, env })
    const settings = listRemoteConfig(access)
    if (settings) {
      const remotes = remotesOf(settings, ssh.path).map((remote) => placeOf(remote, place))
      return { uuid: settings.get('annex.uuid'), remotes }
    }
    const contact = contactRemote(access, [])
    if (contact.kind === 'annex') return { uuid: contact.uuid, remotes: [] }
    return contact.kind === 'no-annex' ? { uuid: undefined, remotes: [] } : undefined
  }
}

function sshPlace(url: Bytes) {
  try {
    return parseSshUrl(url)
  } catch (error) {
    if (isAnnexError(error, 'CONFIG_INVALID')) return undefined
    throw error
  }
}

/** Git remotes, by their names; special remotes are no repositories of git. */
function remotesOf(config: GitConfig, base: Bytes): RemoteConfig[] {
  return readRemoteConfigs(config, base)
    .filter(({ kind }) => kind.type !== 'special')
    .sort((a, b) => compareBytes(bytesFromText(a.name), bytesFromText(b.name)))
}

/** @param via the repository behind ssh that has the remote: its paths are those of another machine */
function placeOf({ name, kind, cachedUuid }: RemoteConfig, via?: MapPlace): MapPlace {
  const knownUuid = cachedUuid
  if (kind.type === 'path') {
    if (!via) return { kind: 'path', location: withoutDotGit(kind.path), name, knownUuid }
    const { host, port } = parseSshUrl(via.location)
    const authority = bytesFromText(port === undefined ? host : `${host}:${port}`)
    return { kind: 'ssh', location: `ssh://${authority}${kind.path}`, name, knownUuid }
  }
  return { kind: kind.type === 'ssh' ? 'ssh' : 'other', location: kind.url, name, knownUuid }
}

function withoutDotGit(path: Bytes): Bytes {
  return path.endsWith('/.git') ? path.slice(0, -'/.git'.length) : path
}

/** Different names of one place count once. */
function identity({ kind, location }: MapPlace): Bytes {
  return kind === 'path' ? (files.realPath(location) ?? location) : location
}

/** The machine that a place is on. */
export function hostOf({ kind, location }: MapPlace): string {
  if (kind === 'path') return 'localhost'
  const ssh = kind === 'ssh' ? sshPlace(location) : undefined
  if (ssh) return ssh.host.slice(ssh.host.lastIndexOf('@') + 1)
  const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:]*)/i.exec(location)
  return bytesToText(url?.[1] || location)
}
