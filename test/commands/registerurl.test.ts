import { expect, test } from '@jest/globals'
import { PairedRepos } from '../support/paired-repos.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const KEY = 'SHA256E-s5--00.txt'

test('git annex registerurl records urls as git-annex does', () => {
  const pair = PairedRepos.make(scratch, () => {})
  pair.same(['registerurl', KEY, 'http://example.com/a b'])
  pair.same(['registerurl', '--json', KEY, 'http://example.com/2'])
  pair.same(['registerurl', KEY, 'http://example.com/2'])
  pair.same(['registerurl', 'http://example.com/key', 'http://example.com/3'])
  pair.same(['registerurl', '--batch'], { input: `${KEY} http://example.com/4 5\n` })
  expect(pair.same(['registerurl', '--batch'], { input: 'x\n' }).status).toBe(1)
  expect(pair.same(['registerurl', 'badkey', 'http://example.com/']).status).toBe(1)
  expect(pair.same(['registerurl', KEY]).status).toBe(1)
  pair.same(['whereis', '--key', KEY])
  pair.expectSame()
})
