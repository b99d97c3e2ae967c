/**
 * Keys for new content: which backend a file gets, and its key once the content is hashed.
 * Implements spec: keys and backends, sections 3 to 5 and 7.
 */
import { chooseBackend } from '../backends/choose.js'
import { hashKeyText } from '../backends/hash-key.js'
import { type Backend, backendOfKey } from '../backends/registry.js'
import { wormKeyText } from '../backends/worm.js'
import type { GitConfig } from '../git/config.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, isAnnexError } from '../model/errors.js'
import { DEFAULT_EXTENSION_LIMITS, type ExtensionLimits } from '../model/extension.js'
import type { Key } from '../model/key.js'

export interface KeySources {
  readonly config: GitConfig
  /** `--backend`, which overrides everything else. */
  readonly option?: Bytes | undefined
  /** The value of a gitattribute for a path; undefined when it is not specified. */
  attribute(path: Bytes, name: string): Bytes | undefined
}

/** Content about to get a key. */
export interface NewContent {
  /** Relative to the top of the work tree. */
  readonly path: Bytes
  readonly sizeBytes: number
  /** Of the content, by the backend's hasher; only hash backends ask for it. */
  readonly digestHex: () => string
  /** Whole seconds; undefined when there is no such file. Only WORM asks for it. */
  readonly mtimeSeconds: () => bigint | undefined
}

export class KeyMaker {
  readonly #sources: KeySources
  readonly #limits: ExtensionLimits

  constructor(sources: KeySources) {
    this.#sources = sources
    this.#limits = extensionLimits(sources.config)
  }

  /**
   * The backend for new content at a path: that of the key it had before, if keys can be made with
   * it, else the configured one.
   * @throws AnnexError BACKEND_UNKNOWN, BACKEND_CANNOT_GENERATE
   */
  backendFor(path: Bytes, previous: Key | undefined): Backend {
    const former = previous && backendOfKey(previous.backend)
    if (former?.isGenerating) return former
    const { config, option } = this.#sources
    const backend = chooseBackend({
      option,
      attribute: this.#sources.attribute(path, 'annex.backend'),
      config: config.get('annex.backend'),
      legacyConfig: config.get('annex.backends'),
    })
    if (backend.isGenerating) return backend
    throw new AnnexError(
      'BACKEND_CANNOT_GENERATE',
      `Cannot generate a key for backend ${bytesToText(backend.name)}`,
    )
  }

  /** As {@link backendFor}, for a file that may not need one: undefined when the name is no good. */
  findBackendFor(path: Bytes, previous: Key | undefined): Backend | undefined {
    try {
      return this.backendFor(path, previous)
    } catch (error) {
      if (isAnnexError(error, 'BACKEND_UNKNOWN')) return undefined
      if (isAnnexError(error, 'BACKEND_CANNOT_GENERATE')) return undefined
      throw error
    }
  }

  /**
   * The serialized key.
   * @throws AnnexError BACKEND_CANNOT_GENERATE for WORM without a file, and for an insecure backend
   *   where annex.securehashesonly is set
   */
  keyTextFor(backend: Backend, content: NewContent): Bytes {
    if (!backend.isSecure && this.#sources.config.getBoolean('annex.securehashesonly'))
      throw new AnnexError(
        'BACKEND_CANNOT_GENERATE',
        `annex.securehashesonly forbids keys of backend ${bytesToText(backend.name)}`,
      )
    const { path, sizeBytes } = content
    if (backend.kind !== 'worm')
      return hashKeyText(backend, {
        sizeBytes,
        digestHex: content.digestHex(),
        fileName: path,
        limits: this.#limits,
      })
    const mtimeSeconds = content.mtimeSeconds()
    if (mtimeSeconds !== undefined) return wormKeyText({ sizeBytes, mtimeSeconds, path })
    throw new AnnexError(
      'BACKEND_CANNOT_GENERATE',
      'Cannot make a WORM key: there is no such file in the work tree to take the time from',
    )
  }
}

/** @throws AnnexError CONFIG_INVALID */
function extensionLimits(config: GitConfig): ExtensionLimits {
  const { maxLength, maxExtensions } = DEFAULT_EXTENSION_LIMITS
  return {
    maxLength: readCount(config, 'annex.maxextensionlength') ?? maxLength,
    maxExtensions: readCount(config, 'annex.maxextensions') ?? maxExtensions,
  }
}

function readCount(config: GitConfig, name: string): number | undefined {
  const value = config.get(name)
  if (value === undefined || /^\d+$/.test(value)) return value === undefined ? value : Number(value)
  throw new AnnexError('CONFIG_INVALID', `Bad number "${bytesToText(value)}" for "${name}"`)
}
