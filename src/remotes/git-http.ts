/**
 * A git remote behind a plain web server: its objects are read by their urls, nothing is changed there.
 * Implements spec: transfer, sections 1.1 and 3 (first contact).
 */
import { GitConfig } from '../git/config.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, errorMessage, isAnnexError } from '../model/errors.js'
import { type Key, parseKey } from '../model/key.js'
import { type HashDirs, keyPlaces, objectPath } from '../model/key-path.js'
import type { Uuid } from '../model/uuid.js'
import { runSync } from '../platform/subprocess.js'
import { diskError } from '../store/disk-error.js'
import { prepareVerification } from '../store/verify.js'
import { inquire } from './download.js'
import { downloadKey } from './download-key.js'
import { GitRemote, type GitRemoteSettings } from './git-remote.js'
import type { HttpClient } from './http-client.js'
import type { OnProgress, Received, Remote } from './remote.js'
import { accessibleUrl } from './url-rules.js'

/** More than this is no configuration of a repository. */
const MOST_CONFIG_BYTES = 1 << 20

export interface HttpRemoteSettings extends Omit<GitRemoteSettings, 'isReadOnly'> {
  readonly url: Bytes
  /** False when it is known to have a work tree (`annex-bare`). */
  readonly isBare: boolean
}

/** What is found at a url on first contact. */
export interface HttpRepository {
  /** Undefined: it is a git repository and no annex. */
  readonly uuid: Uuid | undefined
  readonly isBare: boolean
}

/** Where objects may lie: below which url, in which layout. */
interface Place {
  readonly base: Bytes
  readonly dirs: HashDirs
}

export class GitHttpRemote extends GitRemote implements Remote {
  readonly resumes = true
  readonly #client: () => Promise<HttpClient>
  /** That which gave something last comes first. */
  #places: readonly Place[]

  constructor(settings: HttpRemoteSettings, client: () => Promise<HttpClient>) {
    super({ ...settings, isReadOnly: true })
    this.#client = client
    this.#places = findPlaces(settings.url.replace(/\/+$/, ''), settings.isBare)
  }

  async checkPresent(keyText: Bytes): Promise<boolean> {
    const key = parsed(keyText)
    const client = await this.#client()
    const found = await this.#first(key, async (url) =>
      (await inquire(client, url)) ? true : undefined,
    )
    return found === true
  }

  async retrieve(keyText: Bytes, destination: Bytes, onProgress: OnProgress): Promise<Received> {
    const key = parsed(keyText)
    await prepareVerification(keyText)
    const client = await this.#client()
    const received = await this.#first(key, async (url) => {
      try {
        return await downloadKey(client, url, { key, destination, onProgress })
      } catch (error) {
        if (!isAnnexError(error, 'CONTENT_MISSING')) throw diskError(error, keyText)
        return undefined
      }
    })
    if (received) return received
    throw new AnnexError('CONTENT_MISSING', 'the remote does not have the content')
  }

  /** The first answer from the places where the object may lie. */
  async #first<T>(key: Key, ask: (url: URL) => Promise<T | undefined>): Promise<T | undefined> {
    for (const place of this.#places) {
      const answer = await ask(objectUrl(place, key))
      if (answer === undefined) continue
      if (place !== this.#places[0])
        this.#places = [place, ...this.#places.filter((other) => other !== place)]
      return answer
    }
    return undefined
  }

  async store(): Promise<void> {
    throw new AnnexError('REMOTE_UNAVAILABLE', 'copying to non-ssh repo not supported')
  }

  async remove(): Promise<void> {
    throw new AnnexError('REMOTE_UNAVAILABLE', 'dropping from http remote not supported')
  }

  async close(): Promise<void> {}
}

/** A url that leads to the work tree is the git directory's with `/.git` added. */
function findPlaces(url: Bytes, isBare: boolean): Place[] {
  if (isBare) return (['lower', 'mixed'] as const).map((dirs) => ({ base: url, dirs }))
  const bases = url.endsWith('/.git') ? [url] : [`${url}/.git`, url]
  return bases.flatMap((base) => (['mixed', 'lower'] as const).map((dirs) => ({ base, dirs })))
}

function objectUrl({ base, dirs }: Place, key: Key): URL {
  const path = objectPath(keyPlaces(key), dirs).split('/').map(escapePart).join('/')
  return accessibleUrl(`${base}/annex/${path}`)
}

/** One name in a path, byte by byte. */
function escapePart(name: Bytes): Bytes {
  return name.replace(/[^A-Za-z0-9._~-]/g, (byte) => {
    const hex = byte.charCodeAt(0).toString(16).toUpperCase()
    return `%${hex.padStart(2, '0')}`
  })
}

function parsed(keyText: Bytes): Key {
  const key = parseKey(keyText)
  if (!key) throw new AnnexError('KEY_INVALID', `Not a key: "${keyText}"`)
  return key
}

/**
 * Looks at what is at a url: reads its git configuration.
 * @throws AnnexError REMOTE_UNAVAILABLE, URL_REFUSED, CONTENT_MISSING when there is none
 */
export async function discoverHttpRepository(
  client: HttpClient,
  url: Bytes,
): Promise<HttpRepository> {
  const base = url.replace(/\/+$/, '')
  const problems: unknown[] = []
  for (const path of [`${base}/config`, `${base}/.git/config`]) {
    try {
      const config = parseConfig(await readSmall(client, accessibleUrl(path)))
      return { uuid: config.get('annex.uuid'), isBare: config.getBoolean('core.bare') !== false }
    } catch (error) {
      if (!isAnnexError(error)) throw error
      problems.push(
        new AnnexError(error.code, `${bytesToText(path)} download failed: ${errorMessage(error)}`),
      )
      if (error.code !== 'CONTENT_MISSING') break
    }
  }
  throw problems[0]
}

async function readSmall(client: HttpClient, url: URL): Promise<Buffer> {
  const answer = await client.send({ method: 'GET', url })
  if (answer.status !== 200) {
    answer.discard()
    const isAbsent = answer.status === 404 || answer.status === 410
    throw new AnnexError(isAbsent ? 'CONTENT_MISSING' : 'REMOTE_UNAVAILABLE', answer.reason)
  }
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  await answer.read((chunk) => {
    chunks.push(chunk)
    sizeBytes += chunk.length
    if (sizeBytes > MOST_CONFIG_BYTES)
      throw new AnnexError('REMOTE_UNAVAILABLE', 'it is too long for a configuration')
  })
  return Buffer.concat(chunks)
}

/** Somebody else's text: nothing that it names is included. @throws AnnexError REMOTE_UNAVAILABLE */
function parseConfig(input: Buffer): GitConfig {
  const argv = ['git', 'config', '--file', '-', '--no-includes', '--list', '-z'] as const
  const { status, stdout } = runSync([...argv], { input })
  if (status !== 0) throw new AnnexError('REMOTE_UNAVAILABLE', 'it is no git configuration')
  return new GitConfig(stdout.toString('latin1'))
}
