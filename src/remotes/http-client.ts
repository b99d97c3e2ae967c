/**
 * Reading from web servers: one request after the other, redirects followed, every address checked at
 * the moment of connecting (a name may mean another address than when somebody looked before).
 *
 * Bodies are handed on in pieces as they come; nothing is held in memory.
 */
import { type LookupAddress, type LookupOptions, lookup as resolve } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import type { GitConfig } from '../git/config.js'
import { bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseDuration } from '../model/units.js'
import { VERSION } from '../model/version.js'
import { runSync } from '../platform/subprocess.js'
import { awaitAnswer, type HttpAnswer, TIMEOUT_SETTING } from './http-answer.js'
import { HttpCredentials } from './http-credentials.js'
import { UrlRules } from './url-rules.js'

const DEFAULT_TIMEOUT_SECONDS = 60
const UNAUTHORIZED = 401
const MOST_REDIRECTS = 10
const REDIRECTS = [301, 302, 303, 307, 308]

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** When it is aborted while the answer has not begun, there is none. */
  readonly signal?: AbortSignal | undefined
}

export class HttpClient {
  readonly rules: UrlRules
  readonly #config: GitConfig
  readonly #silenceMs: number
  readonly #credentials = new HttpCredentials()
  #headers: Record<string, string> | undefined

  /** @throws AnnexError CONFIG_INVALID */
  constructor(config: GitConfig) {
    this.rules = new UrlRules(config)
    this.#config = config
    this.#silenceMs = readTimeout(config) * 1000
  }

  /**
   * Sends a request and follows redirects.
   * @throws AnnexError URL_REFUSED, REMOTE_UNAVAILABLE
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    let { url } = request
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const answer = await this.#sendOnce({ ...request, url })
      const { location } = answer.headers
      if (!REDIRECTS.includes(answer.status) || location === undefined) return answer
      answer.discard()
      url = redirected(url, location)
    }
    throw new AnnexError('REMOTE_UNAVAILABLE', 'too many redirects')
  }

  async #sendOnce({ method, url, headers, signal }: HttpRequest): Promise<HttpAnswer> {
    this.rules.checkScheme(url)
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    // An address is never looked up.
    if (isIP(host) && !this.rules.allowsAddress(host, port)) throw this.rules.addressRefusal(host)
    const { request } = url.protocol === 'https:' ? https : http
    this.#headers ??= ownHeaders(this.#config)
    const authorization = this.#credentials.headerFor(url)
    const sent = request(url, {
      method,
      headers: { ...this.#headers, ...headers, ...(authorization && { authorization }) },
      lookup: (name, options, callback) => this.#lookUp({ name, port, options }, callback),
    })
    const answer = await awaitAnswer(sent, { silenceMs: this.#silenceMs, signal })
    if (authorization && answer.status < 400) this.#credentials.approve(url)
    if (answer.status !== UNAUTHORIZED || !asksForPassword(answer)) return answer
    if (!this.#credentials.renew(url, authorization)) return answer
    answer.discard()
    return await this.#sendOnce({ method, url, signal, ...(headers && { headers }) })
  }

  /** Finds the addresses of a host and leaves out those that are not allowed. */
  #lookUp({ name, port, options }: Lookup, callback: LookupCallback): void {
    resolve(name, { ...options, all: true }, (error, found) => {
      if (error) {
        callback(error, '')
        return
      }
      const allowed = found.filter(({ address }) => this.rules.allowsAddress(address, port))
      const [first] = allowed
      if (!first) callback(this.rules.addressRefusal(found[0]?.address ?? name), '')
      else if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}

interface Lookup {
  readonly name: string
  readonly port: number
  readonly options: LookupOptions
}

type LookupCallback = (
  error: Error | null,
  address: string | LookupAddress[],
  family?: number,
) => void

function asksForPassword({ headers }: HttpAnswer): boolean {
  return /\bbasic\b/i.test(headers['www-authenticate'] ?? '')
}

/** Where a redirect leads: to another web address, never to a file. */
function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  if (to && ['http:', 'https:'].includes(to.protocol)) return to
  throw new AnnexError('URL_REFUSED', `it redirects to ${location}, which is no web address`)
}

/** `annex.http-headers`, and what `annex.http-headers-command` prints: lines `NAME: VALUE`. */
function ownHeaders(config: GitConfig): Record<string, string> {
  const lines = config.getAll('annex.http-headers').map(bytesToText)
  const command = config.get('annex.http-headers-command')
  if (command) {
    const { stdout } = runSync(['sh', '-c', bytesToText(command)], { stderr: 'inherit' })
    lines.push(...stdout.toString('utf8').split('\n'))
  }
  const headers: Record<string, string> = {
    'User-Agent': `git-annex/${VERSION}`,
    'Accept-Encoding': 'identity',
  }
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim()
  }
  return headers
}

function readTimeout(config: GitConfig): number {
  const value = config.get(TIMEOUT_SETTING)
  if (value === undefined) return DEFAULT_TIMEOUT_SECONDS
  const seconds = parseDuration(bytesToText(value))
  if (seconds) return seconds
  throw new AnnexError(
    'CONFIG_INVALID',
    `Bad duration "${bytesToText(value)}" for "${TIMEOUT_SETTING}"`,
  )
}
