/**
 * Reading from web servers: one request after the other, redirects followed, every address checked at
 * the moment of connecting (a name may mean another address than when somebody looked before).
 *
 * Bodies are handed on in pieces as they come; nothing is held in memory.
 */
import { type LookupAddress, type LookupOptions, lookup as resolve } from 'node:dns'
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import type { GitConfig } from '../git/config.js'
import { bytesToText } from '../model/bytes.js'
import { AnnexError, errorMessage, isAnnexError } from '../model/errors.js'
import { parseDuration } from '../model/units.js'
import { VERSION } from '../model/version.js'
import { runSync } from '../platform/subprocess.js'
import type { Pace } from './remote.js'
import { UrlRules } from './url-rules.js'

const TIMEOUT_SETTING = 'annex.web-timeout'
const DEFAULT_TIMEOUT_SECONDS = 60
const MOST_REDIRECTS = 10
const REDIRECTS = [301, 302, 303, 307, 308]

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** When it is aborted while the answer has not begun, there is none. */
  readonly signal?: AbortSignal | undefined
}

/** A server's answer. Its body is read or discarded by whoever gets it. */
export interface HttpAnswer {
  readonly status: number
  /** Such as `Not Found`. */
  readonly reason: string
  readonly headers: IncomingHttpHeaders
  /**
   * Reads the body.
   * @param onChunk gets each piece; what it throws ends the reading
   * @param pace holds the reading back, or ends it
   * @throws AnnexError REMOTE_UNAVAILABLE when the connection ends too early, or for too long nothing
   *   comes
   */
  read(onChunk: (chunk: Uint8Array) => void, pace?: Pace): Promise<void>
  /** Closes the connection. */
  discard(): void
}

export class HttpClient {
  readonly rules: UrlRules
  readonly #config: GitConfig
  readonly #silenceMs: number
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
    const sent = request(url, {
      method,
      headers: { ...this.#headers, ...headers },
      lookup: (name, options, callback) => this.#lookUp({ name, port, options }, callback),
    })
    const message = await this.#awaitAnswer(sent, signal)
    return new Answer(message, this.#silenceMs)
  }

  #awaitAnswer(sent: http.ClientRequest, signal?: AbortSignal): Promise<IncomingMessage> {
    return new Promise((settle, fail) => {
      const stop = (error: Error) => {
        watch.stop()
        fail(error)
        sent.destroy()
      }
      const watch = new Watch(this.#silenceMs, stop)
      onAbort(signal, stop)
      sent.on('response', (message) => {
        watch.stop()
        settle(message)
      })
      sent.on('error', (error) => {
        watch.stop()
        fail(connectionError(error))
      })
      sent.end()
    })
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

/** Where a redirect leads: to another web address, never to a file. */
function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  if (to && ['http:', 'https:'].includes(to.protocol)) return to
  throw new AnnexError('URL_REFUSED', `it redirects to ${location}, which is no web address`)
}

class Answer implements HttpAnswer {
  readonly #message: IncomingMessage
  readonly #silenceMs: number

  constructor(message: IncomingMessage, silenceMs: number) {
    this.#message = message
    this.#silenceMs = silenceMs
  }

  get status(): number {
    return this.#message.statusCode ?? 0
  }

  get reason(): string {
    return this.#message.statusMessage || `status ${this.status}`
  }

  get headers(): IncomingHttpHeaders {
    return this.#message.headers
  }

  read(onChunk: (chunk: Uint8Array) => void, pace: Pace = {}): Promise<void> {
    const message = this.#message
    return new Promise((settle, fail) => {
      const stop = (error: Error) => {
        watch.stop()
        fail(error)
        message.destroy()
      }
      const watch = new Watch(this.#silenceMs, stop)
      onAbort(pace.signal, stop)
      message.on('data', (chunk: Uint8Array) => {
        watch.reset()
        try {
          onChunk(chunk)
          this.#pause(pace.waitMs?.() ?? 0)
        } catch (error) {
          stop(error as Error)
        }
      })
      message.on('end', () => {
        watch.stop()
        if (message.complete) settle()
        else stop(tooEarly())
      })
      message.on('error', (error) => stop(connectionError(error)))
      message.on('close', () => stop(tooEarly()))
    })
  }

  /** The server finds nobody reading for a while, and sends no more than buffers hold. */
  #pause(ms: number): void {
    if (ms <= 0) return
    this.#message.pause()
    setTimeout(() => this.#message.resume(), ms)
  }

  discard(): void {
    this.#message.on('error', () => {})
    this.#message.destroy()
  }
}

/** Calls back once when nothing has happened for some time. */
class Watch {
  readonly #silenceMs: number
  readonly #onSilence: (error: Error) => void
  #timer: NodeJS.Timeout

  constructor(silenceMs: number, onSilence: (error: Error) => void) {
    this.#silenceMs = silenceMs
    this.#onSilence = onSilence
    this.#timer = this.#start()
  }

  #start(): NodeJS.Timeout {
    return setTimeout(() => {
      const seconds = this.#silenceMs / 1000
      this.#onSilence(
        new AnnexError('REMOTE_UNAVAILABLE', `nothing came for ${seconds} seconds`, {
          hint: `${TIMEOUT_SETTING} sets how long to wait`,
        }),
      )
    }, this.#silenceMs)
  }

  reset(): void {
    this.#timer.refresh()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

function onAbort(signal: AbortSignal | undefined, stop: (error: Error) => void): void {
  const breakOff = () => stop(new AnnexError('REMOTE_UNAVAILABLE', 'the transfer was broken off'))
  if (signal?.aborted) breakOff()
  signal?.addEventListener('abort', breakOff, { once: true })
}

function tooEarly(): AnnexError {
  return new AnnexError('REMOTE_UNAVAILABLE', 'the connection was closed before everything came')
}

function connectionError(error: Error): Error {
  if (isAnnexError(error)) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ECONNRESET' || code === 'ABORT_ERR') return tooEarly()
  return new AnnexError('REMOTE_UNAVAILABLE', errorMessage(error) || String(code), {
    cause: error,
  })
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
