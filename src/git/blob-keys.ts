/**
 * What a blob stands for: the key of a pointer file or annex link, or nothing.
 *
 * A blob id never changes its meaning, so the answers are kept in a disposable cache under the annex
 * directory; damage to it is a miss. Unknown blobs are looked up all at once, with two processes.
 * Keys are serialized (`keyText`): parse one only when its parts are needed.
 */
import type { Bytes } from '../model/bytes.js'
import { isDiskFull } from '../model/errors.js'
import { formatKey } from '../model/key.js'
import { MAX_POINTER_BYTES, parseLinkTarget, parsePointer, pointerText } from '../model/pointer.js'
import { isReadOnly } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import { makeAnnexDirs, shareFile } from '../platform/make-dirs.js'
import { readBlobKeyCache, writeBlobKeyCache } from './blob-key-cache.js'
import { readBlobs, readInfos } from './cat-file.js'
import { objectFormat, textOid } from './object-format.js'
import type { Repository } from './repository.js'

/** A blob and how the tree or index uses it; index entries are such. */
export interface BlobUse {
  readonly oid: Bytes
  /** As in the index: 0o100644, 0o100755 or 0o120000; anything else is never annexed. */
  readonly mode: number
}

const LINK = 0o120000
const FILE = 0o100000
/** Most bytes of blobs to hold in memory at a time. */
const BATCH_BYTES = 16 << 20
/**
 * Reading a megabyte of the cache, and writing it, takes 10 ms; asking git for 1000 blobs takes 13, and
 * for what the short ones say another 15 (loose objects).
 */
const CACHE_BYTES_PER_BLOB = 1000

/** Answers for one kind of blob; the empty text stands for "no key". */
type Answers = Map<Bytes, Bytes>

/** Whether to have the answers at hand is worth more, for so many blobs, than it costs. */
export function paysToRemember({ annexDir }: Repository, blobs: number): boolean {
  const cacheBytes = Number(files.stat(cachePath(annexDir))?.size ?? 0n)
  return cacheBytes <= blobs * CACHE_BYTES_PER_BLOB
}

const cachePath = (annexDir: Bytes): Bytes => `${annexDir}/annexe/cache/blob-keys`

export class BlobKeys {
  readonly #repository: Repository
  readonly #cacheFile: Bytes
  readonly #files: Answers
  readonly #links: Answers
  #learnt = false

  /** Loads the cache. */
  constructor(repository: Repository) {
    this.#repository = repository
    this.#cacheFile = cachePath(repository.annexDir)
    const cached = readBlobKeyCache(files.readFile(this.#cacheFile), objectFormat(repository))
    this.#files = cached.files
    this.#links = cached.links
  }

  /**
   * The key that a blob stands for, serialized. Looks up a blob not seen before with two processes:
   * {@link resolve} many beforehand.
   * @returns undefined when it is no pointer file or annex link
   */
  keyTextOf(use: BlobUse): Bytes | undefined {
    const answers = this.#answersFor(use.mode)
    if (!answers) return undefined
    let answer = answers.get(use.oid)
    if (answer === undefined) {
      this.resolve([use])
      answer = answers.get(use.oid)
    }
    return answer === '' ? undefined : answer
  }

  /** Whether a blob is known to stand for a key, without asking git. */
  isKnownKey({ oid, mode }: BlobUse): boolean {
    return Boolean(this.#answersFor(mode)?.get(oid))
  }

  /** Looks up all blobs not known yet, with two processes (none when all are known). */
  resolve(uses: Iterable<BlobUse>): void {
    const unknownFiles = new Set<Bytes>()
    const unknownLinks = new Set<Bytes>()
    for (const { oid, mode } of uses) {
      const answers = this.#answersFor(mode)
      if (!answers || answers.has(oid)) continue
      if (answers === this.#links) unknownLinks.add(oid)
      else unknownFiles.add(oid)
    }
    if (unknownFiles.size + unknownLinks.size === 0) return
    this.#learnt = true
    const oids = new Set([...unknownFiles, ...unknownLinks])
    for (const [oid, content] of readSmallBlobs(this.#repository, oids)) {
      if (unknownFiles.has(oid)) this.#files.set(oid, keyTextOfFile(content))
      if (unknownLinks.has(oid)) this.#links.set(oid, keyTextOfLink(content))
    }
  }

  /**
   * The keys that objects stand for, whichever way a tree uses them. Trees and commits stand for none.
   * Unknown ones are looked up all at once, with two processes.
   */
  *keyTextsIn(oids: readonly Bytes[]): Generator<Bytes> {
    // A link's blob reads as a pointer file of its key, too: a link known as such need not be read.
    this.resolve(oids.filter((oid) => !this.#links.get(oid)).map((oid) => ({ oid, mode: FILE })))
    for (const oid of oids) {
      const keyText = this.#links.get(oid) || this.#files.get(oid)
      if (keyText) yield keyText
    }
  }

  /** Notes what we know because we made it: a pointer file or link for a key. */
  learn({ oid, mode }: BlobUse, keyText: Bytes): void {
    const answers = this.#answersFor(mode)
    if (!answers || answers.get(oid) === keyText) return
    answers.set(oid, keyText)
    this.#learnt = true
  }

  /** Writes the cache when something new was learnt, where it can: it only saves time. */
  save(): void {
    if (!this.#learnt) return
    const content = writeBlobKeyCache(
      { files: this.#files, links: this.#links },
      objectFormat(this.#repository),
    )
    try {
      makeAnnexDirs(this.#cacheFile.slice(0, this.#cacheFile.lastIndexOf('/')))
      files.replaceFile(this.#cacheFile, content)
      shareFile(this.#cacheFile)
      this.#learnt = false
    } catch (error) {
      if (!isReadOnly(error) && !isDiskFull(error)) throw error
    }
  }

  #answersFor(mode: number): Answers | undefined {
    const kind = mode & 0o170000
    return kind === FILE ? this.#files : kind === LINK ? this.#links : undefined
  }
}

const NO_CONTENT = Buffer.alloc(0)

/**
 * Reads blobs short enough to be pointers, a batch at a time; longer ones come out as empty, which
 * means the same here. Missing objects are left out.
 */
function* readSmallBlobs(
  repository: Repository,
  oids: Iterable<Bytes>,
): Generator<[oid: Bytes, content: Buffer]> {
  let batch: Bytes[] = []
  let bytes = 0
  for (const [oid, { sizeBytes }] of readInfos(repository, oids)) {
    if (sizeBytes === 0 || sizeBytes > MAX_POINTER_BYTES) {
      yield [oid, NO_CONTENT]
      continue
    }
    batch.push(oid)
    bytes += sizeBytes
    if (bytes < BATCH_BYTES) continue
    yield* readBlobs(repository, batch)
    batch = []
    bytes = 0
  }
  yield* readBlobs(repository, batch)
}

function keyTextOfFile(content: Buffer): Bytes {
  const key = parsePointer(content)
  return key ? formatKey(key) : ''
}

function keyTextOfLink(content: Buffer): Bytes {
  const key = parseLinkTarget(content.toString('latin1'))
  return key ? formatKey(key) : ''
}

/** The id of the blob that holds the canonical pointer file of a key. @param keyText serialized */
export function pointerOid(repository: Repository, keyText: Bytes): Bytes {
  return textOid(pointerText(keyText), objectFormat(repository))
}
