import { describe, expect, test } from '@jest/globals'
import { findSimilar } from '../../../src/cli/similar.js'

const names = ['get', 'drop', 'whereis', 'status', 'version', 'init']

describe('findSimilar()', () => {
  test.each([
    ['versoin', ['version']],
    ['stats', ['status']],
    ['drp', ['drop']],
    ['gte', ['get']],
    ['wheris', ['whereis']],
    ['frobnicate', []],
    ['', []],
  ])('guesses for %j', (typed, guesses) => {
    expect(findSimilar(typed, names)).toEqual(guesses)
  })

  test('puts the closest first', () => {
    expect(findSimilar('ini', ['unit', 'init'])).toEqual(['init', 'unit'])
  })
})
