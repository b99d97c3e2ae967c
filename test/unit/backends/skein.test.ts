import { describe, expect, test } from '@jest/globals'
import { newSkeinHasher } from '../../../src/backends/skein.js'

/** The messages of the paper count down from FF. */
function countdown(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => 255 - i)
}

describe('newSkeinHasher()', () => {
  test.each([
    [256, 1, '0b98dcd198ea0e50a7a244c444e25c23da30c10fc9a1f270a6637f1f34e67ed2'],
    [256, 32, '8d0fa4ef777fd759dfd4044e6f6a5ac3c774aec943dcfc07927b723b5dbf408b'],
    [256, 64, 'df28e916630d0b44c4a849dc9a02f07a07cb30f732318256b15d865ac4ae162f'],
    [
      512,
      1,
      '71b7bce6fe6452227b9ced6014249e5bf9a9754c3ad618ccc4e0aae16b316cc8ca698d864307ed3e80b6ef1570812ac5272dc409b5a012df2a579102f340617a',
    ],
    [
      512,
      64,
      '45863ba3be0c4dfc27e75d358496f4ac9a736a505d9313b42b2f5eada79fc17f63861e947afb1d056aa199575ad3f8c9a3cc1780b5e5fa4cae050e989876625b',
    ],
    [
      512,
      128,
      '91cca510c263c4ddd010530a33073309628631f308747e1bcbaa90e451cab92e5188087af4188773a332303e6667a7a210856f742139000071f48e8ba2a5adb7',
    ],
  ] as const)(
    'of %i bits gives the digest of %i bytes from the Skein 1.3 paper',
    (bits, length, digestHex) => {
      const hasher = newSkeinHasher(bits)
      hasher.update(countdown(length))
      expect(hasher.digestHex()).toBe(digestHex)
    },
  )
})
