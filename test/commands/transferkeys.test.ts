import { describe, expect, test } from '@jest/globals'
import { makeContentTwins } from '../support/content-worlds.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

describe('git annex transferkeys', () => {
  test('answers each request as git-annex does', () => {
    const clone = twins.copy('ours').repo('clone')
    const [here, there] = ['here.txt', 'there.txt'].map((file) =>
      clone.annex('lookupkey', file).stdout.trim(),
    )
    const requests = [
      ['u', 'bare', here, 'here.txt'],
      ['d', 'origin', there, ''],
      ['d', 'nobody', there, ''],
      ['d', 'origin', 'nokey', ''],
      ['x', 'origin', there, ''],
    ]
    const input = requests.map((fields) => `${fields.join('\0')}\0`).join('')
    const answers = twins.copies().map((world) => {
      const { stdout, status } = world.tryRun('clone', ['git', 'annex', 'transferkeys'], { input })
      const found = world.annex('clone', 'find', '--in=here').stdout
      return [stdout.replace('(recording state in git...)\n', ''), status, found.split('\n').sort()]
    })
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]![0]).toBe('1\n1\n0\n0\n0\n')
    expect(clone.tryRun(['git', 'annex', 'transferkeys'], { input: 'u\0bare\0' }).status).toBe(1)
  })
})
