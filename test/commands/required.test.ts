import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerAnnex(scratch, 'repo')

describe('git annex required', () => {
  test('shows an empty line when nothing is set', () => {
    expect(expectLikeGitAnnex(repo, ['required', 'here']).stdout).toBe('\n')
  })

  test('records an expression that git-annex reads', () => {
    const expression = 'include=*.é and (copies=archive:1 or not inallgroup=client)'
    const { stdout } = repo.annex('required', 'here', expression)
    expect(stdout).toBe('required here ok\n(recording state in git...)\n')
    expect(expectLikeGitAnnex(repo, ['required', 'here']).stdout).toBe(`${expression}\n`)
  })

  test('removes the expression', () => {
    repo.annex('required', '.', '')
    expect(expectLikeGitAnnex(repo, ['required', 'here']).stdout).toBe('\n')
  })

  test('refuses an expression that does not parse, and keeps the old one', () => {
    repo.realAnnex('required', 'here', 'anything')
    for (const bad of ['frobnicate', 'copies=many', 'largerthan=big', 'include=* and nonsense=1'])
      expect(expectLikeGitAnnex(repo, ['required', 'here', bad]).status).toBe(1)
    expect(repo.annex('required', 'here').stdout).toBe('anything\n')
  })

  test.each([[[]], [['here', 'a', 'b']]])('refuses the words %j', (words) => {
    expect(expectLikeGitAnnex(repo, ['required', ...words]).status).toBe(1)
  })
})
