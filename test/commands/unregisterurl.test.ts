import { expect, test } from '@jest/globals'
import { PairedRepos } from '../support/paired-repos.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const KEY = 'SHA256E-s5--00.txt'

test('git annex unregisterurl forgets urls as git-annex does', () => {
  const pair = PairedRepos.make(scratch, (repo) => {
    for (const n of [1, 2, 3]) repo.realAnnex('registerurl', KEY, `http://example.com/${n}`)
  })
  pair.run(['unregisterurl', KEY, 'http://example.com/1'])
  pair.run(['unregisterurl', KEY, 'http://example.com/unknown'])
  pair.same(['whereis', '--json', '--key', KEY])
  const input = `${KEY} http://example.com/2\n${KEY} http://example.com/3\n`
  const { ours, real } = pair.run(['unregisterurl', '--batch'], { input })
  // Of git-annex 10.20230126 this command says it were registerurl.
  expect(ours.stdout).toBe(real.stdout.replaceAll('registerurl', 'unregisterurl'))
  pair.same(['whereis', '--json', '--key', KEY])
  pair.expectSame()
})
