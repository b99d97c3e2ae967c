import { expect, test } from '@jest/globals'
import { formatUnusedList, parseUnusedList } from '../../../src/model/unused-list.js'

const KEY = 'SHA256E-s4--2801b7e4daf6be82f0891f845777a1f7d0cbaa17163fd1a3074a2b99544c97b1'

test('parseUnusedList() reads lines of any release, and passes over what is none', () => {
  const text = `2 ${KEY} 1795287011.51539435s\n10 WORM-s1-m1--a b\n\nx ${KEY}\n3 nonsense\n4 ${KEY}.txt 5s`
  expect(parseUnusedList(text)).toEqual([
    { number: 2, keyText: KEY, since: '1795287011.51539435' },
    { number: 10, keyText: 'WORM-s1-m1--a b', since: undefined },
    { number: 4, keyText: `${KEY}.txt`, since: '5' },
  ])
})

test('formatUnusedList() writes what parseUnusedList() reads', () => {
  const keys = [
    { number: 1, keyText: KEY, since: '1795287011.5' },
    { number: 2, keyText: 'WORM-s1-m1--ü 7s', since: undefined },
    { number: 3, keyText: 'WORM-s1-m1--a b', since: '0' },
  ]
  expect(formatUnusedList(keys)).toBe(
    `1 ${KEY} 1795287011.5s\n2 WORM-s1-m1--ü 7s\n3 WORM-s1-m1--a b 0s\n`,
  )
  expect(parseUnusedList(formatUnusedList([keys[0]!, keys[2]!]))).toEqual([keys[0], keys[2]])
})
