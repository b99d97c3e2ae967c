/**
 * Which backend a new file gets.
 *
 * Implements spec: keys and backends, section 7, from values that the caller has read.
 */
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { type Backend, findBackend } from './registry.js'

/** Every place that can name a backend, strongest first; leave out what is not set. */
export interface BackendSources {
  /** `--backend`. */
  readonly option?: Bytes | undefined
  /** Value of the attribute `annex.backend` for the file; values git has for "none" do no harm. */
  readonly attribute?: Bytes | undefined
  /** git config `annex.backend`. */
  readonly config?: Bytes | undefined
  /** git config `annex.backends`, a list of which the first word counts. */
  readonly legacyConfig?: Bytes | undefined
}

const DEFAULT = findBackend('SHA256E')!

/**
 * Chooses the backend for a file.
 * @throws AnnexError BACKEND_UNKNOWN for an unknown name; in an attribute it is passed over, as
 *   another program's clone of the repository may know it
 */
export function chooseBackend(sources: BackendSources): Backend {
  const { option, attribute, config, legacyConfig } = sources
  if (option !== undefined) return namedBackend(option)
  const byAttribute = attribute ? findBackend(attribute) : undefined
  return byAttribute ?? namedBackend(config ?? firstWord(legacyConfig ?? ''))
}

/**
 * Finds a backend by the name a person gave.
 * @param name empty for the default
 * @throws AnnexError BACKEND_UNKNOWN
 */
export function namedBackend(name: Bytes): Backend {
  if (name === '') return DEFAULT
  const backend = findBackend(name)
  if (backend) return backend
  throw new AnnexError('BACKEND_UNKNOWN', `unknown backend ${bytesToText(name)}`, {
    hint: 'git annex backends lists those that there are',
  })
}

function firstWord(text: Bytes): Bytes {
  return /\S+/.exec(text)?.[0] ?? ''
}
