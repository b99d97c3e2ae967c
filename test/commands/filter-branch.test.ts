import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerClone(scratch)
repo.realAnnex('metadata', 'here.txt', '-t', 'tag', '-q')
repo.realAnnex('numcopies', '2', '-q')
repo.realAnnex('group', 'origin', 'backup', '-q')
repo.realAnnex('addurl', '-q', '--relaxed', '--file=url', 'http://127.0.0.1/x')
repo.realAnnex('trust', '--force', '-q', 'here')

describe('git annex filter-branch', () => {
  test.each([
    [[]],
    [['.', '--include-all-key-information']],
    [['here.txt', 'url', '--include-key-information-for=origin', '--include-global-config']],
    [['--all', '--include-all-key-information', '--exclude-key-information-for=here']],
    [['--branch=main', '--include-key-information-for=here', '--in=here']],
    [['--include-all-repo-config', '--exclude-repo-config-for=origin']],
    [['--include-repo-config-for', 'origin', '--include-repo-config-for', 'here']],
    [['--include-repo-config-for=nobody']],
    [['--all', 'here.txt']],
  ])('%j makes the tree that git-annex makes', (args) => {
    const [ours, real] = (['ours', 'real'] as const).map((program) => {
      const { status, stdout } = repo.tryRun(['git', 'annex', 'filter-branch', ...args], {
        program,
      })
      const commit = stdout.trim()
      return { status, tree: commit && repo.git('ls-tree', '-r', commit).stdout }
    })
    expect(ours).toEqual(real)
    expect(repo.git('for-each-ref', 'refs/annexe').stdout).toBe('')
  })

  test('makes a commit that another repository merges', () => {
    const other = scratch.repo('other')
    other.annex('init', 'other')
    const args = [
      '--all',
      '--include-key-information-for=origin',
      '--include-repo-config-for=origin',
    ]
    const commit = repo.annex('filter-branch', ...args).stdout.trim()
    repo.git('push', '-q', other.dir, `${commit}:refs/remotes/given/git-annex`)
    const key = repo.annex('lookupkey', 'here.txt').stdout.trim()
    const { stdout } = other.annex('whereis', '--key', key)
    expect(stdout).toContain('(1 copy)')
    expect(stdout).toContain('the origin')
    expectLikeGitAnnex(other, ['whereis', '--key', key])
  })
})
