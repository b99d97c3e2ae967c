import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerClone(scratch)

describe('git annex describe', () => {
  test('records a description that git-annex reads', () => {
    const { stdout } = repo.annex('describe', 'here', 'ä new  name')
    expect(stdout).toBe('describe here ok\n(recording state in git...)\n')
    expect(repo.realAnnex('info', 'here').stdout).toContain('description: ä new  name [here]\n')
  })

  test('joins the words of a description', () => {
    repo.annex('describe', 'origin', 'two', 'words')
    expect(repo.realAnnex('info', 'origin').stdout).toContain('description: two words [origin]\n')
  })

  test('finds a repository by its description', () => {
    repo.annex('describe', 'two words', 'third')
    expect(repo.realAnnex('info', 'origin').stdout).toContain('description: third [origin]\n')
  })

  test('commits nothing when nothing changes', () => {
    const before = repo.git('rev-parse', 'git-annex').stdout
    repo.annex('describe', 'origin', 'third')
    expect(repo.git('rev-parse', 'git-annex').stdout).toBe(before)
  })

  test.each([[[]], [['here']]])('asks for both words: %j', (words) => {
    expect(expectLikeGitAnnex(repo, ['describe', ...words]).status).toBe(1)
  })

  test('refuses an unknown repository', () => {
    const { status, stderr } = repo.tryAnnex('describe', 'nowhere', 'x')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^git-annex: there is no available git remote named "nowhere"\n/)
  })
})
