/** Properties that all codecs of branch logs share, on random states and on random rubbish. */
import { describe, expect, test } from '@jest/globals'
import { bytesFromText, bytesToText } from '../../../../src/model/bytes.js'
import { formatMapLog, parseMapLog } from '../../../../src/model/logs/map-log.js'
import {
  fieldChanges,
  formatMetadataLog,
  parseMetadataLog,
} from '../../../../src/model/logs/metadata.js'
import { addMetadata, type MetadataChange } from '../../../../src/model/logs/metadata-edit.js'
import {
  formatPresenceLog,
  parsePresenceLog,
  presentItems,
} from '../../../../src/model/logs/presence.js'
import { formatRemoteConfig, parseRemoteConfig } from '../../../../src/model/logs/remote-config.js'
import { formatNumberLog, parseNumberLog } from '../../../../src/model/logs/single-value.js'
import { formatTransitions, parseTransitions } from '../../../../src/model/logs/transitions.js'
import { unionMerge } from '../../../../src/model/logs/union-merge.js'
import { formatUuidLog, parseUuidLog } from '../../../../src/model/logs/uuid-log.js'
import { formatClock, SECOND } from '../../../../src/model/vector-clock.js'
import { forRandom, type Random } from '../../../support/random.js'

const ROUNDS = 300

/** A clock that survives being written: not between -1 s and 0. */
function clockOf(random: Random): bigint {
  const clock = random.clock()
  return clock < 0n && clock > -SECOND ? -clock : clock
}

describe('parsing what was formatted gives the same state', () => {
  test('presence logs', () => {
    forRandom(ROUNDS, (random) => {
      const entry = () => ({
        clock: clockOf(random),
        status: random.pick(['0', '1', 'X'] as const),
      })
      const state = new Map(random.list(5, () => [random.line() || 'i', entry()] as const))
      expect(parsePresenceLog(formatPresenceLog(state))).toEqual(state)
    })
  })

  test('logs keyed by uuid', () => {
    forRandom(ROUNDS, (random) => {
      const entry = () => ({ clock: clockOf(random), value: random.line() })
      const state = new Map(random.list(5, () => [random.word(), entry()] as const))
      expect(parseUuidLog(formatUuidLog(state))).toEqual(state)
    })
  })

  test('map logs', () => {
    forRandom(ROUNDS, (random) => {
      const entry = () => ({ clock: clockOf(random), value: random.line() })
      const state = new Map(random.list(5, () => [random.word(), entry()] as const))
      expect(parseMapLog(formatMapLog(state))).toEqual(state)
    })
  })

  test('number logs', () => {
    forRandom(ROUNDS, (random) => {
      const entry = { clock: clockOf(random), value: 1 + random.below(1e6) }
      expect(parseNumberLog(formatNumberLog(entry))).toEqual(entry)
    })
  })

  test('transitions', () => {
    forRandom(ROUNDS, (random) => {
      const names = ['ForgetGitHistory', 'ForgetDeadRemotes'] as const
      const text = formatTransitions(
        random.list(4, () => ({ name: random.pick(names), clock: clockOf(random) })),
      )
      expect(formatTransitions(parseTransitions(text).known)).toBe(text)
      expect(parseTransitions(text).unknown).toEqual([])
    })
  })

  test('metadata', () => {
    forRandom(ROUNDS, (random) => {
      const change = (): MetadataChange => [random.pick(['f', 'Tag', 'ß']), random.line(), true]
      const entries = random.list(4, () => ({
        clock: clockOf(random),
        fields: fieldChanges(random.list(4, change).map(([f, v]) => [bytesFromText(f), v, true])),
      }))
      const text = formatMetadataLog(entries)
      expect(formatMetadataLog(parseMetadataLog(text))).toBe(text)
    })
  })

  test('the settings of special remotes', () => {
    forRandom(ROUNDS, (random) => {
      const name = () => random.word().replaceAll(/[=&]/g, 'n')
      const config = new Map(random.list(5, () => [name(), random.line()] as const))
      expect(parseRemoteConfig(formatRemoteConfig(config))).toEqual(config)
    })
  })
})

describe('parsers', () => {
  const parsers = [parsePresenceLog, parseUuidLog, parseMapLog, parseNumberLog, parseMetadataLog]
  test('never throw, whatever the text', () => {
    forRandom(ROUNDS, (random) => {
      const text = random
        .list(6, () => `${random.line()}${random.pick(['\n', '\r', ' 1 '])}`)
        .join('')
      for (const parse of parsers) expect(() => parse(text)).not.toThrow()
    })
  })
})

describe('addMetadata()', () => {
  const change: MetadataChange = ['tag', 'x', true]

  test('writes an entry without fields when only generated ones are set', () => {
    const changes: MetadataChange[] = [
      ['lastchanged', 'x', true],
      ['a-LastChanged', 'y', true],
    ]
    expect(addMetadata('', { changes, clock: 5n * SECOND })).toBe('5s \n')
  })

  test('takes spellings of a field that differ in case as one', () => {
    const text = bytesFromText('5s STRASSE +x\n')
    const changes: MetadataChange[] = [[bytesFromText('Straße'), 'x', false]]
    const after = addMetadata(text, { changes, clock: 6n * SECOND })
    expect(bytesToText(after)).toBe('6s Straße -x\n')
  })

  test('done twice changes nothing the second time', () => {
    const once = addMetadata('900s other +y\n', { changes: [change], clock: 5n * SECOND })
    expect(once).toBe('900s other +y\n901s tag +x\n')
    expect(addMetadata(once, { changes: [change], clock: 5n * SECOND })).toBe(once)
  })
})

describe('unionMerge()', () => {
  const text = (random: Random) => random.list(6, () => `${random.line(2)}\n`).join('')
  const lines = (merged: string) => new Set(merged.split('\n').slice(0, -1))

  test('has exactly the lines of both sides, whichever is merged into which', () => {
    forRandom(ROUNDS, (random) => {
      const [a, b] = [text(random), text(random)]
      const merged = unionMerge(a, b)
      expect(lines(merged)).toEqual(new Set([...lines(a), ...lines(b)]))
      expect(lines(unionMerge(b, a))).toEqual(lines(merged))
    })
  })

  test('merging again changes nothing', () => {
    forRandom(ROUNDS, (random) => {
      const [a, b] = [text(random), text(random)]
      const merged = unionMerge(a, b)
      expect(lines(unionMerge(merged, b))).toEqual(lines(merged))
      expect(unionMerge(merged, merged)).toBe(merged)
    })
  })

  test('does not depend on the order of merges, but for the order of lines', () => {
    forRandom(ROUNDS, (random) => {
      const [a, b, c] = [text(random), text(random), text(random)]
      const one = unionMerge(unionMerge(a, b), c)
      expect(lines(unionMerge(a, unionMerge(b, c)))).toEqual(lines(one))
    })
  })
})

test('presentItems() agrees with parsePresenceLog(), compact or not', () => {
  forRandom(ROUNDS, (random) => {
    const line = () =>
      `${formatClock(clockOf(random))} ${random.pick(['0', '1', 'X', '7'])} ${random.pick(['a', 'b', 'c d'])}`
    const text = random
      .list(4, () => `${line()}${random.pick(['\n', '\n', '\n', '\r\n', ''])}`)
      .join('')
    const present = [...parsePresenceLog(text)].filter(([, { status }]) => status === '1')
    expect(presentItems(text)).toEqual(present.map(([item]) => item).sort())
  })
})
