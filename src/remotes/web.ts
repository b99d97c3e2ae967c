/**
 * The web: contents that can be downloaded, from the urls that the git-annex branch has of their keys.
 * There is one such remote in every repository. Implements spec: special remotes, section 5.3.
 */
import type { AnnexBranch } from '../branch/branch.js'
import { forgetUrl, webUrls } from '../branch/urls.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, errorMessage, isAnnexError } from '../model/errors.js'
import { type Key, parseKey } from '../model/key.js'
import { WEB_UUID } from '../model/uuid.js'
import * as files from '../platform/files.js'
import { diskError } from '../store/disk-error.js'
import { prepareVerification } from '../store/verify.js'
import { download, inquire } from './download.js'
import { DownloadFile } from './download-file.js'
import { downloadKey, type KeyDownload } from './download-key.js'
import type { HttpClient } from './http-client.js'
import type { OnProgress, Received, Remote } from './remote.js'
import { accessibleUrl } from './url-rules.js'

/** Urls that only another downloader understands are recorded with its name before them. */
const OTHER_DOWNLOADER = /^(yt|quvi):/

export interface WebRemoteSettings {
  readonly cost: number
  readonly isIgnored: boolean
}

/** What the web remote works with; the client is made when something is to be downloaded. */
export interface WebRemoteTools {
  readonly branch: () => AnnexBranch
  readonly client: () => Promise<HttpClient>
}

export class WebRemote implements Remote {
  readonly name = 'web'
  readonly uuid = WEB_UUID
  readonly type = 'web'
  readonly isReadOnly = true
  readonly resumes = true
  readonly cost: number
  readonly isIgnored: boolean
  readonly #tools: WebRemoteTools

  constructor(settings: WebRemoteSettings, tools: WebRemoteTools) {
    this.cost = settings.cost
    this.isIgnored = settings.isIgnored
    this.#tools = tools
  }

  async checkPresent(keyText: Bytes): Promise<boolean> {
    const size = parsed(keyText).sizeBytes
    const problems: unknown[] = []
    for (const url of webUrls(this.#tools.branch(), keyText)) {
      if (OTHER_DOWNLOADER.test(url)) continue
      try {
        const info = await inquire(await this.#tools.client(), accessibleUrl(url))
        if (!info) continue
        if (info.sizeBytes === undefined || size === undefined) return true
        if (BigInt(info.sizeBytes) === size) return true
      } catch (error) {
        if (!isAnnexError(error)) throw error
        problems.push(error)
      }
    }
    // Who could not be asked may have it.
    if (problems.length > 0) throw unavailable(problems.map(errorMessage))
    return false
  }

  async retrieve(keyText: Bytes, destination: Bytes, onProgress: OnProgress): Promise<Received> {
    const key = parsed(keyText)
    await prepareVerification(keyText)
    const urls = webUrls(this.#tools.branch(), keyText)
    const problems: string[] = []
    for (const url of urls) {
      try {
        return await this.#retrieveFrom(url, { key, destination, onProgress })
      } catch (error) {
        if (!isAnnexError(error)) throw diskError(error, keyText)
        problems.push(`${bytesToText(url)} download failed: ${errorMessage(error)}`)
        // Of the wrong content nothing can be used.
        if (error.code === 'CONTENT_MISMATCH') files.remove(destination)
      }
    }
    throw unavailable([...problems, summary(urls.length)])
  }

  async #retrieveFrom(url: Bytes, request: KeyDownload): Promise<Received> {
    if (OTHER_DOWNLOADER.test(url))
      throw new AnnexError('URL_REFUSED', 'downloading with yt-dlp is not built yet')
    return await downloadKey(await this.#tools.client(), accessibleUrl(url), request)
  }

  /** Every url must answer: one that does not may have the right content. */
  async retrieveAsIs(keyText: Bytes, destination: Bytes, onProgress: OnProgress): Promise<void> {
    const urls = webUrls(this.#tools.branch(), keyText)
    if (urls.length === 0) throw unavailable([summary(0)])
    for (const url of urls) {
      if (OTHER_DOWNLOADER.test(url))
        throw unavailable(['downloading with yt-dlp is not built yet'])
      using file = new DownloadFile(destination)
      const how = { file, resumes: false, onProgress, pace: onProgress }
      try {
        await download(await this.#tools.client(), accessibleUrl(url), how)
      } catch (error) {
        throw isAnnexError(error) ? error : diskError(error, keyText)
      }
    }
  }

  async store(): Promise<void> {
    throw new AnnexError('REMOTE_UNAVAILABLE', 'upload to web not supported')
  }

  /** Forgets the urls: what is on the web is not ours to remove. */
  async remove(keyText: Bytes): Promise<void> {
    const branch = this.#tools.branch()
    for (const url of webUrls(branch, keyText)) forgetUrl(branch, keyText, url)
  }

  async close(): Promise<void> {}
}

function parsed(keyText: Bytes): Key {
  const key = parseKey(keyText)
  if (!key) throw new AnnexError('KEY_INVALID', `Not a key: "${keyText}"`)
  return key
}

function unavailable(problems: readonly string[]): AnnexError {
  return new AnnexError('REMOTE_UNAVAILABLE', problems.join('\n'))
}

function summary(count: number): string {
  return count === 0 ? 'no known url' : `downloading from all ${count} known url(s) failed`
}
