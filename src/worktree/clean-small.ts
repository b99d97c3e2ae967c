/**
 * Clean for content that is in memory as a whole: nothing is written unless it is new to the annex.
 */
import { verifyDigest } from '../backends/hash-key.js'
import { type Backend, backendOfKey } from '../backends/registry.js'
import { blobOid, type ObjectFormat, objectFormat } from '../git/object-format.js'
import type { Bytes } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import { type Key, parseKey } from '../model/key.js'
import * as files from '../platform/files.js'
import { decideGitAdd } from '../policy/largefiles.js'
import { Annexing, pointerFor } from './annexing.js'
import type { Cleaned } from './filter-content.js'
import type { FilterContext } from './filter-context.js'
import { ContentDigests } from './hashing.js'
import { ContentMime } from './mime.js'

/**
 * Decides over one file.
 * @param path relative to the top of the work tree
 * @param content all of it, not empty
 * @throws UnpreparedBackend
 * @throws AnnexError when the content cannot be stored
 */
export function cleanSmall(context: FilterContext, path: Bytes, content: Buffer): Cleaned {
  return { kind: 'bytes', bytes: new SmallClean(context, path, content).clean() }
}

class SmallClean {
  readonly #context: FilterContext
  readonly #path: Bytes
  readonly #content: Buffer
  readonly #format: ObjectFormat
  readonly #digests: ContentDigests
  readonly #annexing: Annexing

  constructor(context: FilterContext, path: Bytes, content: Buffer) {
    this.#context = context
    this.#path = path
    this.#content = content
    this.#format = objectFormat(context.repository)
    this.#digests = new ContentDigests(content)
    this.#annexing = new Annexing(context, path)
  }

  clean(): Uint8Array {
    const entry = this.#context.staged.find(this.#path)
    if (!entry) return this.#cleanNew(undefined)
    if (blobOid(this.#content, this.#format) === entry.oid) return this.#content
    const usualText = this.#usualKeyText()
    if (usualText !== undefined && blobOid(pointerFor(usualText), this.#format) === entry.oid)
      return this.#keep(usualText)
    const previousText = this.#context.staged.keyTextOf(entry)
    const previous = previousText === undefined ? undefined : parseKey(previousText)
    if (previous && this.#isContentOf(previous, previousText!)) return this.#keep(previousText!)
    return this.#cleanNew(previous)
  }

  /** Content that the index does not have at this path. */
  #cleanNew(previous: Key | undefined): Uint8Array {
    const { rules, keyMaker } = this.#context
    const mime = new ContentMime(this.#content)
    const facts = {
      path: this.#path,
      sizeBytes: this.#content.length,
      get mimeType() {
        return mime.type
      },
      get mimeEncoding() {
        return mime.encoding
      },
    }
    const candidate = { facts, wasAnnexed: previous !== undefined }
    if (!decideGitAdd(rules.settingsFor(this.#path), candidate).isLarge) return this.#content
    const backend = keyMaker.backendFor(this.#path, previous)
    if (backend.kind === 'external') return this.#annexExternally(backend)
    return this.#annexing.storeBuffer(this.#keyTextFor(backend), this.#content)
  }

  /** The program of an external backend reads a file: so there is one before there is a key. */
  #annexExternally(backend: Backend): Uint8Array {
    const ingest = this.#context.store.startIngest()
    try {
      ingest.write(this.#content)
      const keyText = this.#keyTextFor(backend, () => ingest.seal())
      return this.#annexing.storeIngest(keyText, ingest)
    } catch (error) {
      ingest.abort()
      throw error
    }
  }

  /**
   * The key that the content would get without a previous one. Comparing its pointer with the index
   * tells most unchanged files without asking git what the index entry stands for.
   */
  #usualKeyText(): Bytes | undefined {
    const backend = this.#context.keyMaker.findBackendFor(this.#path, undefined)
    try {
      return backend?.digest ? this.#keyTextFor(backend) : undefined
    } catch (error) {
      // No entry of the index has a key that nobody accepts.
      if (isAnnexError(error, 'KEY_INVALID')) return undefined
      throw error
    }
  }

  #keyTextFor(backend: Backend, file: () => Bytes = noFile): Bytes {
    const digestHex = () => this.#digests.hexFor(backend)
    const sizeBytes = this.#content.length
    return this.#annexing.keyTextFor(backend, { sizeBytes, digestHex, file })
  }

  /** The index has just this content under this key; its object may still be missing. */
  #keep(keyText: Bytes): Uint8Array {
    if (this.#context.store.has(keyText)) return pointerFor(keyText)
    return this.#annexing.storeBuffer(keyText, this.#content)
  }

  /** Whether the content is the key's: by its digest or, where keys have none, by the object. */
  #isContentOf(key: Key, keyText: Bytes): boolean {
    if (key.sizeBytes !== undefined && key.sizeBytes !== BigInt(this.#content.length)) return false
    const backend = backendOfKey(key.backend)
    if (backend?.kind === 'hash') return verifyDigest(key, this.#digests.hexFor(backend))
    const object = this.#context.store.locate(keyText)
    if (object === undefined || !this.#annexing.canCompareWith(object.path)) return false
    return files.readHead(object.path, this.#content.length + 1)?.equals(this.#content) ?? false
  }
}

/** Only external backends want a file. */
function noFile(): never {
  throw new Error('There is no file with the content')
}
