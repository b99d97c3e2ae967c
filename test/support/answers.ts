/** A stream whose answers are known beforehand, for the client's side of the P2P protocol. */
import type { ByteStream } from '../../src/remotes/p2p/connection.js'

/** Everything that the other side will ever say, cut into pieces, and all that it is told. */
export class Answers implements ByteStream {
  sent = ''
  isAborted = false
  readonly exited = Promise.resolve(0)
  #rest: string
  readonly #pieceLength: number

  constructor(answers: string, pieceLength = 1 << 20) {
    this.#rest = answers
    this.#pieceLength = pieceLength
  }

  async read(): Promise<Buffer | undefined> {
    const piece = this.#rest.slice(0, this.#pieceLength)
    this.#rest = this.#rest.slice(this.#pieceLength)
    return piece === '' ? undefined : Buffer.from(piece, 'latin1')
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.sent += Buffer.from(bytes).toString('latin1')
  }

  closeInput(): void {}
  kill(): void {
    this.isAborted = true
  }
}
