/**
 * All backends by name, and how to start hashing for one.
 *
 * Implements spec: keys and backends, section 3. A new hash backend is one line of {@link HASHES}.
 */
import type { Bytes } from '../model/bytes.js'
import { bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { blake2Tree, type Digest, hashWasm, openssl, opensslOnBun, skein } from './digest.js'
import { externalProgram } from './external.js'
import type { Hasher } from './hasher.js'

/**
 * Where the names of a backend's keys come from. `bundle` and `manifest` are git-annex's own
 * storage of git repositories; `external` is answered by a program.
 */
export type BackendKind = 'hash' | 'worm' | 'url' | 'bundle' | 'manifest' | 'external'

/** Of an external backend only its program knows: asking may throw BACKEND_FAILED. */
export interface Backend {
  /** As it stands in keys, such as `SHA256E`. */
  readonly name: Bytes
  readonly kind: BackendKind
  /** Whether keys end in an extension of the file's name. */
  readonly takesExtension: boolean
  /** Whether keys for files can be made here: from content, or from stat data (`worm`). */
  readonly isGenerating: boolean
  /** Whether content can be compared with a key. */
  readonly isVerifiable: boolean
  /** Whether a key always stands for the same content. */
  readonly isStable: boolean
  /** Whether content cannot be forged for a key (`annex.securehashesonly`). */
  readonly isSecure: boolean
  /** The hash of the content in the key, where there is one. */
  readonly digest: Digest | undefined
}

/** Hash backends without `E`, in the order of `git annex version`. */
const HASHES: readonly (readonly [name: Bytes, digest: Digest, isSecure?: false])[] = [
  ['SHA256', openssl('sha256', 256)],
  ['SHA512', openssl('sha512', 512)],
  ['SHA224', openssl('sha224', 224)],
  ['SHA384', openssl('sha384', 384)],
  ['SHA3_256', openssl('sha3-256', 256)],
  ['SHA3_512', openssl('sha3-512', 512)],
  ['SHA3_224', openssl('sha3-224', 224)],
  ['SHA3_384', openssl('sha3-384', 384)],
  ['SKEIN256', skein(256)],
  ['SKEIN512', skein(512)],
  ['BLAKE2B256', opensslOnBun('blake2b256', 256)],
  ['BLAKE2B512', openssl('blake2b512', 512)],
  ['BLAKE2B160', hashWasm('blake2b160', 160)],
  ['BLAKE2B224', hashWasm('blake2b224', 224)],
  ['BLAKE2B384', hashWasm('blake2b384', 384)],
  ['BLAKE2BP512', blake2Tree('blake2bp', 512)],
  ['BLAKE2S256', openssl('blake2s256', 256)],
  ['BLAKE2S160', hashWasm('blake2s160', 160)],
  ['BLAKE2S224', hashWasm('blake2s224', 224)],
  ['BLAKE2SP256', blake2Tree('blake2sp', 256)],
  ['BLAKE2SP224', blake2Tree('blake2sp', 224)],
  ['SHA1', openssl('sha1', 160), false],
  ['MD5', openssl('md5', 128), false],
]

/** Names of git-annex's first design, accepted where a person chooses a backend. */
const ALIASES: Readonly<Record<Bytes, Bytes>> = { file: 'WORM', sha1sum: 'SHA1', url: 'URL' }

/** What users can see; the rest is known when it stands in a key. */
const listed = new Map<Bytes, Backend>()
const internal = new Map<Bytes, Backend>()

/** A hash backend and its `E` twin, which comes first. */
function addHash(name: Bytes, digest: Digest, isSecure = true): void {
  for (const takesExtension of [true, false])
    listed.set(takesExtension ? `${name}E` : name, {
      name: takesExtension ? `${name}E` : name,
      kind: 'hash',
      takesExtension,
      isGenerating: true,
      isVerifiable: true,
      isStable: true,
      isSecure,
      digest,
    })
}

function withoutHash(name: Bytes, kind: BackendKind): Backend {
  return {
    name,
    kind,
    takesExtension: false,
    isGenerating: kind === 'worm',
    isVerifiable: false,
    isStable: kind === 'worm',
    isSecure: false,
    digest: undefined,
  }
}

/** A backend whose program answers for it: it is looked for, and started, when it is asked. */
class ExternalBackend implements Backend {
  readonly kind = 'external'
  readonly digest = undefined
  readonly name: Bytes
  readonly takesExtension: boolean

  constructor(name: Bytes) {
    this.name = name
    this.takesExtension = name.endsWith('E')
  }

  get isGenerating(): boolean {
    return externalProgram(this.name).isInstalled
  }

  get isVerifiable(): boolean {
    return externalProgram(this.name).properties.canVerify
  }

  get isStable(): boolean {
    return externalProgram(this.name).properties.isStable
  }

  get isSecure(): boolean {
    return externalProgram(this.name).properties.isSecure
  }
}

for (const [name, digest, isSecure] of HASHES) addHash(name, digest, isSecure)
listed.set('WORM', withoutHash('WORM', 'worm'))
listed.set('URL', withoutHash('URL', 'url'))
listed.set('VURL', withoutHash('VURL', 'url'))
addHash('XBLAKE3', hashWasm('blake3', 256))
internal.set('GITMANIFEST', withoutHash('GITMANIFEST', 'manifest'))
internal.set('GITBUNDLE', {
  ...withoutHash('GITBUNDLE', 'bundle'),
  isVerifiable: true,
  isStable: true,
  isSecure: true,
  digest: listed.get('SHA256')!.digest,
})

/**
 * The backend of a key.
 * @param name the key's backend field
 * @returns undefined when the name is unknown; such keys are kept and moved like any other. Every
 *   name that starts with `X` is known: a program may stand behind it
 */
export function backendOfKey(name: Bytes): Backend | undefined {
  const backend = listed.get(name) ?? internal.get(name)
  if (backend || name[0] !== 'X') return backend
  const external = new ExternalBackend(name)
  internal.set(name, external)
  return external
}

/**
 * The backend that a person means: as {@link backendOfKey}, and the names `file`, `sha1sum`, `url`.
 * @param name case counts
 */
export function findBackend(name: Bytes): Backend | undefined {
  return backendOfKey(Object.hasOwn(ALIASES, name) ? ALIASES[name]! : name)
}

/** Names of the backends that are built in, in the order of `git annex version`. */
export function backendNames(): readonly Bytes[] {
  return [...listed.keys()]
}

/** Whether {@link prepareHasher} must be awaited before {@link newHasher}; most need nothing. */
export function needsPreparing(backend: Backend): boolean {
  return backend.digest !== undefined && !backend.digest.isReady()
}

/** Loads what the backend's hash function needs; returns at once for those built in. */
export async function prepareHasher(backend: Backend): Promise<void> {
  await backend.digest?.prepare()
}

/**
 * Starts hashing one content.
 * @param backend one with a digest, prepared when {@link needsPreparing} says so
 * @throws AnnexError BACKEND_CANNOT_GENERATE for a backend without a hash, such as URL
 */
export function newHasher(backend: Backend): Hasher {
  if (!backend.digest)
    throw new AnnexError(
      'BACKEND_CANNOT_GENERATE',
      `Cannot generate a key for backend ${bytesToText(backend.name)}`,
    )
  return backend.digest.start()
}
