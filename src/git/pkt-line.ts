/**
 * Git's pkt-line framing over file descriptors, synchronous and without an allocation per packet.
 *
 * Four hexadecimal digits give a packet's length, themselves included; 0000, 0001 and 0002 are the
 * flush, delimiter and response-end marks. Each way a read can end has a name of its own: a stream
 * that stops is not one that is broken. Implements gitprotocol-common(5), pkt-line format.
 */
import type { Bytes } from '../model/bytes.js'
import { readSome, writeFully } from '../platform/files.js'

/** Most bytes that one packet may carry. */
export const MAX_PAYLOAD_BYTES = 65516
const HEADER_BYTES = 4
const MAX_PACKET_BYTES = HEADER_BYTES + MAX_PAYLOAD_BYTES

/**
 * How a read ended: `eof` only between two packets; `malformed` for a bad length and for a stream
 * that stops inside a packet (see {@link PacketReader.problem}).
 */
export type PacketStatus = 'data' | 'flush' | 'delim' | 'response-end' | 'eof' | 'malformed'

const MARKS: Readonly<Record<number, PacketStatus>> = { 0: 'flush', 1: 'delim', 2: 'response-end' }

export class PacketReader {
  readonly #fd: number
  readonly #raw = Buffer.allocUnsafeSlow(2 * MAX_PACKET_BYTES)
  /** Bytes read but not yet parsed: `#start` to `#end` of `#raw`. */
  #start = 0
  #end = 0
  /** Where {@link #fillTo} came to. */
  #filledTo = 0
  /** What is left of the current packet's payload, in `#raw`. */
  #payloadStart = 0
  #payloadEnd = 0
  /** The caller's buffer was full inside a payload, whose rest belongs to the next read. */
  #isContentCut = false
  /** Where the content stands in the caller's buffer after {@link readContent}. */
  contentEnd = 0
  /** What was wrong, after the status `malformed`. */
  problem = ''

  /** @param fd a blocking pipe, usually 0 */
  constructor(fd: number) {
    this.#fd = fd
  }

  /** Reads the next packet. After `data`, {@link text} gives its payload until the next read. */
  next(): PacketStatus {
    this.#payloadStart = this.#payloadEnd = 0
    this.#isContentCut = false
    if (!this.#hold(HEADER_BYTES)) return this.#endOfStream(this.#end - this.#start)
    const size = parseLength(this.#raw, this.#start)
    if (size < HEADER_BYTES) {
      this.#start += HEADER_BYTES
      return this.#mark(size)
    }
    if (size > MAX_PACKET_BYTES) return this.#fail(`a packet of ${size} bytes`)
    if (!this.#hold(size)) return this.#endOfStream(size)
    this.#payloadStart = this.#start + HEADER_BYTES
    this.#payloadEnd = this.#start += size
    return 'data'
  }

  /** The payload of the last packet, without one newline at its end. */
  text(): Bytes {
    const end = this.#payloadEnd - (this.#raw[this.#payloadEnd - 1] === 10 ? 1 : 0)
    return this.#raw.toString('latin1', this.#payloadStart, Math.max(end, this.#payloadStart))
  }

  /**
   * Reads payloads one after the other into a buffer until it is full or something else than data
   * comes. Packets arrive where they belong, without another copy, as long as a whole one fits: a
   * buffer should hold a multiple of {@link MAX_PAYLOAD_BYTES}.
   * @param at where to begin; {@link contentEnd} tells where it ended
   * @returns `data` when the buffer is full and more may follow, else what ended the content
   */
  readContent(into: Buffer, at: number): PacketStatus {
    this.contentEnd = at
    if (!this.#isContentCut) this.#payloadStart = this.#payloadEnd
    for (;;) {
      this.#takePayload(into)
      this.#isContentCut = this.contentEnd === into.length
      if (this.#isContentCut) return 'data'
      const status = this.#canReadInto(into) ? this.#readInto(into, this.contentEnd) : this.next()
      if (status !== 'data') return status
    }
  }

  /** The first packet comes in through `#raw`: with a short content all that follows comes with it. */
  #canReadInto(into: Buffer): boolean {
    return (
      this.#start === this.#end &&
      this.contentEnd >= HEADER_BYTES &&
      into.length - this.contentEnd >= MAX_PAYLOAD_BYTES
    )
  }

  #takePayload(into: Buffer): void {
    const count = Math.min(this.#payloadEnd - this.#payloadStart, into.length - this.contentEnd)
    if (count === 0) return
    this.#raw.copy(into, this.contentEnd, this.#payloadStart, this.#payloadStart + count)
    this.#payloadStart += count
    this.contentEnd += count
  }

  /**
   * Reads one packet so that its payload lands at `at`: the header overwrites the four bytes before,
   * which are put back. What arrived after the packet waits in `#raw`, which is empty before.
   */
  #readInto(into: Buffer, at: number): PacketStatus {
    const begin = at - HEADER_BYTES
    const covered = into.readUInt32LE(begin)
    let got = 0
    while (got < HEADER_BYTES) {
      const count = readSome(this.#fd, into, begin + got, MAX_PACKET_BYTES - got)
      if (count === 0) break
      got += count
    }
    const size = got < HEADER_BYTES ? 0 : parseLength(into, begin)
    into.writeUInt32LE(covered, begin)
    if (got < HEADER_BYTES) return this.#endOfStream(got)
    if (size > MAX_PACKET_BYTES) return this.#fail(`a packet of ${size} bytes`)
    const end = begin + Math.max(size, HEADER_BYTES)
    if (!this.#fillTo(into, begin + got, end)) return this.#endOfStream(got)
    this.#start = 0
    this.#end = into.copy(this.#raw, 0, end, Math.max(begin + got, end))
    this.contentEnd = end
    return size < HEADER_BYTES ? this.#mark(size) : 'data'
  }

  /** Reads into a buffer from one place to another; false when the stream ends before. */
  #fillTo(into: Buffer, from: number, to: number): boolean {
    this.#filledTo = from
    while (this.#filledTo < to) {
      const count = readSome(this.#fd, into, this.#filledTo, to - this.#filledTo)
      if (count === 0) return false
      this.#filledTo += count
    }
    return true
  }

  /**
   * Makes `count` unparsed bytes available; false at the end of the stream. Reads what there is, but
   * of a packet of full size only the rest: more of them will come, which need not pass through here.
   */
  #hold(count: number): boolean {
    if (this.#end - this.#start >= count) return true
    if (this.#start > 0) {
      this.#raw.copyWithin(0, this.#start, this.#end)
      this.#end -= this.#start
      this.#start = 0
    }
    const limit = count === MAX_PACKET_BYTES ? count : this.#raw.length
    while (this.#end < count) {
      const got = readSome(this.#fd, this.#raw, this.#end, limit - this.#end)
      if (got === 0) return false
      this.#end += got
    }
    return true
  }

  #mark(size: number): PacketStatus {
    return MARKS[size] ?? this.#fail(size < 0 ? 'a length that is no number' : 'the length 0003')
  }

  #endOfStream(heldBytes: number): PacketStatus {
    return heldBytes === 0 ? 'eof' : this.#fail('the end of the stream inside a packet')
  }

  #fail(problem: string): PacketStatus {
    this.problem = problem
    return 'malformed'
  }
}

/** Collects packets and writes them with as few calls as possible. */
export class PacketWriter {
  readonly #fd: number
  readonly #buffer: Buffer
  #length = 0

  /**
   * @param fd a blocking pipe, usually 1
   * @param packets how many packets of full size to collect before they are written
   */
  constructor(fd: number, packets = 8) {
    this.#fd = fd
    this.#buffer = Buffer.allocUnsafeSlow(packets * MAX_PACKET_BYTES)
  }

  /** Adds a packet with a line of text. @param line without the newline, which is added */
  line(line: Bytes): void {
    this.#makeRoom()
    const at = this.#length + HEADER_BYTES
    const count = this.#buffer.write(`${line}\n`, at, MAX_PAYLOAD_BYTES, 'latin1')
    this.#closePacket(count)
  }

  /** Adds a flush packet, the end of a list. */
  flush(): void {
    this.#makeRoom()
    this.#length += this.#buffer.write('0000', this.#length, 'latin1')
  }

  /** Adds bytes as packets of the largest size; none when there are none. */
  data(bytes: Uint8Array): void {
    let offset = 0
    this.pump((into, at, room) => {
      const count = Math.min(room, bytes.length - offset)
      into.set(bytes.subarray(offset, offset + count), at)
      offset += count
      return count
    })
  }

  /**
   * Adds what a function reads, packet by packet, until it returns 0.
   * @param read puts at most `room` bytes into the buffer at `at` and returns how many
   */
  pump(read: (into: Buffer, at: number, room: number) => number): void {
    for (;;) {
      this.#makeRoom()
      const count = read(this.#buffer, this.#length + HEADER_BYTES, MAX_PAYLOAD_BYTES)
      if (count === 0) return
      this.#closePacket(count)
    }
  }

  /** Writes everything that was added. */
  send(): void {
    writeFully(this.#fd, this.#buffer, 0, this.#length)
    this.#length = 0
  }

  #makeRoom(): void {
    if (this.#buffer.length - this.#length < MAX_PACKET_BYTES) this.send()
  }

  #closePacket(payloadBytes: number): void {
    formatLength(this.#buffer, this.#length, payloadBytes + HEADER_BYTES)
    this.#length += payloadBytes + HEADER_BYTES
  }
}

/** Four hexadecimal digits, either case; -1 when one is none. */
function parseLength(buffer: Buffer, at: number): number {
  let length = 0
  for (let i = at; i < at + HEADER_BYTES; i++) {
    const digit = hexDigit(buffer[i]!)
    if (digit < 0) return -1
    length = length * 16 + digit
  }
  return length
}

function hexDigit(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48
  const lower = unit | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

const DIGITS = '0123456789abcdef'

function formatLength(buffer: Buffer, at: number, length: number): void {
  for (let i = 0; i < HEADER_BYTES; i++)
    buffer[at + i] = DIGITS.charCodeAt((length >> (12 - 4 * i)) & 15)
}
