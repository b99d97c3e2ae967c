import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, test } from '@jest/globals'
import { claimSpace } from '../../../src/store/free-space.js'

const annexDir = `${tmpdir()}/annex`

/** A share of the room that there is just now. */
function share(part: number): number {
  const { bavail, bsize } = statfsSync(tmpdir())
  return Math.floor(bavail * bsize * part)
}

describe('claimSpace()', () => {
  const claim = (sizeBytes: number | undefined, reserveBytes = 1n) =>
    claimSpace({ annexDir, sizeBytes, reserveBytes })

  test('counts what comes at the same moment, as far as it is not there yet', () => {
    const first = claim(share(0.5))
    expect(() => claim(share(0.75))).toThrow('not enough free space, need')
    claim(share(0.25))[Symbol.dispose]()
    first.progress(share(0.4))
    const second = claim(share(0.75))
    for (const one of [first, second]) one[Symbol.dispose]()
    claim(share(0.75))[Symbol.dispose]()
  })

  test('asks for nothing when the size is unknown or the user insists', () => {
    claim(undefined, 1n << 70n)[Symbol.dispose]()
    claim(share(2), 0n)[Symbol.dispose]()
    expect(() => claim(1, 1n << 70n)).toThrow('adjust annex.diskreserve')
  })
})
