import { describe, expect, test } from '@jest/globals'
import { bytesFromText } from '../../../src/model/bytes.js'
import { parseExpression } from '../../../src/model/expression.js'
import { parseKey } from '../../../src/model/key.js'
import type { TrustLevel } from '../../../src/model/logs/trust-log.js'
import { termParser } from '../../../src/model/matching-terms.js'
import type { Uuid } from '../../../src/model/uuid.js'
import { compileMatcher, type MatchContext } from '../../../src/policy/matcher.js'
import { expandGroupTerms } from '../../../src/policy/standard-groups.js'
import { readVectors } from '../../support/vectors.js'

interface Vector {
  id: string
  kind: string
  repository: string
  expression: string
  repositoryGroups?: string[]
  groupwanted?: Record<string, string>
  parseError?: string
  wantGet: string[]
  wantDrop: string[]
}

const { repository, vectors } = readVectors<{
  repository: {
    repositories: { uuid: Uuid; description: string; trust: TrustLevel; groups: string[] }[]
    keys: Record<string, { locations: string[] }>
    files: { file: string; key: string; gitattributesNumcopies: number | null }[]
  }
  vectors: Vector[]
}>('matching')

/** What git-annex answered for whole repositories; terms that are not built yet are left out. */
const preferred = vectors.filter(
  ({ kind, expression, parseError }) =>
    kind === 'preferred' &&
    !parseError &&
    !/metadata|balanced|onlyingroup|url=|^[\s()]*$/.test(expression),
)

/** The files that a repository wants, as things are or without its own copy. */
function wantedFiles(vector: Vector, isDrop: boolean): string[] {
  const { repositoryGroups, groupwanted = {} } = vector
  const owner = repository.repositories.find((r) => r.description === vector.repository)!
  const groupsOf = (r: typeof owner) => (r === owner && repositoryGroups) || r.groups
  const context: MatchContext = {
    ownUuid: owner.uuid,
    findRepository: (name) => name,
    trustOf: (uuid) => repository.repositories.find((r) => r.uuid === uuid)!.trust,
    membersOf: (group) =>
      new Set(
        repository.repositories.filter((r) => groupsOf(r).includes(group)).map((r) => r.uuid),
      ),
    numcopies: (facts, withAttributes) =>
      (withAttributes && fileOf(facts.path!)?.gitattributesNumcopies) || 1,
  }
  const text = expandGroupTerms(bytesFromText(vector.expression), {
    groups: groupsOf(owner),
    groupWanted: new Map(Object.entries(groupwanted)),
  })
  const matches = compileMatcher(parseExpression(text, termParser('preferred')), context)
  return repository.files
    .filter(({ file, key }) => {
      const holders = new Set(repository.keys[key]?.locations.map(uuidOf))
      const isPresent = holders.has(owner.uuid)
      if (isDrop) holders.delete(owner.uuid)
      const path = bytesFromText(file)
      const sizeBytes = parseKey(key)!.sizeBytes ?? null
      const facts = { path, key: parseKey(key), sizeBytes, locations: holders }
      return matches({ ...facts, isPresent, isUnused: false })
    })
    .map(({ file }) => file)
}

function fileOf(path: string) {
  return repository.files.find(({ file }) => bytesFromText(file) === path)
}

function uuidOf(name: string): Uuid {
  return repository.repositories.find((r) => r.description === name || r.uuid === name)!.uuid
}

describe('expandGroupTerms()', () => {
  test('has vectors for every standard group', () => {
    expect(preferred.length).toBeGreaterThan(60)
  })

  test.each(preferred.map((v) => [v.id, v.expression, v] as const))('%s %j', (_, __, vector) => {
    expect(wantedFiles(vector, false)).toEqual(vector.wantGet)
    const kept = wantedFiles(vector, true)
    // A file goes only when no other file with its content is kept.
    const keyOf = (file: string) => repository.files.find((f) => f.file === file)!.key
    const keptKeys = new Set(kept.map(keyOf))
    const gone = repository.files.filter(({ key }) => !keptKeys.has(key))
    expect(gone.map(({ file }) => file)).toEqual(vector.wantDrop)
  })

  test('takes present for what cannot be determined', () => {
    const settings = { groups: ['client', 'archive', 'mine'], groupWanted: new Map() }
    expect(expandGroupTerms('standard', settings)).toBe('(present)')
    expect(expandGroupTerms('not groupwanted or(standard)', settings)).toBe(
      'not (present) or((present))',
    )
    expect(expandGroupTerms('include=standard', settings)).toBe('include=standard')
  })
})
