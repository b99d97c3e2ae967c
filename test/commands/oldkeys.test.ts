import { expect, test } from '@jest/globals'
import { expectPointer } from '../support/expect.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex oldkeys lists former keys of files, newest first, but for those in use', () => {
  const repo = scratch.repo('r')
  repo.annex('init', 'r')
  repo.git('config', 'annex.largefiles', 'anything')
  const commit = (path: string, content: string) => {
    repo.write(path, content)
    repo.git('add', path)
    repo.git('commit', '-qm', content)
    return expectPointer(repo, path)
  }
  const [one, two, three] = ['one', 'two', 'three'].map((content) => commit('sub/f', content))
  commit('twin', 'one')
  const gone = commit('sub/gone', 'gone')
  repo.git('rm', '-q', 'sub/gone')
  repo.git('commit', '-qm', 'less')
  const keys = (...args: string[]) =>
    repo
      .annex('oldkeys', ...args)
      .stdout.split('\n')
      .slice(0, -1)
  expect(keys('sub/f')).toEqual([two])
  expect(keys('sub/f', '--unchecked')).toEqual([two, one])
  expect(keys()).toEqual([gone, two])
  expect(keys('--revision-range=HEAD~1..', 'sub')).toEqual([gone])
  expect(keys('twin')).not.toContain(three)
  const inSub = repo.run(['git', 'annex', 'oldkeys', '.'], { cwd: repo.path('sub') }).stdout
  expect(inSub).toBe(`${gone}\n${two}\n`)
  expect(repo.tryAnnex('oldkeys', '--revision-range=nope').status).toBe(1)
})
