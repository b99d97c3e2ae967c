import { describe, expect, test } from '@jest/globals'
import { type Bytes, bytesFromText } from '../../../src/model/bytes.js'
import { isAnnexError } from '../../../src/model/errors.js'
import { parseExpression, parseTokens } from '../../../src/model/expression.js'
import { type Key, parseKey } from '../../../src/model/key.js'
import {
  currentMetadata,
  fieldChanges,
  type MetadataState,
} from '../../../src/model/logs/metadata.js'
import type { TrustLevel } from '../../../src/model/logs/trust-log.js'
import { type Dialect, termParser } from '../../../src/model/matching-terms.js'
import { parseSize } from '../../../src/model/units.js'
import type { Uuid } from '../../../src/model/uuid.js'
import { parseClock } from '../../../src/model/vector-clock.js'
import { compileMatcher, type MatchContext, type MatchFacts } from '../../../src/policy/matcher.js'
import { readVectors } from '../../support/vectors.js'

interface VectorKey {
  locations: string[]
  presentHere: boolean
  metadata: Record<string, string[]>
  mimetype?: string
  mimeencoding?: string
}

interface Facts {
  file?: string
  size?: string
  key?: string
  mimetype?: string
  mimeencoding?: string
}

interface Vector {
  id: string
  kind: string
  dialect?: Dialect
  expression: string
  facts: Facts
  match: boolean | null
  message?: string
  options: string[]
  matches: string[]
}

const { repository, vectors } = readVectors<{
  repository: {
    repositories: { uuid: Uuid; description: string; trust: TrustLevel; groups: string[] }[]
    keys: Record<string, VectorKey>
    files: { file: string; key: string; unlocked: boolean; gitattributesNumcopies: number | null }[]
  }
  vectors: Vector[]
}>('matching')

const LAST_CHANGED = parseClock('1700000000s')!
const repositories = repository.repositories
const uuidOf = (name: string) =>
  repositories.find((r) => r.description === name || r.uuid === name)!.uuid

const context: MatchContext = {
  ownUuid: uuidOf('laptop'),
  findRepository: uuidOf,
  trustOf: (uuid) => repositories.find((r) => r.uuid === uuid)!.trust,
  membersOf: (group) =>
    new Set(repositories.filter((r) => r.groups.includes(group)).map((r) => r.uuid)),
  numcopies: (facts, withAttributes) =>
    (withAttributes &&
      repository.files.find((f) => bytesFromText(f.file) === facts.path)?.gitattributesNumcopies) ||
    1,
}

/** What the repository of the vectors knows about a key. */
function keyFacts(keyText: string): Omit<MatchFacts, 'path'> {
  const known = repository.keys[keyText]
  const key = parseKey(keyText)!
  return {
    key,
    sizeBytes: key.sizeBytes ?? null,
    isPresent: known?.presentHere ?? false,
    isUnused: false,
    locations: new Set(known?.locations.map(uuidOf)),
    mimeType: known?.mimetype ?? null,
    mimeEncoding: known?.mimeencoding ?? null,
    metadata: metadataState(known?.metadata ?? {}),
  }
}

function metadataState(values: Record<string, string[]>): MetadataState {
  const changes = Object.entries(values).flatMap(([name, held]) =>
    held.map((value) => [bytesFromText(name), bytesFromText(value), true] as const),
  )
  return currentMetadata([{ clock: LAST_CHANGED, fields: fieldChanges(changes) }])
}

/** As `matchexpression` sees them: a fact not given is not known. */
function factsOf({ file, size, key, mimetype, mimeencoding }: Facts): MatchFacts {
  return {
    ...(key !== undefined && { ...keyFacts(key), mimeType: undefined, mimeEncoding: undefined }),
    path: file === undefined ? undefined : bytesFromText(file),
    sizeBytes: size === undefined ? undefined : parseSize(size),
    ...(mimetype !== undefined && { mimeType: mimetype }),
    ...(mimeencoding !== undefined && { mimeEncoding: mimeencoding }),
  }
}

const expressions = vectors.filter((v) => v.kind === 'matchexpression')

describe('compileMatcher()', () => {
  test('knows every vector of the largefiles dialect', () => {
    expect(expressions.filter((v) => v.dialect === 'largefiles')).toHaveLength(24)
    expect(expressions.length).toBeGreaterThan(160)
  })

  test.each(expressions.map((v) => [v.id, v.expression, v] as const))('%s %j', (_, __, v) => {
    const evaluate = () => {
      const parsed = parseExpression(bytesFromText(v.expression), termParser(v.dialect!))
      return compileMatcher(parsed, context)(factsOf(v.facts))
    }
    if (v.match !== null) expect(evaluate()).toBe(v.match)
    else expect(evaluate).toThrow(v.message!.replace('bad expression: ', ''))
  })

  const finds = vectors.filter((v) => v.kind === 'find' && findTokens(v.options) !== undefined)
  test('knows most of the matching options', () => {
    expect(finds.length).toBeGreaterThan(105)
  })

  test.each(finds.map((v) => [v.id, v.options.join(' '), v] as const))('%s %s', (_, __, v) => {
    const parsed = parseTokens(findTokens(v.options)!, termParser('options'))
    const matcher = compileMatcher(parsed, context)
    const matches = repository.files.filter(({ file, key, unlocked }) =>
      matcher({
        ...keyFacts(key),
        path: bytesFromText(file),
        isLocked: !unlocked,
        otherPaths: repository.files
          .filter((other) => other.key === key && other.file !== file)
          .map((other) => bytesFromText(other.file)),
      }),
    )
    expect(matches.map(({ file }) => file)).toEqual(v.matches)
  })

  test.each([
    ['metadata=lastchanged=2023-11-14*', true],
    ['metadata=Rating-lastchanged>2022', true],
    ['metadata=lastchanged<2023-11', false],
    ['metadata=none-lastchanged=*', false],
  ])('knows when a field was changed: %s', (text, isMatch) => {
    const matcher = compileMatcher(parseExpression(text, termParser('preferred')), context)
    expect(matcher({ metadata: metadataState({ rating: ['5'] }) })).toBe(isMatch)
  })

  test('asks for no fact to the right of what decides', () => {
    const facts = {
      path: 'a.mp3',
      get sizeBytes(): number {
        throw new Error('the size was asked for')
      },
    }
    const matcher = (text: string) =>
      compileMatcher(parseExpression(text, termParser('largefiles')))
    expect(matcher('include=*.mp3 or largerthan=1')(facts)).toBe(true)
    expect(matcher('exclude=*.mp3 and largerthan=1')(facts)).toBe(false)
    expect(() => matcher('largerthan=1 or include=*.mp3')(facts)).toThrow('was asked for')
  })

  test('counts no location of a repository that is not in the set', () => {
    const matcher = compileMatcher(parseTokens(['copies=1'], termParser('options')), context)
    expect(matcher({ key: parseKey('A--x') as Key, locations: new Set() })).toBe(false)
  })
})

/** Options as tokens; undefined when one of them is not built yet or is none of the matcher. */
function findTokens(options: readonly string[]): Bytes[] | undefined {
  const text = options.join('\0')
  if (/want-|since|accessedwithin|numcopies/.test(text)) return undefined
  return text
    .replace(/(--in|-i)\0/g, '--in=')
    .replace(/--metadata\0/g, '--metadata=')
    .split('\0')
    .map((option) => bytesFromText(option.replace(/^--?/, '')))
}

describe('termParser()', () => {
  test.each([
    ['preferred', 'copies=', 'Parse failure: bad number for copies'],
    ['preferred', 'copies=archive:', 'Parse failure: bad number for copies'],
    ['preferred', 'copies=a:b:1', 'Parse failure: bad value for copies'],
    ['preferred', 'lackingcopies=x', 'Parse failure: bad value for number of lacking copies'],
    ['preferred', 'metadata=a b=c', 'Parse failure: Illegal metadata field name, "a b"'],
    ['options', 'metadata==c', /^Illegal metadata field name, ""$/],
    ['options', 'copies=x', /^bad number for copies$/],
    ['options', 'largerthan=x', /^bad size$/],
    ['largefiles', 'largerthan', 'Parse failure: bad size'],
    ['largefiles', 'anything=1', 'Parse failure: near "anything=1"'],
    ['largefiles', 'toString', 'Parse failure: near "toString"'],
    ['largefiles', bytesFromText('größer=1'), 'Parse failure: near "größer=1"'],
    ['options', 'present', 'The matching option --present is not built yet'],
  ] as const)('of %s refuses %s', (dialect, token, message) => {
    expect(() => termParser(dialect)(token)).toThrow(message)
  })

  test('takes a missing value for an empty one', () => {
    expect(termParser('largefiles')('include')).toEqual({ name: 'include', glob: '' })
  })

  test('tells an option that is not built yet from a bad expression', () => {
    const codeOf = (dialect: Dialect) => {
      try {
        return termParser(dialect)('presentsince=a:1d')
      } catch (error) {
        return isAnnexError(error) && error.code
      }
    }
    expect(codeOf('options')).toBe('NOT_BUILT_YET')
    expect(codeOf('preferred')).toBe('EXPRESSION_INVALID')
  })
})
