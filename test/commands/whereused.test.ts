import { expect, test } from '@jest/globals'
import { expectPointer } from '../support/expect.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex whereused names the files that use a key, or else the last commit that did', () => {
  const repo = scratch.repo('r')
  repo.annex('init', 'r')
  repo.git('config', 'annex.largefiles', 'anything')
  for (const file of ['sub/f', 'twin', 'old']) repo.write(file, file === 'old' ? 'old' : 'same')
  repo.git('add', '.')
  repo.git('commit', '-qm', 'files')
  const [key, old] = [expectPointer(repo, 'twin'), expectPointer(repo, 'old')]
  repo.write('old', 'new')
  repo.git('commit', '-qam', 'new')
  repo.git('rm', '-q', 'old')
  repo.git('commit', '-qm', 'less')
  const used = (args: string[], cwd = repo.dir) =>
    repo.run(['git', 'annex', 'whereused', ...args], { cwd }).stdout
  expect(used(['--key', key])).toBe(`${key} ./sub/f\n${key} ./twin\n`)
  expect(used(['--key', key, '--historical'], repo.path('sub'))).toBe(
    `${key} ./f\n${key} ../twin\n`,
  )
  expect(used(['--key', old])).toBe('')
  expect(used(['--key', old, '--historical'])).toBe(`${old} main~2:./old\n`)
  repo.annex('unused', '-q')
  expect(used(['--unused', '--historical']).split('\n').sort()).toEqual([
    '',
    expect.stringMatching(/ main~[12]:\.\/old$/),
    expect.stringMatching(/ main~[12]:\.\/old$/),
  ])
  repo.git('checkout', '-q', '--detach')
  repo.write('lost', 'lost')
  repo.git('add', 'lost')
  repo.git('commit', '-qm', 'lost')
  const lost = expectPointer(repo, 'lost')
  repo.git('checkout', '-q', 'main')
  expect(used(['--key', lost, '--historical'])).toBe(`${lost} HEAD@{1}:./lost\n`)
  expect(repo.tryAnnex('whereused').status).toBe(1)
})
