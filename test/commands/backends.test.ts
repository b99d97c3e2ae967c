import { expect, test } from '@jest/globals'
import { EXAMPLES } from '../support/external-programs.js'
import { OUR_BIN, useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex backends lists what version lists, and installed programs', () => {
  const env = { PATH: `${OUR_BIN}:${EXAMPLES}:${process.env.PATH}` }
  const run = (...args: string[]) => scratch.run(['git-annex', ...args], { env }).stdout
  const names = run('backends').split('\n').slice(0, -1)
  const listed = /^key\/value backends: (.*)$/m.exec(run('version'))![1]!.split(' ')
  expect(names.slice(0, -2)).toEqual(listed.filter((name) => name !== 'X*'))
  expect(names.slice(-2)).toEqual(['XSHA512TE', 'XSHA512T'])
  const objects = run('backends', '--json')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
  expect(objects.find(({ backend }) => backend === 'SHA1E')).toEqual({
    backend: 'SHA1E',
    'error-messages': [],
    extension: true,
    generates: true,
    kind: 'hash',
    secure: false,
    verifies: true,
  })
  expect(objects.at(-1)).toMatchObject({ backend: 'XSHA512T', kind: 'external', secure: true })
})
