import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import { encode } from '@msgpack/msgpack'
import {
  JournalWriter,
  listSegments,
  readSegment,
  readSegments,
  settlementOf,
  settleSegments,
} from '../../../src/branch/journal.js'
import {
  decodeSegment,
  encodePresence,
  encodeRecord,
  locationLogPath,
  recordClock,
} from '../../../src/branch/journal-record.js'
import { bytesFromText } from '../../../src/model/bytes.js'
import { parseKey } from '../../../src/model/key.js'
import { keyLogPath, keyPlaces } from '../../../src/model/key-path.js'
import type { LogEdit } from '../../../src/model/logs/log-edit.js'
import { SECOND } from '../../../src/model/vector-clock.js'
import { forRandom } from '../../support/random.js'

const top = mkdtempSync(join(tmpdir(), 'annexe-journal-'))
afterAll(() => rmSync(top, { recursive: true }))
let annexDir = ''
let made = 0
beforeEach(() => {
  annexDir = join(top, `${made++}`)
  mkdirSync(annexDir)
})

const dir = () => join(annexDir, 'annexe/journal')
const names = () => readdirSync(dir()).sort()
const read = () => readSegments(listSegments(annexDir))
const UUID = 'aaaaaaaa-0000-4000-8000-00000000000a'

describe('JournalWriter', () => {
  test('makes nothing before its first record, and one file after', () => {
    const writer = new JournalWriter(annexDir)
    expect(readdirSync(annexDir)).toEqual([])
    writer.setPresence('WORM--x', UUID, true)
    expect(names()).toEqual([expect.stringMatching(/^\d{15}-[0-9a-f]{8}-\d+-[0-9a-f]{8}\.open$/)])
    writer.close()
    expect(names()).toEqual([expect.stringMatching(/\.mp$/)])
  })

  test('has its records read before and after it closes', () => {
    const writer = new JournalWriter(annexDir)
    writer.setPresence('WORM--x', UUID, true)
    writer.edit('numcopies.log', { kind: 'number', value: 2 })
    const open = read()
    expect(open.map(({ path, edit }) => [path, edit])).toEqual([
      [locationLogPath('WORM--x'), { kind: 'presence', item: UUID, status: '1' }],
      ['numcopies.log', { kind: 'number', value: 2 }],
    ])
    writer.close()
    expect(read()).toEqual(open)
  })

  test('goes on in a new segment after it was closed', () => {
    const writer = new JournalWriter(annexDir)
    for (const key of ['WORM--x', 'WORM--y']) {
      writer.setPresence(key, UUID, true)
      writer.close()
    }
    writer.close()
    expect(names()).toHaveLength(2)
    expect(read()).toHaveLength(2)
  })

  test('survives that its idle segment was taken for abandoned', () => {
    const writer = new JournalWriter(annexDir)
    writer.setPresence('WORM--x', UUID, true)
    rmSync(join(dir(), names()[0]!))
    writer.close()
    expect(names()).toEqual([])
  })

  test('keeps the clock it was given', () => {
    new JournalWriter(annexDir, { clock: 55n * SECOND }).setPresence('WORM--x', UUID, false)
    expect(read().map(recordClock)).toEqual([55n * SECOND])
  })
})

describe('listSegments()', () => {
  const put = (name: string) => {
    mkdirSync(dir(), { recursive: true })
    writeFileSync(join(dir(), name), '')
  }
  const start = (ageMs: number) => String(Date.now() - ageMs).padStart(15, '0')
  const isClosed = () => listSegments(annexDir).map((segment) => segment.isClosed)

  test('takes our own open segment, and those of other hosts, for open', () => {
    new JournalWriter(annexDir).setPresence('WORM--x', UUID, true)
    put(`${start(1000)}-00000000-1-aa.open`)
    expect(isClosed()).toEqual([false, false])
  })

  test('takes the segment of a dead process of this host for closed', () => {
    new JournalWriter(annexDir).setPresence('WORM--x', UUID, true)
    const [name] = names()
    // No process id is that big.
    renameSync(join(dir(), name!), join(dir(), name!.replace(/-\d+-/, '-2147483646-')))
    expect(isClosed()).toEqual([true])
  })

  test('takes a segment for closed whose writer would have left it long ago', () => {
    put(`${start(2 * 3600_000)}-00000000-1-aa.open`)
    expect(isClosed()).toEqual([true])
  })

  test('ignores files that are no segments', () => {
    for (const name of ['x', `${start(0)}-00000000-1-aa.tmp`]) put(name)
    expect(listSegments(annexDir)).toEqual([])
  })
})

describe('readSegments()', () => {
  test('orders the records of several processes by time, and keeps the order inside each', () => {
    mkdirSync(dir(), { recursive: true })
    const at = (timeMs: number, key: string) =>
      encodePresence({ timeMs, clock: undefined, key, uuid: UUID, status: '1' })
    writeFileSync(
      join(dir(), '000000000000001-00000000-1-aa.mp'),
      Buffer.concat([at(10, 'A--1'), at(30, 'A--2'), at(20, 'A--3')]),
    )
    writeFileSync(
      join(dir(), '000000000000002-00000000-1-aa.mp'),
      Buffer.concat([at(15, 'B--1'), at(35, 'B--2')]),
    )
    const order = ['A--1', 'B--1', 'A--2', 'A--3', 'B--2'].map((key) => locationLogPath(key))
    expect(read().map(({ path }) => path)).toEqual(order)
  })

  test('leaves out a torn record at the end', () => {
    const writer = new JournalWriter(annexDir)
    writer.setPresence('WORM--x', UUID, true)
    writer.edit('numcopies.log', { kind: 'number', value: 2 })
    writer.close()
    const path = join(dir(), names()[0]!)
    const whole = readFileSync(path)
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length))
      const count = read().length
      expect(count).toBe(length === whole.length ? 2 : count > 0 ? 1 : 0)
    }
    appendFileSync(path, Buffer.alloc(10))
    expect(read()).toHaveLength(2)
  })
})

describe('settleSegments()', () => {
  test('removes a closed segment and marks an open one, whose writer may go on', () => {
    const [closed, open] = [new JournalWriter(annexDir), new JournalWriter(annexDir)]
    closed.setPresence('WORM--closed', UUID, true)
    closed.close()
    open.setPresence('WORM--first', UUID, true)
    settleSegments(listSegments(annexDir).map((segment) => settlementOf(readSegment(segment))))
    expect(names()).toEqual([expect.stringMatching(/\.\d+\.open$/)])
    expect(read()).toEqual([])
    open.setPresence('WORM--second', UUID, true)
    expect(read().map(({ path }) => path)).toEqual([locationLogPath('WORM--second')])
    open.close()
    expect(read().map(({ path }) => path)).toEqual([locationLogPath('WORM--second')])
    expect(listSegments(annexDir).map(({ isClosed }) => isClosed)).toEqual([true])
  })

  test('leaves nothing when the writer closes a segment that was carried out whole', () => {
    const writer = new JournalWriter(annexDir)
    writer.setPresence('WORM--x', UUID, true)
    settleSegments(listSegments(annexDir).map((segment) => settlementOf(readSegment(segment))))
    writer.close()
    expect(names()).toEqual([])
  })

  test('finds a segment that its writer closed in between', () => {
    const writer = new JournalWriter(annexDir)
    writer.setPresence('WORM--first', UUID, true)
    const settlements = listSegments(annexDir).map((segment) => settlementOf(readSegment(segment)))
    writer.setPresence('WORM--second', UUID, true)
    writer.close()
    settleSegments(settlements)
    expect(read().map(({ path }) => path)).toEqual([locationLogPath('WORM--second')])
  })
})

describe('decodeSegment()', () => {
  test('reads every kind of edit that was encoded', () => {
    const edits: [string, LogEdit][] = [
      ['abc/def/WORM--x.log', { kind: 'key-dead' }],
      ['abc/def/WORM--x.log.web', { kind: 'presence', item: 'http://x/ y', status: '0' }],
      ['uuid.log', { kind: 'uuid', uuid: 'u', value: bytesFromText('ä \xff') }],
      ['config.log', { kind: 'map', field: 'annex.x', value: '' }],
      ['numcopies.log', { kind: 'number', value: 3 }],
      ['abc/def/WORM--x.log.met', { kind: 'metadata', changes: [['f', '\xff\0', false]] }],
    ]
    const records = edits.map(([path, edit], i) => ({
      timeMs: i,
      clock: i % 2 ? 5n : undefined,
      path,
      edit,
    }))
    expect(decodeSegment(Buffer.concat(records.map(encodeRecord))).records).toEqual(records)
  })

  test.each([
    ['a map whose key is a map', [0x81, 0x81, 1, 1, 1]],
    ['an edit of nothing', [...encode([2, 1, null, 'uuid.log', 'presence', null])]],
    ['a number', [7]],
    ['a type that there is not', [0xc1]],
  ])('ends at %s', (_, garbage) => {
    const edit = { kind: 'number', value: 3 } as const
    const record = { timeMs: 1, clock: undefined, path: 'numcopies.log', edit }
    const content = Buffer.concat([encodeRecord(record), Buffer.from(garbage)])
    expect(decodeSegment(content)).toEqual({ records: [record], isWhole: false })
  })

  test('takes any bytes', () => {
    forRandom(2000, (random) => {
      const garbage = Buffer.from(Array.from({ length: random.below(40) }, () => random.below(256)))
      decodeSegment(garbage)
      decodeSegment(Buffer.concat([Buffer.from([0x96, 2, 1, 0xc0]), garbage]))
    })
  })

  test('writes presence as the general encoder would', () => {
    forRandom(50, (random) => {
      const key = `WORM-s1--${random.line()}${'k'.repeat(random.below(300))}`
      const presence = { timeMs: Date.now(), key, uuid: random.word(), status: '1' } as const
      const { timeMs, uuid } = presence
      const written = encodePresence({ ...presence, clock: undefined })
      expect(Buffer.from(written)).toEqual(Buffer.from(encode([1, timeMs, null, key, uuid, '1'])))
    })
  })

  test('reads any key and uuid', () => {
    forRandom(200, (random) => {
      const key = `WORM-s1--${random.line()}${'k'.repeat(random.below(300))}`
      const clock = random.below(2) ? undefined : 5n
      const record = {
        timeMs: random.below(1e9) * 1000,
        clock,
        key,
        uuid: random.word(),
        status: '0',
      } as const
      const [decoded] = decodeSegment(encodePresence(record)).records
      expect(decoded).toEqual({
        timeMs: record.timeMs,
        clock,
        path: locationLogPath(key),
        edit: { kind: 'presence', item: record.uuid, status: '0' },
      })
    })
  })
})

describe('locationLogPath()', () => {
  test.each(['WORM-s1-m5--x', 'SHA256E-s10-S4-C2--abc.txt', 'URL--http://x/?a&b:c', 'X--%-S1'])(
    'agrees with the general rule for %s',
    (key) => {
      expect(locationLogPath(key)).toBe(keyLogPath(keyPlaces(parseKey(key)!)))
    },
  )

  test('has one directory where the repository is tuned so', () => {
    expect(locationLogPath('WORM--x', true)).toMatch(/^[0-9a-f]{3}\/WORM--x\.log$/)
  })

  test('refuses what is no key', () => {
    expect(locationLogPath('nothing')).toBeUndefined()
  })
})
