/**
 * Which urls may be accessed: no scheme but those allowed, and no address on this machine or the local
 * network, so that nobody who can write to the repository can use us to look around behind a firewall.
 * Implements spec: numcopies, section 10.2. Read from git's configuration only.
 */
import type { GitConfig } from '../git/config.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { isLocalAddress, isSameAddress, parseIpAddress } from '../model/ip-address.js'

const SCHEMES_SETTING = 'annex.security.allowed-url-schemes'
const ADDRESSES_SETTING = 'annex.security.allowed-ip-addresses'
const OLD_ADDRESSES_SETTING = 'annex.security.allowed-http-addresses'
const DEFAULT_SCHEMES = 'http https ftp'

/** An address that may be accessed, perhaps at one port only. */
interface AllowedAddress {
  readonly address: string
  readonly port: number | undefined
}

export class UrlRules {
  readonly #schemes: ReadonlySet<string>
  readonly #allowsAll: boolean
  readonly #addresses: readonly AllowedAddress[]

  constructor(config: GitConfig) {
    const schemes = bytesToText(config.get(SCHEMES_SETTING) ?? DEFAULT_SCHEMES)
    this.#schemes = new Set(words(schemes).map((scheme) => scheme.toLowerCase()))
    const addresses = words(
      bytesToText(config.get(ADDRESSES_SETTING) ?? config.get(OLD_ADDRESSES_SETTING) ?? ''),
    )
    this.#allowsAll = addresses.includes('all')
    this.#addresses = addresses.map(parseAllowed)
  }

  /** @throws AnnexError URL_REFUSED */
  checkScheme(url: URL): void {
    if (this.#schemes.has(url.protocol.slice(0, -1))) return
    throw refusal(SCHEMES_SETTING, url.href)
  }

  /** Whether a connection may be made. @param address an IP address */
  allowsAddress(address: string, port: number): boolean {
    if (this.#allowsAll) return true
    const parsed = parseIpAddress(address)
    if (parsed && !isLocalAddress(parsed)) return true
    return this.#addresses.some(
      (allowed) =>
        isSameAddress(allowed.address, address) &&
        (allowed.port === undefined || allowed.port === port),
    )
  }

  /** The error for an address that is not allowed. */
  addressRefusal(address: string): AnnexError {
    return refusal(ADDRESSES_SETTING, `address ${address}`)
  }
}

function refusal(setting: string, what: string): AnnexError {
  return new AnnexError(
    'URL_REFUSED',
    `Configuration of ${setting} does not allow accessing ${what}`,
  )
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

/** `ADDRESS`, `[ADDRESS]` or `[ADDRESS]:PORT`. */
function parseAllowed(word: string): AllowedAddress {
  const match = /^\[([^\]]*)\](?::(\d+))?$/.exec(word)
  if (!match) return { address: word, port: undefined }
  return { address: match[1]!, port: match[2] === undefined ? undefined : Number(match[2]) }
}

/**
 * A recorded url as one that can be accessed: what may not stand in urls is escaped.
 * @throws AnnexError URL_REFUSED when it is none
 */
export function accessibleUrl(url: Bytes): URL {
  const text = bytesToText(url)
  if (URL.canParse(text)) return new URL(text)
  throw new AnnexError('URL_REFUSED', `bad url ${text}`)
}
