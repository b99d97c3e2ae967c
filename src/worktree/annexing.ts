/**
 * Puts content into the annex for the filter: the object first, then its presence in the journal;
 * only then may git hear of the pointer.
 */
import type { Backend } from '../backends/registry.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { formatPointer } from '../model/pointer.js'
import type { Uuid } from '../model/uuid.js'
import * as files from '../platform/files.js'
import type { Ingest } from '../store/ingest.js'
import type { FilterContext } from './filter-context.js'

const DEFAULT_MODE = 0o644
const SECOND_NS = 1_000_000_000n

/** What a key is made of; each backend asks for what it needs. */
export interface AnnexedContent {
  readonly sizeBytes: number
  /** The digest for keys of the backend at hand. */
  readonly digestHex: () => string
  /** Absolute path of a file with the content. */
  readonly file: () => Bytes
}

/** One file on its way into the annex. */
export class Annexing {
  readonly #context: FilterContext
  readonly #path: Bytes
  #stat: files.FileStat | null | undefined

  /** @param path relative to the top of the work tree; there may be no such file */
  constructor(context: FilterContext, path: Bytes) {
    this.#context = context
    this.#path = path
  }

  /**
   * Makes the key of the content, serialized.
   * @throws AnnexError as `KeyMaker.keyTextFor`; KEY_INVALID for a key that nobody would accept
   */
  keyTextFor(backend: Backend, { sizeBytes, digestHex, file }: AnnexedContent): Bytes {
    const mtimeSeconds = () => {
      const mtimeNs = this.stat()?.mtimeNs
      return mtimeNs === undefined ? undefined : mtimeNs / SECOND_NS
    }
    const path = this.#path
    const content = { path, sizeBytes, digestHex, mtimeSeconds, file }
    const keyText = this.#context.keyMaker.keyTextFor(backend, content)
    if (parseKey(keyText)) return keyText
    throw new AnnexError('KEY_INVALID', `its extension is too long for a key: ${keyText}`, {
      hint: 'Lower annex.maxextensionlength',
    })
  }

  /** Takes in content that is in memory. @returns the pointer @throws AnnexError DISK_FULL */
  storeBuffer(keyText: Bytes, content: Uint8Array): Buffer {
    const uuid = this.#requireUuid()
    this.#context.store.storeBuffer(keyText, content, this.#mode())
    return this.#record(keyText, uuid)
  }

  /** Takes in content that was streamed. @returns the pointer */
  storeIngest(keyText: Bytes, ingest: Ingest): Buffer {
    const uuid = this.#requireUuid()
    ingest.commit(keyText, this.#mode())
    return this.#record(keyText, uuid)
  }

  /** What lies in the work tree at the path, links not followed; undefined when nothing does. */
  stat(): files.FileStat | undefined {
    if (this.#stat === undefined) {
      const { workTree } = this.#context.repository
      this.#stat = (workTree && files.lstat(`${workTree}/${this.#path}`)) || null
    }
    return this.#stat ?? undefined
  }

  /**
   * Whether an object can tell if the content is still its own: not when the work tree file is the
   * object (annex.thin), whose content a user may have changed.
   * @param object absolute path
   */
  canCompareWith(object: Bytes): boolean {
    const here = this.stat()
    const there = files.stat(object)
    return there !== undefined && !(here?.ino === there.ino && here.dev === there.dev)
  }

  #mode(): number {
    const stat = this.stat()
    return stat?.isFile() ? Number(stat.mode & 0o777n) : DEFAULT_MODE
  }

  #record(keyText: Bytes, uuid: Uuid): Buffer {
    this.#context.recordArrival(keyText, uuid)
    return pointerFor(keyText)
  }

  #requireUuid(): Uuid {
    const { uuid } = this.#context
    if (uuid !== undefined) return uuid
    throw new AnnexError('NOT_INITIALISED', 'this repository has no annex yet', {
      hint: 'Run: git annex init',
    })
  }
}

/** The pointer file for a serialized key. @throws Error when it is no key */
export function pointerFor(keyText: Bytes): Buffer {
  const key = parseKey(keyText)
  if (!key) throw new Error(`Not a key: ${bytesToText(keyText)}`)
  return formatPointer(key)
}
