/**
 * Stands between ssh and its server on the loopback interface: counts what goes through, and cuts the
 * connection once when so much has come from one side.
 */
import { connect, createServer, type Server, type Socket } from 'node:net'

/** Which way bytes go. */
export type Way = 'to' | 'from'

export class CuttingProxy {
  readonly port: number
  readonly #server: Server
  readonly #counts = { to: 0, from: 0 }
  #cut: { readonly way: Way; readonly atBytes: number } | undefined
  #cuts = 0
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, port: number) {
    this.#server = server
    this.port = port
  }

  /** @param serverPort where the real server listens */
  static async start(serverPort: number): Promise<CuttingProxy> {
    const server = createServer({ allowHalfOpen: true })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const proxy = new CuttingProxy(server, (server.address() as { port: number }).port)
    server.on('connection', (client) => proxy.#pass(client, connect(serverPort, '127.0.0.1')))
    return proxy
  }

  /** Counts anew, and cuts the connection when so many bytes have gone that way. */
  cutAt(way: Way, atBytes: number): void {
    Object.assign(this.#counts, { to: 0, from: 0 })
    this.#cut = { way, atBytes }
    this.#cuts = 0
  }

  /** Bytes that have gone to or from the server, all connections together. */
  count(way: Way): number {
    return this.#counts[way]
  }

  /** How many connections were cut. */
  get cuts(): number {
    return this.#cuts
  }

  stop(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #pass(client: Socket, server: Socket): void {
    const sockets = [client, server]
    for (const socket of sockets) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        // The other one ends with it.
        for (const other of sockets) other.destroy()
        this.#sockets.delete(socket)
      })
    }
    for (const [way, from, to] of [
      ['to', client, server],
      ['from', server, client],
    ] as const) {
      from.on('data', (chunk: Buffer) => {
        this.#counts[way] += chunk.length
        if (!to.write(chunk)) from.pause()
        if (this.#isTime(way)) for (const socket of sockets) socket.end()
      })
      to.on('drain', () => from.resume())
      from.on('end', () => to.end())
    }
  }

  #isTime(way: Way): boolean {
    if (this.#cut?.way !== way || this.#counts[way] < this.#cut.atBytes) return false
    this.#cut = undefined
    this.#cuts++
    return true
  }
}
