/** Runs test/vectors/branch-merge.json: merges, writes and forgetting, made with git-annex. */
import { describe, expect, test } from '@jest/globals'
import { bytesFromText, bytesToText } from '../../../../src/model/bytes.js'
import { formatKey, parseKey } from '../../../../src/model/key.js'
import { recordedDifferences } from '../../../../src/model/logs/difference-log.js'
import { dropDead, findDead } from '../../../../src/model/logs/drop-dead.js'
import { applyLogEdit, type LogEdit } from '../../../../src/model/logs/log-edit.js'
import { parseMapLog } from '../../../../src/model/logs/map-log.js'
import {
  currentMetadata,
  formatLastChanged,
  parseMetadataLog,
} from '../../../../src/model/logs/metadata.js'
import { type MetadataChange, replaceValues } from '../../../../src/model/logs/metadata-edit.js'
import { presentItems } from '../../../../src/model/logs/presence.js'
import { parseNumberLog } from '../../../../src/model/logs/single-value.js'
import { addTransitions } from '../../../../src/model/logs/transitions.js'
import {
  formatGroups,
  parseGroups,
  parseTrust,
  trustGrammar,
} from '../../../../src/model/logs/trust-log.js'
import { unionMerge } from '../../../../src/model/logs/union-merge.js'
import { parseUuidLog } from '../../../../src/model/logs/uuid-log.js'
import { parseClock } from '../../../../src/model/vector-clock.js'
import { readVectors } from '../../../support/vectors.js'

interface MergeCase {
  name: string
  path: string
  query: string
  ours?: string | null
  theirs?: string | null
  merged?: string
  oursBase64?: string
  theirsBase64?: string
  mergedBase64?: string
  effective?: unknown
  error?: boolean
}

interface Operation {
  type: string
  uuid?: string
  status?: '0' | '1' | 'X'
  description?: string
  level?: string
  group?: string
  value?: string | number
  key?: string
  expression?: string
  url?: string
  args?: string[]
}

interface WriteCase {
  name: string
  path: string
  before: string | null
  clock: string
  operation: Operation
  after: string
}

interface Vectors {
  constants: { HERE: string; A: string; B: string; C: string; key: string; keyLogPath: string }
  cases: MergeCase[]
  writes: WriteCase[]
  dropDead: { path: string; before: string | null; after: string | null }[]
}

const { constants, cases, writes, dropDead: forgotten } = readVectors<Vectors>('branch-merge')
const { HERE, A, B, C } = constants

function side(vector: MergeCase, name: 'ours' | 'theirs' | 'merged'): string | undefined {
  const base64 = vector[`${name}Base64`]
  if (base64 !== undefined) return Buffer.from(base64, 'base64').toString('latin1')
  const text = vector[name]
  return text === null || text === undefined ? undefined : bytesFromText(text)
}

function mergeOf(vector: MergeCase): string {
  const [ours, theirs] = [side(vector, 'ours'), side(vector, 'theirs')]
  if (ours === undefined) return theirs!
  // A merge looks only at files whose content differs.
  return theirs === undefined || ours === theirs ? ours : unionMerge(ours, theirs)
}

const textMap = (entries: Iterable<readonly [string, string]>) =>
  Object.fromEntries([...entries].map(([k, v]) => [bytesToText(k), bytesToText(v)]))

/** What git-annex's queries answered, from our reading of a log. */
const queries: Record<string, (text: string) => unknown> = {
  raw: () => null,
  whereis: (text) => ({ present: presentItems(text) }),
  descriptions: (text) => textMap([...parseUuidLog(text)].map(([u, { value }]) => [u, value])),
  trust: (text) => {
    const log = parseUuidLog(text, trustGrammar)
    const level = (uuid: string) => parseTrust(log.get(uuid)?.value ?? '?')
    const all = (wanted: string) => [HERE, A, B, C].filter((uuid) => level(uuid) === wanted)
    return {
      trusted: all('trusted'),
      semitrusted: all('semitrusted'),
      untrusted: all('untrusted'),
    }
  },
  metadata: (text) => {
    const { fields, lastChanged } = currentMetadata(parseMetadataLog(text))
    const shown: Record<string, string[]> = {}
    for (const field of fields.values()) {
      shown[bytesToText(field.name)] = field.values.map(bytesToText)
      shown[`${bytesToText(field.name)}-lastchanged`] = [formatLastChanged(field.lastChanged)]
    }
    return lastChanged === undefined
      ? shown
      : { ...shown, lastchanged: [formatLastChanged(lastChanged)] }
  },
  groups: (text) => {
    const log = parseUuidLog(text)
    return { [A]: parseGroups(log.get(A)?.value ?? ''), [B]: parseGroups(log.get(B)?.value ?? '') }
  },
  numcopies: (text) => parseNumberLog(text)?.value,
  mincopies: (text) => parseNumberLog(text)?.value,
  config: (text) => {
    const log = parseMapLog(text)
    return Object.fromEntries(
      ['annex.largefiles', 'annex.addunlocked'].map((name) => [name, log.get(name)?.value ?? '']),
    )
  },
  wanted: (text) => parseUuidLog(text).get(A)?.value,
  required: (text) => parseUuidLog(text).get(A)?.value,
  schedule: (text) => parseUuidLog(text).get(A)?.value,
  groupwanted: (text) => {
    const log = parseMapLog(text)
    return { foo: log.get('foo')?.value, bar: log.get('bar')?.value }
  },
  urls: (text) =>
    presentItems(text)
      .filter((url) => !url.startsWith(':'))
      .map((url) => url.replace(/^(yt|quvi):/, '')),
}

describe('unionMerge() on the recorded merges', () => {
  test.each(cases.filter((c) => !c.error).map((c) => [c.name, c] as const))('%s', (_, vector) => {
    const merged = mergeOf(vector)
    expect(merged).toBe(side(vector, 'merged'))
    const effective = queries[vector.query]!(merged)
    // git-annex lists descriptions of the local repository even when it has none.
    if (vector.query === 'descriptions')
      expect({ [HERE]: '', ...(effective as object) }).toEqual(vector.effective)
    else expect(effective).toEqual(vector.effective)
  })
})

describe('recordedDifferences()', () => {
  test.each(cases.filter((c) => c.error).map((c) => [c.name, c] as const))('%s', (_, vector) => {
    expect(recordedDifferences(vector.theirs!)!.size).toBeGreaterThan(0)
  })
})

/** Turns what was asked of git-annex into one of our edits. */
function editFor({ operation: op, before }: WriteCase): LogEdit {
  const uuid = op.uuid ?? ''
  const value = bytesFromText(String(op.value ?? op.expression ?? op.description ?? op.level ?? ''))
  const groups = () => parseGroups(parseUuidLog(before ?? '').get(uuid)?.value ?? '')
  switch (op.type) {
    case 'setPresence':
      return { kind: 'presence', item: uuid, status: op.status! }
    case 'setKeyDead':
      return { kind: 'key-dead' }
    case 'group':
      return { kind: 'uuid', uuid, value: formatGroups([...groups(), op.group!]) }
    case 'ungroup':
      return { kind: 'uuid', uuid, value: formatGroups(groups().filter((g) => g !== op.group)) }
    case 'numcopies':
      return { kind: 'number', value: Number(op.value) }
    case 'configSet':
    case 'configUnset':
      return { kind: 'map', field: op.key!, value }
    case 'groupwanted':
      return { kind: 'map', field: op.group!, value }
    case 'urlAdd':
    case 'urlRemove':
      return { kind: 'presence', item: op.url!, status: op.type === 'urlAdd' ? '1' : '0' }
    case 'metadata':
      return { kind: 'metadata', changes: metadataChanges(op.args!, before ?? '') }
    case 'schedule':
      return { kind: 'uuid', uuid: uuid || A, value }
    default:
      return { kind: 'uuid', uuid, value }
  }
}

function metadataChanges(args: string[], before: string): MetadataChange[] {
  const state = currentMetadata(parseMetadataLog(before))
  const changes: MetadataChange[] = []
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--remove-all')
      for (const { name } of state.fields.values()) changes.push(...replaceValues(state, name, []))
    else if (args[i] === '-r') changes.push(...replaceValues(state, args[++i]!, []))
    else if (args[i] === '-t') changes.push(['tag', args[++i]!, true])
    else {
      const [, field, sign, value] = /^([^=+-]+)([+-]?)=(.*)$/s.exec(args[++i]!)!
      if (sign === '') changes.push(...replaceValues(state, field!, [value!]))
      else changes.push([field!, value!, sign === '+'])
    }
  }
  return changes
}

describe('applyLogEdit() on the recorded writes', () => {
  test.each(writes.map((w) => [w.name, w] as const))('%s', (_, vector) => {
    const edit = editFor(vector)
    const clock = parseClock(vector.clock)!
    const before = bytesFromText(vector.before ?? '')
    // Adding a url that is present writes nothing: so the caller does not even ask.
    const after = applyLogEdit(vector.path, before, edit, clock)
    expect(after).toBe(bytesFromText(vector.after))
    expect(applyLogEdit(vector.path, after, edit, clock)).toBe(after)
  })
})

describe('dropDead() on the recorded transition', () => {
  const textOf = (path: string) => forgotten.find((f) => f.path === path)?.before ?? ''
  const dead = findDead(textOf('trust.log'), textOf('remote.log'))
  test.each(forgotten.filter((f) => f.before !== null).map((f) => [f.path, f] as const))(
    '%s',
    (path, { before, after }) => {
      expect(dropDead(path, bytesFromText(before!), dead)).toBe(bytesFromText(after ?? ''))
    },
  )

  test('addTransitions() records both with one clock', () => {
    const recorded = forgotten.find((f) => f.path === 'transitions.log')!
    const names = ['ForgetDeadRemotes', 'ForgetGitHistory'] as const
    expect(addTransitions('', names, parseClock('1000s')!)).toBe(recorded.after)
  })
})

test('the key of the vectors has the path of the vectors', () => {
  expect(formatKey(parseKey(constants.key)!)).toBe(constants.key)
})
