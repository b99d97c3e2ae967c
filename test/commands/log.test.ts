import { expect, test } from '@jest/globals'
import { makeFamily } from '../support/family.js'
import { uuidOf } from '../support/locations.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex log shows who got and lost content when, and how much everybody had', () => {
  const { repo, remotes, key } = makeFamily(scratch, ['a'])
  repo.annex('get', '-q', 'f')
  repo.annex('drop', '-q', 'f')
  repo.annex('describe', '-q', 'here', 'mine, "all"')
  const [here, there] = [uuidOf(repo), uuidOf(remotes[0]!)]
  const lines = (...args: string[]) =>
    repo
      .annex('log', ...args)
      .stdout.trim()
      .split('\n')
  const date = '\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d UTC'
  const expected = [
    new RegExp(`^- ${date} f \\| ${here} -- mine, "all"$`),
    new RegExp(`^\\+ ${date} f \\| ${here} -- mine, "all"$`),
    new RegExp(`^\\+ ${date} f \\| ${there} -- repository a \\[a\\]$`),
  ]
  const inUtc = { env: { TZ: 'UTC' } }
  const shown = repo.run(['git', 'annex', 'log', 'f'], inUtc).stdout.trim().split('\n')
  expect(shown).toEqual(expected.map((line) => expect.stringMatching(line)))
  expect(lines('--raw-date', '--max-count=1', 'f')[0]).toMatch(/^- \d+s f \|/)
  expect(lines('--gource', '--key', key)[0]).toMatch(
    new RegExp(`^\\d+\\|mine, "all"\\|M\\|${key}$`),
  )
  expect(lines('--all')).toHaveLength(3)
  expect(lines('--branch=HEAD')[0]).toContain(' HEAD:f | ')
  expect(repo.annex('log', '--until=2001-01-01').stdout).toBe('')
  const objects = lines('--json', 'f').map((line) => JSON.parse(line))
  expect(objects.map(({ logged, file }) => [logged, file])).toEqual([
    ['removal', 'f'],
    ['addition', 'f'],
    ['addition', 'f'],
  ])
  expect(objects[0].locations).toEqual([{ uuid: here, description: 'mine, "all"', here: true }])
  expect(lines('--sizes')[0]).toMatch(/^date,(repository a,"mine, ""all"""|"mine.*,repository a)$/)
  expect(lines('--sizesof=a', '--bytes').at(-1)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,1000$/)
  expect(lines('--totalsizes').at(-1)).toMatch(/,1 kB$/)
  expect(lines('--totalsizes', '--interval=10y', '--raw-date')).toHaveLength(2)
})
