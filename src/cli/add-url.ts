/**
 * Adding what a url leads to: downloading it, or only noting where it can be had.
 * Implements spec: CLI, section 11.1 (addurl); special remotes, section 5.3.
 */
import { type Backend, needsPreparing } from '../backends/registry.js'
import { urlKeyText } from '../backends/url.js'
import { recordUrl } from '../branch/urls.js'
import { stageAsOrdinary } from '../git/add-ordinary.js'
import { join } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, errorMessage, isAnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { isUrl } from '../model/url-file-name.js'
import { WEB_UUID } from '../model/uuid.js'
import * as files from '../platform/files.js'
import { download, inquire, type UrlInfo } from '../remotes/download.js'
import { DownloadFile } from '../remotes/download-file.js'
import type { HttpClient } from '../remotes/http-client.js'
import { accessibleUrl } from '../remotes/url-rules.js'
import { diskError } from '../store/disk-error.js'
import { type ContentHasher, startHashing } from '../store/long-hasher.js'
import { makeFile } from '../worktree/change-key.js'
import { keyOfFile } from '../worktree/key-of-file.js'
import { AddedFiles } from '../worktree/stage-added.js'
import { AddRules } from './add-rules.js'
import type { Annex } from './annex.js'
import type { ItemUi } from './command.js'
import { FreshIndex } from './fresh-index.js'
import {
  freePath,
  moveTo,
  refuseTorrent,
  type UrlNaming,
  type UrlRequest,
  urlFile,
} from './url-file.js'
import { webClient } from './web-client.js'

export interface AddUrlOptions extends UrlNaming {
  /** Does not download. */
  readonly fast: boolean
  /** Does not even ask. */
  readonly relaxed: boolean
  /** Keys whose content can be verified once it has been downloaded (VURL). */
  readonly verifiable: boolean
  readonly includesIgnored: boolean
  /** `.torrent` files are what is wanted, not what they lead to. */
  readonly raw: boolean
  readonly backend: string | undefined
}

/** Nothing is known of a url that is not asked about. */
const UNKNOWN: UrlInfo = { sizeBytes: undefined, suggestedName: undefined }

/** Ends a download: the answer has shown that none is needed, or that its file may not be made. */
class NoDownload extends Error {
  override readonly name = 'NoDownload'
}

export class UrlAdder {
  readonly #annex: Annex
  readonly #options: AddUrlOptions
  readonly #index: FreshIndex
  readonly #added: AddedFiles
  readonly #ordinary: Bytes[] = []
  readonly #client: () => Promise<HttpClient>

  constructor(annex: Annex, options: AddUrlOptions) {
    this.#annex = annex
    this.#options = options
    this.#index = new FreshIndex(annex)
    this.#added = new AddedFiles(annex.repository, annex.blobKeys)
    this.#client = webClient(annex.config)
  }

  /** Puts everything so far into the index. */
  stage(): void {
    this.#added.stage()
    if (this.#ordinary.length > 0) stageAsOrdinary(this.#annex.repository, this.#ordinary)
    this.#ordinary.length = 0
  }

  /**
   * Adds one url.
   * @returns false when it could not be added, which has been told
   * @throws AnnexError for a text that is no url, a name that must not be, a file in the way
   */
  async add(request: UrlRequest, ui: ItemUi): Promise<boolean> {
    try {
      return await this.#add(request, ui)
    } catch (error) {
      if (!isAnnexError(error, 'URL_REFUSED')) throw error
      ui.warning(error.message)
      return false
    }
  }

  async #add(request: UrlRequest, ui: ItemUi): Promise<boolean> {
    if (!isUrl(request.url)) throw new AnnexError('USAGE', `bad url ${bytesToText(request.url)}`)
    const { fast, relaxed, raw } = this.#options
    if (!raw) refuseTorrent(request.url)
    if (relaxed) return this.#addInfo(request, UNKNOWN, ui)
    if (!fast) return await this.#download(request, ui)
    const info = await this.#inquire(request.url)
    if (info) return this.#addInfo(request, info, ui)
    const file = request.file ?? this.#fileName(request, UNKNOWN)
    if (this.#index.find(file)) return this.#refuseMore(request.url, undefined, ui)
    ui.warning(`unable to access url: ${bytesToText(request.url)}`)
    return false
  }

  async #inquire(url: Bytes): Promise<UrlInfo | undefined> {
    try {
      return await inquire(await this.#client(), accessibleUrl(url))
    } catch (error) {
      if (isAnnexError(error, 'REMOTE_UNAVAILABLE')) return undefined
      throw error
    }
  }

  #fileName(request: UrlRequest, { suggestedName }: UrlInfo): Bytes {
    return urlFile(this.#annex, { ...request, suggestedName }, this.#options)
  }

  /** Makes a file with a key of the url, or adds the url to the file that is there. */
  #addInfo(request: UrlRequest, info: UrlInfo, ui: ItemUi): boolean {
    const { url } = request
    const file = this.#fileName(request, info)
    const found = this.#index.find(file)
    if (found) return this.#addToKey(found.keyText, { url, file, info }, ui)
    const { includesIgnored } = this.#options
    const path = freePath(this.#annex, ui, { file, includesIgnored })
    if (path === undefined) return false
    const backend = this.#options.verifiable ? 'VURL' : 'URL'
    const keyText = urlKeyText(backend, url, info.sizeBytes)
    const rules = new AddRules(this.#annex, { paths: [path], backend: undefined })
    this.#addKey({ url, file, path, rules, keyText }, ui)
    return true
  }

  /** A further url for an annexed file: the content there must be of the same size. */
  #addToKey(
    keyText: Bytes,
    { url, file, info }: { url: Bytes; file: Bytes; info: UrlInfo },
    ui: ItemUi,
  ): boolean {
    const { branch } = this.#annex
    ui.field('key', bytesToText(keyText))
    if (branch.urls(keyText).includes(url) && branch.locations(keyText).includes(WEB_UUID)) {
      tellFile(file, ui)
      return true
    }
    const { sizeBytes } = parseKey(keyText)!
    const isSame =
      sizeBytes === undefined ||
      info.sizeBytes === undefined ||
      BigInt(info.sizeBytes) === sizeBytes
    if (!isSame && !this.#options.relaxed) return this.#refuseMore(url, info, ui)
    recordUrl(branch, keyText, url)
    ui.field('file', bytesToText(file))
    return true
  }

  #refuseMore(url: Bytes, info: UrlInfo | undefined, ui: ItemUi): boolean {
    const problem = info
      ? `url does not have expected file size (use --relaxed to bypass this check) ${bytesToText(url)}`
      : `failed to verify url exists: ${bytesToText(url)}`
    ui.warning(`while adding a new url to an already annexed file, ${problem}`)
    return false
  }

  #addKey({ url, file, path, rules, keyText }: Keyed, ui: ItemUi): void {
    const { repository, store, branch } = this.#annex
    const isLocked = !rules.isUnlocked(path, parseKey(keyText)!.sizeBytes ?? 0n)
    this.#added.push(makeFile(path, { keyText, isLocked }, { repository, store }))
    recordUrl(branch, keyText, url)
    tellFile(file, ui)
    ui.field('key', bytesToText(keyText))
  }

  async #download(request: UrlRequest, ui: ItemUi): Promise<boolean> {
    const temp = this.#annex.store.temp.newPath()
    try {
      return await this.#downloadTo(temp, request, ui)
    } catch (error) {
      if (!isAnnexError(error, 'CONTENT_MISSING') && !isAnnexError(error, 'REMOTE_UNAVAILABLE'))
        throw diskError(error, request.url)
      const found = this.#index.find(this.#fileName(request, UNKNOWN))
      // A url that is recorded needs no download, whether or not it can be had now.
      if (found && this.#annex.branch.urls(found.keyText).includes(request.url))
        return this.#addInfo(request, UNKNOWN, ui)
      ui.warning(`download failed: ${errorMessage(error)}`)
      return false
    } finally {
      files.remove(temp)
    }
  }

  async #downloadTo(temp: Bytes, request: UrlRequest, ui: ItemUi): Promise<boolean> {
    let known: UrlInfo | undefined
    let place: Place | undefined
    const startHashing = () => startReady(place, known?.sizeBytes)
    using content = new DownloadFile(temp, { startHashing })
    try {
      await download(await this.#client(), accessibleUrl(request.url), {
        file: content,
        onInfo: (info) => {
          known = info
          place = this.#place(request, info, ui)
          if (!place) throw new NoDownload('Not wanted')
        },
        onProgress: (done, total) => ui.progress(done, total),
      })
    } catch (error) {
      if (!(error instanceof NoDownload)) throw error
      // Either it is a url for a file that is there, or the user has been told.
      const isThere = this.#index.find(this.#fileName(request, known!)) !== undefined
      return isThere && this.#addInfo(request, known!, ui)
    }
    content.close()
    return await this.#takeIn(place!, { temp, digestHex: content.digestHex() }, ui)
  }

  /** Where the content is to go; undefined when it is not wanted. */
  #place(request: UrlRequest, info: UrlInfo, ui: ItemUi): Place | undefined {
    const file = this.#fileName(request, info)
    if (this.#index.find(file)) return undefined
    const { includesIgnored } = this.#options
    const path = freePath(this.#annex, ui, { file, includesIgnored })
    if (path === undefined) return undefined
    const rules = new AddRules(this.#annex, { paths: [path], backend: this.#options.backend })
    const backend = rules.keyMaker.backendFor(path, undefined)
    return { url: request.url, file, path, rules, backend }
  }

  /** Puts downloaded content into the annex, or into git where annex.largefiles says so. */
  async #takeIn(
    place: Place,
    { temp, digestHex }: { temp: Bytes; digestHex: string | undefined },
    ui: ItemUi,
  ): Promise<boolean> {
    const { store, branch, uuid, repository } = this.#annex
    const { file, path, rules, backend } = place
    const { size } = files.stat(temp)!
    // Another url of the same name may have come meanwhile.
    const isFree = () => freePath(this.#annex, ui, { file, includesIgnored: true }) !== undefined
    // An empty file cannot be unlocked in the annex: git would ask for it for ever.
    const isLarge = rules.isLarge(path, size, temp)
    if (!isLarge || (size === 0n && rules.isUnlocked(path, size, temp))) {
      if (!isFree()) return false
      moveTo(join(repository.workTree!, path), temp)
      this.#ordinary.push(path)
      tellFile(file, ui)
      ui.note('non-large file; adding content to git repository')
      return true
    }
    const content = { backend, file: temp, name: path, digestHex }
    const keyText = await keyOfFile(rules.keyMaker, content)
    if (!isFree()) return false
    store.moveIn(keyText, temp)
    branch.setPresence(keyText, uuid, true)
    this.#addKey({ ...place, keyText }, ui)
    return true
  }
}

/** Hashes with a place's backend, unless that must be loaded first: then content is read again. */
function startReady(
  place: Place | undefined,
  likelyBytes: number | undefined,
): ContentHasher | undefined {
  if (!place?.backend.digest || needsPreparing(place.backend)) return undefined
  return startHashing(place.backend, likelyBytes)
}

interface Place {
  readonly url: Bytes
  /** As the user sees it. */
  readonly file: Bytes
  /** Relative to the top of the work tree. */
  readonly path: Bytes
  readonly rules: AddRules
  readonly backend: Backend
}

/** What a new file is to be of. */
type Keyed = Omit<Place, 'backend'> & { readonly keyText: Bytes }

function tellFile(file: Bytes, ui: ItemUi): void {
  ui.note(`to ${bytesToText(file)}`)
  ui.field('file', bytesToText(file))
}
