/**
 * Urls of repositories behind ssh, in git's two forms. Pure. Implements spec: transfer, section 3.
 */
import { type Bytes, bytesToText } from '../../model/bytes.js'
import { AnnexError } from '../../model/errors.js'

/** A repository behind ssh. */
export interface SshPlace {
  /** `HOST` or `USER@HOST`, as text; an IPv6 address without its brackets. */
  readonly host: string
  readonly port: string | undefined
  /** As git-annex-shell is told; `/~/x` and `/~user/x` lie in a home directory. */
  readonly path: Bytes
}

/**
 * Parses `ssh://[USER@]HOST[:PORT]/PATH` or `[USER@]HOST:PATH`.
 * @throws AnnexError CONFIG_INVALID for what ssh would take as an option, or what is none of these
 */
export function parseSshUrl(url: Bytes): SshPlace {
  const full = /^[a-z+]+:\/\/(?:([^/@]*)@)?(\[[^\]]*\]|[^/:]*)(?::(\d*))?(\/.*)?$/is.exec(url)
  const short = /^(?:([^/@[\]]*)@)?(\[[^\]]*\]|[^/:[\]]+):(.*)$/s.exec(url)
  const place = full
    ? toPlace({ user: full[1], host: full[2]!, port: full[3], path: decodePercent(full[4] ?? '/') })
    : short && toPlace({ user: short[1], ...splitPort(short[2]!), path: homePath(short[3]!) })
  if (place && place.host !== '' && !place.host.startsWith('-')) return place
  throw new AnnexError('CONFIG_INVALID', `Cannot use the ssh url "${bytesToText(url)}"`, {
    hint: 'See the urls in `git remote -v`: ssh://USER@HOST/PATH or USER@HOST:PATH',
  })
}

interface Parts {
  readonly user: Bytes | undefined
  readonly host: Bytes
  readonly port: string | undefined
  readonly path: Bytes
}

function toPlace({ user, host, port, path }: Parts): SshPlace {
  const name = bytesToText(host.replace(/^\[(.*)\]$/s, '$1'))
  const isOption = name.startsWith('-')
  return {
    host: user && !isOption ? `${bytesToText(user)}@${name}` : name,
    port: port || undefined,
    path,
  }
}

/** In the short form, brackets hold an IPv6 address, or a host and its port. */
function splitPort(host: Bytes): { host: Bytes; port: string | undefined } {
  const match = /^\[([^:]*):(\d+)\]$/.exec(host)
  return match ? { host: match[1]!, port: match[2] } : { host, port: undefined }
}

/** A path in the short form is relative to the home directory. */
function homePath(path: Bytes): Bytes {
  if (path.startsWith('/')) return path
  return path.startsWith('~') ? `/${path}` : `/~/${path}`
}

function decodePercent(path: Bytes): Bytes {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}
