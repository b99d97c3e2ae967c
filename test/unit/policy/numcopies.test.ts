import { describe, expect, test } from '@jest/globals'
import type { CopyEvidence, VerifiedCopy } from '../../../src/model/drop-proof.js'
import { forceDrop, proveDrop, proveMove, resolveCopies } from '../../../src/policy/numcopies.js'
import { forRandom, type Random } from '../../support/random.js'

describe('resolveCopies()', () => {
  test('takes the first source that says anything, for each number on its own', () => {
    expect(resolveCopies({})).toEqual({ numcopies: 1, mincopies: 1 })
    expect(resolveCopies({ configured: 3 })).toEqual({ numcopies: 3, mincopies: 1 })
    expect(resolveCopies({ configured: 3, recorded: { numcopies: 2 } })).toEqual({
      numcopies: 2,
      mincopies: 1,
    })
    expect(
      resolveCopies({
        recorded: { numcopies: 2, mincopies: 2 },
        attributes: [{ numcopies: '4' }],
        option: { mincopies: 5 },
      }),
    ).toEqual({ numcopies: 4, mincopies: 5 })
  })

  test('takes the greatest that any file with the content asks for', () => {
    const recorded = { numcopies: 3 }
    expect(resolveCopies({ recorded, attributes: [{ numcopies: '2' }] }).numcopies).toBe(2)
    // A file without the attribute asks for what holds in general.
    expect(resolveCopies({ recorded, attributes: [{ numcopies: '2' }, {}] }).numcopies).toBe(3)
    expect(resolveCopies({ attributes: [{ numcopies: '2' }, { numcopies: '7' }] })).toEqual({
      numcopies: 7,
      mincopies: 1,
    })
  })

  test.each(['two', '-1', '1.5', '', ' 2', '0x2', '2e3'])(
    'ignores the attribute %j',
    (numcopies) => {
      expect(resolveCopies({ attributes: [{ numcopies }], configured: 4 }).numcopies).toBe(4)
    },
  )

  test('never goes below one, whoever asks', () => {
    const one = { numcopies: 1, mincopies: 1 }
    const zero = { numcopies: 0, mincopies: 0 }
    expect(resolveCopies({ option: zero })).toEqual(one)
    expect(resolveCopies({ recorded: zero })).toEqual(one)
    expect(resolveCopies({ attributes: [{ numcopies: '0', mincopies: '0' }] })).toEqual(one)
    expect(resolveCopies({ configured: 0 })).toEqual(one)
    expect(resolveCopies({ option: { numcopies: -3 } })).toEqual(one)
  })
})

const EVIDENCE: readonly CopyEvidence[] = ['locked', 'trusted', 'recently verified']
const copy = (uuid: string, evidence: CopyEvidence): VerifiedCopy => ({ uuid, evidence })

describe('proveDrop()', () => {
  const base = { keyText: 'K', from: 'here', needed: { numcopies: 2, mincopies: 1 } }

  test('wants max(numcopies, mincopies) copies of any kind for a drop of our own', () => {
    const weak = ['a', 'b'].map((uuid) => copy(uuid, 'recently verified'))
    const local = { ...base, isLocal: true }
    expect(proveDrop({ ...local, copies: weak })).toMatchObject({
      keyText: 'K',
      from: 'here',
      copies: weak,
      reason: 'numcopies',
    })
    expect(proveDrop({ ...local, copies: weak.slice(1) })).toBeUndefined()
    const needed = { numcopies: 1, mincopies: 3 }
    expect(proveDrop({ ...local, needed, copies: weak })).toBeUndefined()
  })

  test('wants mincopies of them locked or trusted for a drop at a remote', () => {
    const remote = { ...base, from: 'r', isLocal: false }
    const weak = [copy('a', 'recently verified'), copy('b', 'recently verified')]
    expect(proveDrop({ ...remote, copies: weak })).toBeUndefined()
    for (const evidence of ['locked', 'trusted'] as const)
      expect(proveDrop({ ...remote, copies: [...weak, copy('c', evidence)] })).toBeDefined()
    const needed = { numcopies: 1, mincopies: 2 }
    const copies = [...weak, copy('c', 'locked')]
    expect(proveDrop({ ...remote, needed, copies })).toBeUndefined()
  })

  test('never counts the copy that is to go', () => {
    const copies = [copy('here', 'locked'), copy('a', 'locked')]
    expect(proveDrop({ ...base, isLocal: true, copies })).toBeUndefined()
  })

  test('hands on when the locks end', () => {
    const copies = [copy('a', 'locked'), copy('b', 'locked')]
    expect(proveDrop({ ...base, isLocal: true, copies, expiresMs: 5 })?.expiresMs).toBe(5)
    expect(proveDrop({ ...base, isLocal: true, copies })).not.toHaveProperty('expiresMs')
  })

  test('agrees with the rule counted by hand, for any copies', () => {
    forRandom(2000, (random) => {
      const request = randomRequest(random)
      const { copies, needed, isLocal, from } = request
      const others = new Map<string, Set<CopyEvidence>>()
      for (const { uuid, evidence } of copies)
        if (uuid !== from) others.set(uuid, (others.get(uuid) ?? new Set()).add(evidence))
      const firm = [...others.values()].filter(
        (kinds) => kinds.has('locked') || kinds.has('trusted'),
      )
      const isSafe = isLocal
        ? others.size >= needed.numcopies && others.size >= needed.mincopies
        : others.size >= needed.numcopies && firm.length >= needed.mincopies
      const proof = proveDrop(request)
      expect(proof !== undefined).toBe(isSafe)
      if (!proof) return
      // Each repository once, with the best that is known of it.
      expect(proof.copies.map(({ uuid }) => uuid).sort()).toEqual([...others.keys()].sort())
      for (const { uuid, evidence } of proof.copies)
        expect(evidence).toBe(EVIDENCE.find((kind) => others.get(uuid)!.has(kind)))
    })
  })

  test('is not changed by the order, nor by hearing anything twice; more copies never hurt', () => {
    forRandom(500, (random) => {
      const request = randomRequest(random)
      const reversed = [...request.copies].reverse()
      const isSafe = proveDrop(request) !== undefined
      expect(proveDrop({ ...request, copies: reversed }) !== undefined).toBe(isSafe)
      const twice = [...request.copies, ...request.copies]
      expect(proveDrop({ ...request, copies: twice }) !== undefined).toBe(isSafe)
      const more = [...request.copies, copy('another', 'locked')]
      if (isSafe) expect(proveDrop({ ...request, copies: more })).toBeDefined()
    })
  })
})

function randomRequest(random: Random) {
  return {
    keyText: 'K',
    from: 'here',
    isLocal: random.below(2) === 0,
    needed: { numcopies: 1 + random.below(4), mincopies: 1 + random.below(3) },
    copies: random.list(7, () =>
      copy(random.pick(['here', 'a', 'b', 'c', 'd']), random.pick(EVIDENCE)),
    ),
  }
}

describe('forceDrop() and proveMove()', () => {
  test('say why no copies were asked for', () => {
    expect(forceDrop('K', 'here')).toEqual({
      keyText: 'K',
      from: 'here',
      copies: [],
      reason: 'forced',
    })
    const copy = { uuid: 'there', evidence: 'locked' } as const
    expect(proveMove({ keyText: 'K', from: 'here', copy, expiresMs: 7 })).toEqual({
      keyText: 'K',
      from: 'here',
      copies: [copy],
      reason: 'moved',
      expiresMs: 7,
    })
  })
})
