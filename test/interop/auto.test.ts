import { describe, test } from '@jest/globals'
import { makeContentTwins } from '../support/content-worlds.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

/** Command lines that choose by copies and by what is wanted; each set in one copy of the repositories. */
describe('--auto chooses what git-annex chooses', () => {
  test('by the number of copies', () => {
    twins.expectSame('clone', [
      ['get', '--auto'],
      ['get', '--auto', '-N2', '--from=bare'],
      ['copy', '--auto', '--to=bare'],
      ['copy', '--auto', '--to=bare', '-N3'],
      ['drop', '--auto', '-N3', '--json'],
      ['drop', '--auto', 'here.txt'],
      ['drop', '--auto', '--from=bare', '-N2'],
      ['get', '--auto', '-N3', '--from=origin'],
    ])
  })

  test('by preferred content', () => {
    twins.expectSame('clone', [
      ['wanted', '.', 'include=*.bin'],
      ['wanted', 'bare', 'exclude=sub/*'],
      ['get', '--auto'],
      ['drop', '--auto'],
      ['copy', '--auto', '--to=bare'],
      ['wanted', '.', 'not present'],
      ['drop', '--auto'],
      ['get', '--auto'],
    ])
  })

  test('by the standard groups', () => {
    twins.expectSame('clone', [
      ['wanted', '.', 'standard'],
      ['wanted', 'bare', 'standard'],
      ['group', '.', 'client'],
      ['group', 'bare', 'archive'],
      ['get', '--auto'],
      ['copy', '--auto', '--to=bare'],
      ['drop', '--auto', '--json'],
      ['group', 'bare', 'unwanted'],
      ['ungroup', 'bare', 'archive'],
      ['drop', '--auto', '--from=bare'],
    ])
  })

  test('by every file that has the content', () => {
    const prepare = 'cp -a here.txt twin.precious; git add twin.precious; git commit -qm twin'
    const lines = [
      ['wanted', '.', 'include=*.precious'],
      ['drop', '--auto', 'here.txt'],
    ]
    twins.expectSame('clone', lines, { prepare })
  })
})
