import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import {
  MAX_PAYLOAD_BYTES,
  PacketReader,
  type PacketStatus,
  PacketWriter,
} from '../../../src/git/pkt-line.js'
import { someBytes } from '../../support/scratch.js'

const dir = mkdtempSync(join(tmpdir(), 'annexe-test-pkt-'))
afterAll(() => rmSync(dir, { recursive: true }))

let counter = 0

/** Runs a reader over bytes, which it gets through a file. */
function reading<T>(stream: Uint8Array | string, use: (reader: PacketReader) => T): T {
  const path = join(dir, `in${counter++}`)
  writeFileSync(path, stream)
  const fd = openSync(path, 'r')
  try {
    return use(new PacketReader(fd))
  } finally {
    closeSync(fd)
  }
}

/** What a writer writes. */
function written(use: (writer: PacketWriter) => void, packets = 2): Buffer {
  const path = join(dir, `out${counter++}`)
  const fd = openSync(path, 'w')
  const writer = new PacketWriter(fd, packets)
  use(writer)
  writer.send()
  closeSync(fd)
  return readFileSync(path)
}

/** Reads content in pieces of `room` bytes, as the filter does with its one buffer. */
function contentOf(reader: PacketReader, room: number): { bytes: Buffer; status: PacketStatus } {
  const into = Buffer.alloc(room)
  const pieces: Buffer[] = []
  for (;;) {
    const status = reader.readContent(into, 0)
    pieces.push(Buffer.from(into.subarray(0, reader.contentEnd)))
    if (status !== 'data') return { bytes: Buffer.concat(pieces), status }
  }
}

const packet = (payload: string) =>
  `${(payload.length + 4).toString(16).padStart(4, '0')}${payload}`

describe('PacketReader.next()', () => {
  test.each([
    ['0000', 'flush'],
    ['0001', 'delim'],
    ['0002', 'response-end'],
    ['0004', 'data'],
    ['0005x', 'data'],
    ['000Ahello\n', 'data'],
    ['', 'eof'],
    ['0003', 'malformed'],
    ['00', 'malformed'],
    ['0006x', 'malformed'],
    ['00x5a', 'malformed'],
    ['-001', 'malformed'],
    ['fff1', 'malformed'],
    ['ffff', 'malformed'],
  ])('%j is %s', (stream, status) => {
    reading(stream, (reader) => expect(reader.next()).toBe(status))
  })

  test('says what is wrong with a malformed stream', () => {
    reading('0006x', (reader) => {
      reader.next()
      expect(reader.problem).toBe('the end of the stream inside a packet')
    })
    reading('ffffx', (reader) => {
      reader.next()
      expect(reader.problem).toBe('a packet of 65535 bytes')
    })
  })

  test('gives text without its last newline, byte for byte', () => {
    const stream = Buffer.from(
      `${packet('pathname=a b=\xff\n')}${packet('x')}${packet('\n')}${packet('a\n\n')}0004`,
      'latin1',
    )
    reading(stream, (reader) => {
      const texts = [1, 2, 3, 4, 5].map(() => `${reader.next()}:${reader.text()}`)
      expect(texts).toEqual(['data:pathname=a b=\xff', 'data:x', 'data:', 'data:a\n', 'data:'])
      expect(reader.next()).toBe('eof')
    })
  })
})

describe('PacketReader.readContent()', () => {
  const sizes = [0, 1, 4095, 65515, 65516, 65517, 131032, 131033, 700_001]
  const rooms = [7, 65516, 65520, 70_000, 1 << 20]
  test.each(sizes.flatMap((size) => rooms.map((room) => [size, room] as const)))(
    'returns %i bytes through a buffer of %i unchanged',
    (size, room) => {
      const content = someBytes(size)
      const stream = written((writer) => {
        writer.line('before')
        writer.data(content)
        writer.flush()
        writer.line('after')
      })
      reading(stream, (reader) => {
        expect(reader.next()).toBe('data')
        const { bytes, status } = contentOf(reader, room)
        expect(status).toBe('flush')
        expect(bytes.equals(content)).toBe(true)
        expect([reader.next(), reader.text()]).toEqual(['data', 'after'])
      })
    },
  )

  test('returns packets of every size, in any order, unchanged', () => {
    const content = someBytes(400_000, 3)
    const cuts = [0, 1, 4, 9, 65_000, 130_516, 130_517, 196_000, 261_516, 261_517, 300_000, 400_000]
    const stream = written((writer) => {
      for (let i = 1; i < cuts.length; i++) writer.data(content.subarray(cuts[i - 1]!, cuts[i]!))
      writer.flush()
    })
    for (const room of [65_520, 140_000, 1 << 20])
      reading(stream, (reader) => {
        expect(contentOf(reader, room).bytes.equals(content)).toBe(true)
      })
  })

  test.each([97, 4093, 65_519, 65_521])(
    'survives a pipe that gives %i bytes at a time',
    (bytes) => {
      const content = someBytes(bytes === 97 ? 150_000 : 900_000)
      const stream = join(dir, `in${counter++}`)
      const pipe = join(dir, `pipe${counter++}`)
      writeFileSync(
        stream,
        written((writer) => {
          for (let i = 0; i < 3; i++) writer.line('before')
          writer.data(content)
          writer.flush()
        }),
      )
      spawnSync('mkfifo', [pipe])
      spawn('dd', [`if=${stream}`, `of=${pipe}`, `bs=${bytes}`], { stdio: 'ignore' })
      const fd = openSync(pipe, 'r')
      const reader = new PacketReader(fd)
      for (let i = 0; i < 3; i++) reader.next()
      const { bytes: found, status } = contentOf(reader, 4 * MAX_PAYLOAD_BYTES)
      expect([status, found.equals(content)]).toEqual(['flush', true])
      expect(reader.next()).toBe('eof')
      closeSync(fd)
    },
  )

  test.each([
    ['eof', ''],
    ['delim', '0001'],
    ['response-end', '0002'],
    ['malformed', '00'],
    ['malformed', '0006x'],
    ['malformed', 'zzzz'],
    ['malformed', 'fffc'],
  ] as const)('ends with %s when after content comes %j', (status, end) => {
    // Long enough that the end is read straight into the caller's buffer, too.
    for (const size of [3, 200_000]) {
      const content = someBytes(size)
      const stream = Buffer.concat([written((writer) => writer.data(content)), Buffer.from(end)])
      reading(stream, (reader) => {
        const result = contentOf(reader, 1 << 20)
        expect(result.status).toBe(status)
        expect(result.bytes.subarray(0, size).equals(content)).toBe(true)
      })
    }
  })
})

describe('PacketWriter', () => {
  test('writes lines, data and flushes as packets', () => {
    const stream = written((writer) => {
      writer.line('status=success')
      writer.flush()
      writer.data(Buffer.from('abc'))
      writer.data(Buffer.alloc(0))
      writer.flush()
    })
    expect(stream.toString()).toBe('0013status=success\n00000007abc0000')
  })

  test('splits data into packets of the largest size', () => {
    const stream = written((writer) => writer.data(someBytes(3 * MAX_PAYLOAD_BYTES + 1)))
    const lengths = [0, 1, 2, 3].map((i) => stream.toString('latin1', i * 65520, i * 65520 + 4))
    expect(lengths).toEqual(['fff0', 'fff0', 'fff0', '0005'])
  })

  test('pump() writes what it reads until there is no more', () => {
    const content = someBytes(500_000)
    let at = 0
    const stream = written((writer) => {
      writer.pump((into, offset, room) => {
        const count = Math.min(room, 40_000, content.length - at)
        content.copy(into, offset, at, at + count)
        at += count
        return count
      })
      writer.flush()
    })
    reading(stream, (reader) => {
      expect(contentOf(reader, 1 << 20).bytes.equals(content)).toBe(true)
    })
  })
})
