/**
 * Names and passwords for web servers that want them: git's own credential helpers are asked, and told
 * whether the answer was right. See git-credential(1).
 */
import { runSync } from '../platform/subprocess.js'

interface Credential {
  /** What git answered, to be given back to it. */
  readonly description: string
  /** The value of the header. */
  readonly authorization: string
  isApproved: boolean
}

/** Credentials by the origin (scheme, host and port) they are for. */
export class HttpCredentials {
  readonly #known = new Map<string, Credential>()

  /** What to send to a server, if it has asked before. */
  headerFor({ origin }: URL): string | undefined {
    return this.#known.get(origin)?.authorization
  }

  /**
   * Finds what to answer a server that asks.
   * @param refused what was sent to it in vain
   * @returns false when nobody knows
   */
  renew(url: URL, refused: string | undefined): boolean {
    const known = this.#known.get(url.origin)
    // Another request may have been answered meanwhile.
    if (known && known.authorization !== refused) return true
    if (known) {
      this.#known.delete(url.origin)
      tell('reject', known.description)
      // Who asks twice would ask for ever.
      return false
    }
    const found = ask(url)
    if (found) this.#known.set(url.origin, found)
    return found !== undefined
  }

  /** The server has taken what was sent. */
  approve({ origin }: URL): void {
    const known = this.#known.get(origin)
    if (!known || known.isApproved) return
    known.isApproved = true
    tell('approve', known.description)
  }
}

function ask(url: URL): Credential | undefined {
  const question = [
    `protocol=${url.protocol.slice(0, -1)}`,
    `host=${url.host}`,
    `path=${url.pathname.slice(1)}`,
    ...(url.username === '' ? [] : [`username=${decodeURIComponent(url.username)}`]),
  ]
  const { status, stdout } = runSync(['git', 'credential', 'fill'], {
    input: Buffer.from(`${question.join('\n')}\n\n`),
    stderr: 'inherit',
  })
  if (status !== 0) return undefined
  const description = stdout.toString('utf8')
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(description)?.[1] ?? ''
  const pair = `${field('username')}:${field('password')}`
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  return { description, authorization, isApproved: false }
}

function tell(what: 'approve' | 'reject', description: string): void {
  runSync(['git', 'credential', what], {
    input: Buffer.from(`${description.trimEnd()}\n\n`),
    stderr: 'inherit',
  })
}
