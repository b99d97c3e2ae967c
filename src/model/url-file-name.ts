/**
 * Names for files that come from urls, as git-annex makes them: nothing that a server or a url says can
 * name a place of its own. Pure. Implements spec: CLI, section 11.1 (addurl); numcopies, section 10.3.
 */
import { type Bytes, bytesFromText, bytesToText, hasKeptBytes } from './bytes.js'
import { AnnexError } from './errors.js'

/** The parts of a url that names are made of, escaped as they stand in it. */
interface UrlParts {
  readonly host: string
  readonly path: string
  readonly query: string
}

const URL_FORM = /^[a-z][a-z0-9+.-]*:(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(?:#.*)?$/is
/** Characters that cannot stand in the path or query of a url unescaped. */
const NOT_IN_URLS = /[^A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]/gu
/** White space, punctuation, symbols, control characters, what is no UTF-8, but not `.` and `-`. */
const UNSAFE = /(?![.-])[\s\p{P}\p{S}\p{Cc}\p{Cs}\ufffd]/gu
/** What file systems take for one name. */
const MOST_NAME_BYTES = 255

/** Whether a text is a url, of whatever scheme. */
export function isUrl(url: Bytes): boolean {
  return URL_FORM.test(bytesToText(url))
}

/**
 * The name for the content of a url: host, path and query in one, or directories.
 * @param pathDepth undefined: one name; positive: so many parts of host and path are left out;
 *   negative: so many are kept from the end
 * @throws AnnexError USAGE for a text that is no url, or depth 0
 */
export function urlFileName(url: Bytes, pathDepth?: number): Bytes {
  const { host, path, query } = splitUrl(url)
  const full = `${host}${path}${query}`
  if (pathDepth === undefined) return cut(safeName(full))
  if (pathDepth === 0) throw new AnnexError('USAGE', 'bad --pathdepth')
  const parts = full
    .split('/')
    .filter((part) => part !== '')
    .map((part) => cut(safeName(part)))
  if (pathDepth >= parts.length) return parts.join('/')
  return parts.slice(pathDepth).join('/')
}

function splitUrl(url: Bytes): UrlParts {
  const match = URL_FORM.exec(bytesToText(url))
  if (!match) throw new AnnexError('USAGE', `bad url ${bytesToText(url)}`)
  const [, authority = '', path = '', query = ''] = match
  const host = authority.replace(/^.*@/s, '').replace(/:\d*$/, '')
  return { host, path: escapeUnusual(path), query: escapeUnusual(query) }
}

function escapeUnusual(text: string): string {
  return text.replace(NOT_IN_URLS, (character) =>
    hasKeptBytes(character)
      ? `%${bytesFromText(character).charCodeAt(0).toString(16).toUpperCase()}`
      : encodeURIComponent(character),
  )
}

/** A text as one safe name: never empty, never beginning with a dot or a dash. */
function safeName(text: string): Bytes {
  const name = text.replace(UNSAFE, '_').replace(/^[-.]/, '_')
  return name === '' ? 'file' : bytesFromText(name)
}

/** Cuts a name to what fits, between characters. */
function cut(name: Bytes): Bytes {
  if (name.length <= MOST_NAME_BYTES) return name
  return name.slice(0, MOST_NAME_BYTES).replace(/[\xc0-\xff][\x80-\xbf]*$/, (last) => {
    const length = last >= '\xf0' ? 4 : last >= '\xe0' ? 3 : 2
    return last.length < length ? '' : last
  })
}

/** The name that a server proposes as one safe name. */
export function safeSuggestedName(name: Bytes): Bytes {
  return cut(safeName(bytesToText(name)))
}

/**
 * The name that a server proposes, as it is (`--preserve-filename`).
 * @throws AnnexError USAGE when it would lead to some other place or deceive
 */
export function preservedName(name: Bytes): Bytes {
  const parts = name.split('/')
  const problem =
    name === '' || name.startsWith('/') || parts.some((part) => part === '..' || part === '')
      ? 'path traversal'
      : parts.some((part) => part.toLowerCase() === '.git')
        ? 'contains a .git directory'
        : /[\p{Cc}]/u.test(bytesToText(name))
          ? 'contains a control character'
          : undefined
  if (problem === undefined) return name
  throw new AnnexError(
    'USAGE',
    `--preserve-filename was used, but the filename (${JSON.stringify(bytesToText(name)).slice(1, -1)}) has a security problem (${problem}), not adding.`,
  )
}
