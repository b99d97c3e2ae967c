import { rmSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerClone(scratch)

describe('git annex status', () => {
  test('prints nothing when nothing differs', () => {
    expect(expectLikeGitAnnex(repo, ['status']).stdout).toBe('')
  })

  test('shows new, modified, deleted and retyped files as git-annex does', () => {
    repo.write('new/staged.txt', 'small\n')
    repo.realGit('-c', 'annex.largefiles=nothing', 'add', 'new')
    repo.write('new/deep/untracked', 'x')
    repo.write('plain.txt', 'changed\n')
    rmSync(repo.path('there.txt'))
    rmSync(repo.path('here.txt'))
    repo.write('here.txt', 'no link any more')
    for (const args of [[], ['--json'], ['new'], ['plain.txt', 'there.txt'], ['nope']])
      expectLikeGitAnnex(repo, ['status', ...args])
    expectLikeGitAnnex(repo, ['status'], { cwd: repo.path('new') })
  })

  test('prefers what is not staged over what is', () => {
    repo.write('new/staged.txt', 'changed again\n')
    expect(expectLikeGitAnnex(repo, ['status', 'new/staged.txt']).stdout).toBe(
      'M ./new/staged.txt\n',
    )
  })

  test('shows both names of a renamed file', () => {
    repo.git('mv', 'plain.txt', 'renamed.txt')
    const { stdout } = repo.annex('status', 'plain.txt', 'renamed.txt')
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['D ./plain.txt', 'M ./renamed.txt']))
  })

  test('refuses to run in a bare repository', () => {
    const bare = scratch.repo('bare.git', '--bare')
    bare.realAnnex('init', 'bare')
    expect(expectLikeGitAnnex(bare, ['status']).status).toBe(1)
  })
})
