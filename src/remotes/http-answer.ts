/**
 * A web server's answer: its body is handed on in pieces as they come, held back or broken off as the
 * reader wants, and given up when nothing comes for too long.
 */
import type http from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { AnnexError, errorMessage, isAnnexError } from '../model/errors.js'
import type { Pace } from './remote.js'

/** How long a server may be silent: this long, in milliseconds. */
export const TIMEOUT_SETTING = 'annex.web-timeout'

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

/**
 * Sends a request and waits for the head of the answer.
 * @throws AnnexError REMOTE_UNAVAILABLE
 */
export function awaitAnswer(
  sent: http.ClientRequest,
  { silenceMs, signal }: { silenceMs: number; signal?: AbortSignal | undefined },
): Promise<HttpAnswer> {
  return new Promise((settle, fail) => {
    const stop = (error: Error) => {
      watch.stop()
      fail(error)
      sent.destroy()
    }
    const watch = new Watch(silenceMs, stop)
    onAbort(signal, stop)
    sent.on('response', (message) => {
      watch.stop()
      settle(new StreamedAnswer(message, silenceMs))
    })
    sent.on('error', (error) => {
      watch.stop()
      fail(connectionError(error))
    })
    sent.end()
  })
}

class StreamedAnswer implements HttpAnswer {
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
