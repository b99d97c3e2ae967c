/**
 * Clean for content longer than what is held in memory: hashed and written in one pass, decided at
 * the end, when its size is known. Content that the index has already is compared with its object
 * instead, as long as the two agree, so that a `git status` neither hashes nor writes it.
 */

import { verifyDigest } from '../backends/hash-key.js'
import { type Backend, backendOfKey } from '../backends/registry.js'
import { objectFormat } from '../git/object-format.js'
import type { Bytes } from '../model/bytes.js'
import { type Digest, startDigest } from '../model/digest.js'
import { type Key, parseKey } from '../model/key.js'
import * as files from '../platform/files.js'
import { decideGitAdd } from '../policy/largefiles.js'
import type { MatchFacts } from '../policy/matcher.js'
import type { Ingest } from '../store/ingest.js'
import { Annexing, pointerFor } from './annexing.js'
import { Chunks } from './chunks.js'
import type { Cleaned, ContentSource } from './filter-content.js'
import type { FilterContext } from './filter-context.js'
import { requirePrepared } from './hashing.js'
import { ContentMime } from './mime.js'
import { agreeWithObject } from './object-comparison.js'
import type { StreamHasher } from './stream-hasher.js'

export interface LargeFile {
  /** Relative to the top of the work tree. */
  readonly path: Bytes
  /** Filled with the beginning of the content; what follows is read through it. */
  readonly buffer: Buffer
  readonly source: ContentSource
  /** Decided already: the content goes to git as it is. */
  readonly isForGit: boolean
}

/**
 * Decides over one file.
 * @throws UnpreparedBackend before anything more is read
 * @throws AnnexError when the content cannot be stored
 */
export function cleanLarge(context: FilterContext, file: LargeFile): Cleaned {
  return new LargeClean(context, file).clean()
}

/** What the index has at the path. */
interface Former {
  /** The id of the blob that the content would be if it were unchanged, and its length. */
  readonly blob: { readonly oid: Bytes; readonly sizeBytes: number } | undefined
  readonly keyText: Bytes | undefined
  readonly key: Key | undefined
}

class LargeClean {
  readonly #context: FilterContext
  readonly #file: LargeFile
  readonly #annexing: Annexing
  readonly #former: Former
  readonly #backend: Backend | undefined
  #hasher: StreamHasher | undefined
  /** Hashes as git would, where the index may have this very content in git. */
  readonly #gitHash: Digest | undefined
  #sizeBytes = 0

  constructor(context: FilterContext, file: LargeFile) {
    this.#context = context
    this.#file = file
    this.#annexing = new Annexing(context, file.path)
    this.#former = this.#findFormer()
    if (!file.isForGit) this.#backend = context.keyMaker.findBackendFor(file.path, this.#former.key)
    if (this.#backend) requirePrepared(this.#backend)
    const { blob } = this.#former
    if (blob && !file.isForGit)
      this.#gitHash = startDigest(objectFormat(context.repository)).update(
        `blob ${blob.sizeBytes}\0`,
      )
  }

  clean(): Cleaned {
    const facts = this.#contentFacts()
    const chunks = new Chunks(this.#file.buffer, this.#file.source)
    const object = this.#comparableObject()
    const agreedBytes =
      object === undefined ? 0 : agreeWithObject(chunks, object, this.#file.buffer)
    if (agreedBytes === 'all') return { kind: 'bytes', bytes: pointerFor(this.#former.keyText!) }
    const hasher = this.#startHasher()
    const ingest = this.#context.store.startIngest()
    try {
      if (agreedBytes > 0) this.#takeFrom(object!, agreedBytes, ingest)
      for (; chunks.current.length > 0; chunks.advance(hasher.nextBuffer()))
        this.#take(chunks.current, ingest)
      return this.#finish(facts, ingest)
    } catch (error) {
      ingest.abort()
      throw error
    } finally {
      hasher.discard()
    }
  }

  #startHasher(): StreamHasher {
    const likelyBytes = this.#annexing.stat()?.size ?? 0n
    const { streamHashers } = this.#context
    this.#hasher = streamHashers.start(this.#backend, likelyBytes, this.#file.buffer)
    return this.#hasher
  }

  #findFormer(): Former {
    const { staged } = this.#context
    const entry = staged.find(this.#file.path)
    const keyText = entry && staged.keyTextOf(entry)
    const key = keyText === undefined ? undefined : parseKey(keyText)
    const sizeBytes = entry?.stat?.sizeBytes
    const isSameSize = sizeBytes !== undefined && this.#annexing.stat()?.size === BigInt(sizeBytes)
    const blob = isSameSize && !key ? { oid: entry!.oid, sizeBytes } : undefined
    return { blob, keyText, key }
  }

  /** What must be found out from the beginning of the content, before the buffer is used again. */
  #contentFacts(): MatchFacts {
    const { rule } = this.#context.rules.settingsFor(this.#file.path)
    if (!rule?.needsMime) return {}
    const mime = new ContentMime(this.#file.buffer)
    return { mimeType: mime.type, mimeEncoding: mime.encoding }
  }

  /** The object of the key that the index has, when the work tree file is as long. */
  #comparableObject(): Bytes | undefined {
    const { keyText } = this.#former
    if (keyText === undefined || this.#file.isForGit) return undefined
    const path = this.#context.store.locate(keyText)?.path
    if (path === undefined || !this.#annexing.canCompareWith(path)) return undefined
    return files.stat(path)?.size === this.#annexing.stat()?.size ? path : undefined
  }

  #take(chunk: Buffer, ingest: Ingest): void {
    this.#hasher?.update(chunk)
    this.#gitHash?.update(chunk)
    ingest.write(chunk)
    this.#sizeBytes += chunk.length
  }

  /** Takes the beginning that the content has in common with an object. */
  #takeFrom(object: Bytes, sizeBytes: number, ingest: Ingest): void {
    const fd = files.open(object, 'r')
    try {
      const buffer = Buffer.allocUnsafeSlow(this.#file.buffer.length)
      for (let left = sizeBytes; left > 0; ) {
        const chunk = buffer.subarray(0, Math.min(left, buffer.length))
        if (files.readFully(fd, chunk) < chunk.length) throw new Error(`${object} became shorter`)
        this.#take(chunk, ingest)
        left -= chunk.length
      }
    } finally {
      files.close(fd)
    }
  }

  #finish(contentFacts: MatchFacts, ingest: Ingest): Cleaned {
    const { blob, key } = this.#former
    const isInGit = blob?.sizeBytes === this.#sizeBytes && this.#gitHash?.digest('hex') === blob.oid
    if (this.#file.isForGit || isInGit) return { kind: 'file', path: ingest.release() }
    const digestHex = this.#hasher?.digestHex()
    if (digestHex !== undefined && this.#isFormerKeys(digestHex)) return this.#keep(ingest)
    const { path } = this.#file
    const facts = { ...contentFacts, path, sizeBytes: this.#sizeBytes }
    const settings = this.#context.rules.settingsFor(path)
    if (!decideGitAdd(settings, { facts, wasAnnexed: key !== undefined }).isLarge)
      return { kind: 'file', path: ingest.release() }
    const backend = this.#backend ?? this.#context.keyMaker.backendFor(path, key)
    const keyText = this.#annexing.keyTextFor(backend, {
      sizeBytes: this.#sizeBytes,
      digestHex: () => digestHex!,
      file: () => ingest.seal(),
    })
    return { kind: 'bytes', bytes: this.#annexing.storeIngest(keyText, ingest) }
  }

  /** Whether the content is that of the key in the index, whose hash the backend's hasher is. */
  #isFormerKeys(digestHex: string): boolean {
    const { key } = this.#former
    if (!key || backendOfKey(key.backend) !== this.#backend) return false
    return key.sizeBytes === BigInt(this.#sizeBytes) && verifyDigest(key, digestHex)
  }

  #keep(ingest: Ingest): Cleaned {
    const keyText = this.#former.keyText!
    if (!this.#context.store.has(keyText))
      return { kind: 'bytes', bytes: this.#annexing.storeIngest(keyText, ingest) }
    ingest.abort()
    return { kind: 'bytes', bytes: pointerFor(keyText) }
  }
}
