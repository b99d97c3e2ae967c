import { describe, expect, test } from '@jest/globals'
import type { TrustLevel } from '../../../src/model/logs/trust-log.js'
import { collectDropEvidence, type ProveDropRequest } from '../../../src/transfer/prove-drop.js'
import { LocklessRemote, MemoryRemote, type Misbehaviour } from '../../support/memory-remote.js'
import { forRandom, type Random } from '../../support/random.js'

const KEY = 'SHA256E-s1--key'

function withContent<R extends MemoryRemote>(remote: R, misbehaviour?: Misbehaviour): R {
  remote.contents.set(KEY, Buffer.from('x'))
  remote.misbehaviour = misbehaviour
  return remote
}

interface Situation {
  remotes: MemoryRemote[]
  numcopies?: number
  mincopies?: number
  from?: string
  isLocal?: boolean
  trust?: Record<string, TrustLevel>
  locations?: string[]
}

/** A drop of our own copy, unless it says otherwise; all remotes are in the location log. */
function request({ remotes, trust = {}, ...rest }: Situation): ProveDropRequest {
  return {
    keyText: KEY,
    from: rest.from ?? 'here',
    isLocal: rest.isLocal ?? (rest.from ?? 'here') === 'here',
    needed: { numcopies: rest.numcopies ?? 1, mincopies: rest.mincopies ?? 1 },
    locations: rest.locations ?? ['here', ...remotes.map(({ uuid }) => uuid)],
    trust: (uuid) => trust[uuid] ?? 'semitrusted',
    remotes,
    // Not looked at: our own copy is the one to go, or not in the log.
    here: { uuid: 'here', store: undefined as never },
  }
}

describe('collectDropEvidence()', () => {
  test('locks remotes in their order until there are enough, and lets go in the end', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => withContent(new MemoryRemote(name)))
    {
      await using evidence = await collectDropEvidence(
        request({ remotes: [a!, b!, c!], numcopies: 2 }),
      )
      expect(evidence.proof?.copies).toEqual([
        { uuid: 'uuid-a', evidence: 'locked' },
        { uuid: 'uuid-b', evidence: 'locked' },
      ])
      expect([a!.heldLocks, b!.heldLocks, c!.asked]).toEqual([1, 1, []])
    }
    expect([a!.heldLocks, b!.heldLocks]).toEqual([0, 0])
  })

  test('lets go also of what it has locked in vain', async () => {
    const a = withContent(new MemoryRemote('a'))
    {
      await using evidence = await collectDropEvidence(request({ remotes: [a], numcopies: 2 }))
      expect(evidence.proof).toBeUndefined()
      expect(a.heldLocks).toBe(1)
    }
    expect(a.heldLocks).toBe(0)
  })

  test('does not count a lock that is lost while others are asked', async () => {
    const a = withContent(new MemoryRemote('a'), 'loses locks')
    const b = withContent(new MemoryRemote('b'))
    await using both = await collectDropEvidence(request({ remotes: [a, b] }))
    expect(both.proof?.copies).toEqual([{ uuid: 'uuid-b', evidence: 'locked' }])
    await using one = await collectDropEvidence(request({ remotes: [a, b], numcopies: 2 }))
    expect([one.proof, one.unreachable]).toEqual([undefined, [a]])
  })

  test('wants locks where a copy of ours is not under our own lock', async () => {
    const remotes = [withContent(new LocklessRemote('a'))]
    await using evidence = await collectDropEvidence(request({ remotes, isLocal: false }))
    expect([evidence.proof, evidence.copies.length]).toEqual([undefined, 1])
  })

  test('asks whether content is present where it cannot be locked', async () => {
    const remotes = [
      withContent(new LocklessRemote('a')),
      withContent(new MemoryRemote('b'), 'no locks'),
    ]
    await using evidence = await collectDropEvidence(request({ remotes, numcopies: 2 }))
    expect(evidence.proof?.copies.map((copy) => copy.evidence)).toEqual([
      'recently verified',
      'recently verified',
    ])
    expect(evidence.lockless.map(({ name }) => name)).toEqual(['a'])
  })

  test('from outside wants mincopies of them locked', async () => {
    const remotes = [withContent(new LocklessRemote('a')), withContent(new MemoryRemote('b'))]
    const from = withContent(new MemoryRemote('r'))
    const there = {
      remotes: [...remotes, from],
      from: from.uuid,
      locations: ['uuid-a', 'uuid-b', 'uuid-r'],
    }
    {
      await using evidence = await collectDropEvidence(request(there))
      expect(evidence.proof?.copies).toEqual([
        { uuid: 'uuid-a', evidence: 'recently verified' },
        { uuid: 'uuid-b', evidence: 'locked' },
      ])
    }
    await using evidence = await collectDropEvidence(request({ ...there, mincopies: 2 }))
    expect(evidence.proof).toBeUndefined()
    expect(from.asked).toEqual([])
  })

  test('tells remotes that could not be asked from those that do not have it', async () => {
    const remotes = [
      withContent(new MemoryRemote('away'), 'unreachable'),
      withContent(new MemoryRemote('broken'), 'broken disk'),
      new MemoryRemote('empty'),
    ]
    await using evidence = await collectDropEvidence(request({ remotes }))
    expect(evidence.proof).toBeUndefined()
    expect(evidence.unreachable.map(({ name }) => name)).toEqual(['away', 'broken'])
    expect(evidence.missing.map(({ name }) => name)).toEqual(['empty'])
  })

  test('believes a trusted repository without asking, and never an untrusted or dead one', async () => {
    const remotes = ['t', 'u', 'd'].map((name) => withContent(new MemoryRemote(name)))
    const trust = { 'uuid-t': 'trusted', 'uuid-u': 'untrusted', 'uuid-d': 'dead' } as const
    await using evidence = await collectDropEvidence(request({ remotes, trust, numcopies: 2 }))
    expect(evidence.proof).toBeUndefined()
    expect(evidence.copies[0]).toEqual({ uuid: 'uuid-t', evidence: 'trusted' })
    expect(remotes.slice(1).map(({ asked }) => asked)).toEqual([[], []])
  })

  test('asks nobody that the location log does not name, and no ignored remote', async () => {
    const ignored = Object.assign(withContent(new MemoryRemote('i')), { isIgnored: true })
    const remotes = [withContent(new MemoryRemote('a')), ignored]
    const locations = ['here', 'uuid-i', 'uuid-elsewhere']
    await using evidence = await collectDropEvidence(request({ remotes, locations }))
    expect(evidence.proof).toBeUndefined()
    expect(remotes.map(({ asked }) => asked)).toEqual([[], []])
  })

  test('counts a repository once that two remotes lead to', async () => {
    const remotes = ['a', 'b'].map((name) => withContent(new MemoryRemote(name, { uuid: 'same' })))
    await using evidence = await collectDropEvidence(
      request({ remotes, numcopies: 2, locations: ['here', 'same'] }),
    )
    expect(evidence.proof).toBeUndefined()
  })

  test('keeps the time at which the first lock ends', async () => {
    const remotes = [2000, 1000, undefined].map((expiresMs, i) =>
      Object.assign(withContent(new MemoryRemote(`${i}`)), { expiresMs }),
    )
    await using evidence = await collectDropEvidence(request({ remotes, numcopies: 3 }))
    expect(evidence.proof?.expiresMs).toBe(1000)
  })

  test('proves only what is there, whatever the remotes do', async () => {
    const situations: Situation[] = []
    forRandom(300, (random) => situations.push(randomSituation(random)))
    for (const situation of situations) {
      const { remotes, numcopies, trust } = situation
      await using evidence = await collectDropEvidence(request(situation))
      if (!evidence.proof) continue
      const sound = new Set(
        remotes
          .filter(
            ({ uuid, contents, misbehaviour }) =>
              trust![uuid] === 'trusted' ||
              (trust![uuid] !== 'untrusted' &&
                trust![uuid] !== 'dead' &&
                ((contents.has(KEY) && !isMute(misbehaviour)) || misbehaviour === 'lying')),
          )
          .map(({ uuid }) => uuid),
      )
      expect(sound.size).toBeGreaterThanOrEqual(numcopies!)
      for (const { uuid } of evidence.proof.copies) expect(sound).toContain(uuid)
    }
  })
})

function isMute(misbehaviour: Misbehaviour | undefined): boolean {
  return misbehaviour === 'unreachable' || misbehaviour === 'broken disk'
}

function randomSituation(random: Random): Situation {
  const remotes = Array.from({ length: 1 + random.below(4) }, (_, i) => {
    const remote = new (random.pick([MemoryRemote, LocklessRemote]))(`${i}`)
    if (random.below(3) > 0) remote.contents.set(KEY, Buffer.from('x'))
    remote.misbehaviour = random.pick([
      undefined,
      undefined,
      'unreachable',
      'broken disk',
      'no locks',
      'lying',
    ])
    return remote
  })
  const levels: TrustLevel[] = ['semitrusted', 'semitrusted', 'trusted', 'untrusted', 'dead']
  const trust = Object.fromEntries(remotes.map(({ uuid }) => [uuid, random.pick(levels)]))
  return { remotes, trust, numcopies: 1 + random.below(3), mincopies: 1 + random.below(2) }
}
