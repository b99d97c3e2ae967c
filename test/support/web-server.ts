/** Starts the web server of answering-server.mjs for the tests of one file. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll } from '@jest/globals'
import { PROJECT, type Scratch, type ScratchRepo } from './scratch.js'

/** A request that the server has seen. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  /** The header of that name. */
  readonly range: string | null
}

export class WebServer {
  readonly #dir: string
  #child: ChildProcess | undefined
  #port = 0

  constructor(dir: string) {
    this.#dir = dir
  }

  async start(): Promise<void> {
    mkdirSync(this.#dir, { recursive: true })
    const script = join(PROJECT, 'test', 'support', 'answering-server.mjs')
    this.#child = spawn(process.execPath, [script, this.#dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(this.#child.stdout!, 'data')
    this.#port = Number(String(line))
  }

  stop(): void {
    this.#child?.kill()
  }

  /** @param path such as `/file/NAME`; see answering-server.mjs */
  url(path: string): string {
    return `http://127.0.0.1:${this.#port}${path}`
  }

  /** Puts a file where the server finds it. */
  put(name: string, content: string | Uint8Array): void {
    const path = join(this.#dir, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }

  /** The requests so far for a path. */
  async seen(path: string): Promise<SeenRequest[]> {
    return (await this.#log()).filter(({ url }) => url === path)
  }

  /** The requests so far whose paths contain a text. */
  async seenLike(text: string): Promise<SeenRequest[]> {
    return (await this.#log()).filter(({ url }) => url.includes(text))
  }

  async #log(): Promise<readonly SeenRequest[]> {
    // Not fetch(): it would take up a connection that the server has closed meanwhile.
    const [response] = await once(get(this.url('/log'), { agent: false }), 'response')
    return JSON.parse(await text(response))
  }

  get port(): number {
    return this.#port
  }
}

/** A server for the tests of one file. */
export function useWebServer(scratch: Scratch): WebServer {
  const server = new WebServer(scratch.path('www'))
  beforeAll(() => server.start())
  afterAll(() => server.stop())
  return server
}

/** Lets git-annex, either program, access the server in this repository. */
export function allowLoopback(repo: ScratchRepo): void {
  repo.git('config', 'annex.security.allowed-ip-addresses', '127.0.0.1')
}
