import { renameSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

describe('git annex checkpresentkey', () => {
  test('asks remotes and answers by its exit status, as git-annex does', () => {
    const repo = makePeerClone(scratch)
    const there = repo.realAnnex('lookupkey', 'there.txt').stdout.trim()
    const nowhere = there.replace(/--./, '--0')
    for (const words of [[there, 'origin'], [nowhere, 'origin'], [there], [there, 'nobody', 'x']])
      expectLikeGitAnnex(repo, ['checkpresentkey', ...words])
    for (const words of [[], ['nokey']]) expectLikeGitAnnex(repo, ['checkpresentkey', ...words])
    expect(repo.tryAnnex('checkpresentkey', nowhere).status).toBe(1)
    const input = `${there}\n${nowhere}\n`
    expectLikeGitAnnex(repo, ['checkpresentkey', '--batch'], { input })
    expectLikeGitAnnex(repo, ['checkpresentkey', '--batch', 'origin'], { input })

    renameSync(scratch.path('origin'), scratch.path('gone'))
    expect(repo.tryAnnex('checkpresentkey', there, 'origin')).toMatchObject({
      status: 100,
      stdout: '',
      stderr: expect.stringContaining('Cannot reach origin'),
    })
    expect(repo.run(['git', 'annex', 'checkpresentkey', '--batch'], { input }).stdout).toBe(
      '0\n0\n',
    )
  })

  test('sees in a batch what others record between two questions', () => {
    const repo = scratch.repo('changing')
    repo.annex('init')
    repo.git('config', 'annex.security.allowed-url-schemes', 'file')
    repo.write('../served', 'content\n')
    repo.annex('addurl', '--file=f', `file://${scratch.path('served')}`)
    const script = `
      key=$(git annex lookupkey f)
      coproc git annex checkpresentkey --batch web
      echo "$key" >&"\${COPROC[1]}"; read -r before <&"\${COPROC[0]}"
      git annex rmurl -q f "file://$1"
      echo "$key" >&"\${COPROC[1]}"; read -r after <&"\${COPROC[0]}"
      echo "$before $after"`
    const argv = ['bash', '-ec', script, 'bash', scratch.path('served')]
    expect(repo.run(argv).stdout).toBe('1 0\n')
  })
})
