/**
 * Keys for new content: which backend a file gets, and its key once the content is hashed.
 * Implements spec: keys and backends, sections 3 to 5 and 7.
 */
import { chooseBackend } from '../backends/choose.js'
import { externalProgram } from '../backends/external.js'
import { externalKeyText } from '../backends/external-key.js'
import { hashKeyText } from '../backends/hash-key.js'
import { type Backend, backendOfKey } from '../backends/registry.js'
import { wormKeyText } from '../backends/worm.js'
import type { GitConfig } from '../git/config.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, isAnnexError } from '../model/errors.js'
import { DEFAULT_EXTENSION_LIMITS, type ExtensionLimits } from '../model/extension.js'
import type { Key } from '../model/key.js'
import { applyExternalTimeout } from './external-timeout.js'

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
  /** Absolute path of a file with the content; only external backends ask for it. */
  readonly file: () => Bytes
  readonly onProgress?: ((doneBytes: number) => void) | undefined
}

export class KeyMaker {
  readonly #sources: KeySources
  /** How long the extensions of new keys may be. */
  readonly limits: ExtensionLimits
  readonly #requiresSecure: boolean
  /** The configured backend, by the value of the attribute. */
  readonly #configured = new Map<Bytes | undefined, Backend>()

  /** @throws AnnexError CONFIG_INVALID */
  constructor(sources: KeySources) {
    this.#sources = sources
    this.limits = extensionLimits(sources.config)
    this.#requiresSecure = sources.config.getBoolean('annex.securehashesonly') ?? false
    applyExternalTimeout(sources.config)
  }

  /**
   * The backend for new content at a path: that of the key it had before, if keys can be made with
   * it, else the configured one.
   * @throws AnnexError BACKEND_UNKNOWN; BACKEND_CANNOT_GENERATE, also for an insecure backend where
   *   annex.securehashesonly is set
   */
  backendFor(path: Bytes, previous: Key | undefined): Backend {
    const former = previous && backendOfKey(previous.backend)
    const backend = former?.isGenerating
      ? former
      : this.#configuredFor(this.#sources.attribute(path, 'annex.backend'))
    if (!backend.isGenerating) throw cannotGenerate(backend)
    if (!this.#requiresSecure || backend.isSecure) return backend
    throw new AnnexError(
      'BACKEND_CANNOT_GENERATE',
      `annex.securehashesonly forbids keys of backend ${bytesToText(backend.name)}`,
    )
  }

  /** The backend chosen for new content at a path, whether or not keys can be made with it. */
  chosenBackend(path: Bytes): Backend {
    return this.#configuredFor(this.#sources.attribute(path, 'annex.backend'))
  }

  #configuredFor(attribute: Bytes | undefined): Backend {
    let backend = this.#configured.get(attribute)
    if (!backend) {
      const { config, option } = this.#sources
      backend = chooseBackend({
        option,
        attribute,
        config: config.get('annex.backend'),
        legacyConfig: config.get('annex.backends'),
      })
      this.#configured.set(attribute, backend)
    }
    return backend
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
   * @throws AnnexError BACKEND_CANNOT_GENERATE for WORM without a file; BACKEND_FAILED
   */
  keyTextFor(backend: Backend, content: NewContent): Bytes {
    if (this.#requiresSecure && !backend.isSecure)
      throw new AnnexError(
        'BACKEND_CANNOT_GENERATE',
        `annex.securehashesonly forbids keys of backend ${bytesToText(backend.name)}`,
      )
    const { path, sizeBytes, onProgress } = content
    const limits = this.limits
    if (backend.kind === 'external')
      return externalKeyText(backend, { file: content.file(), fileName: path, limits, onProgress })
    if (backend.kind !== 'worm')
      return hashKeyText(backend, {
        sizeBytes,
        digestHex: content.digestHex(),
        fileName: path,
        limits,
      })
    const mtimeSeconds = content.mtimeSeconds()
    if (mtimeSeconds !== undefined) return wormKeyText({ sizeBytes, mtimeSeconds, path })
    throw new AnnexError(
      'BACKEND_CANNOT_GENERATE',
      'Cannot make a WORM key: there is no such file in the work tree to take the time from',
    )
  }
}

/** What to say of a backend that makes no keys here. */
function cannotGenerate({ name, kind }: Backend): AnnexError {
  const message = `Cannot generate a key for backend ${bytesToText(name)}`
  if (kind !== 'external') return new AnnexError('BACKEND_CANNOT_GENERATE', message)
  const hint = `Install ${externalProgram(name).programName}: it is not in PATH`
  return new AnnexError('BACKEND_CANNOT_GENERATE', message, { hint })
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
