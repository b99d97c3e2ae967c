import { chmodSync, existsSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectPointer, listObjects } from '../support/expect.js'
import { PairedRepos } from '../support/paired-repos.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()

function fill(repo: ScratchRepo): void {
  for (const name of ['a', 'b', 'sub/c', 'd']) repo.write(name, `content of ${name}`)
  // Of young files git would have the content stored once more.
  repo.run(['touch', '-d', '2 days ago', 'a', 'b', 'sub/c', 'd'])
  repo.realAnnex('add', 'a', 'b')
  repo.git('config', 'annex.addunlocked', 'false')
  repo.realAnnex('add', 'sub/c')
  repo.realAnnex('add', '--backend=WORM', 'd')
  repo.realGit('commit', '-qm', 'files')
}

/** The object of a file, by what the index has. */
function objectOf(repo: ScratchRepo, path: string): string {
  const key = /[^/]+$/.exec(repo.git('cat-file', 'blob', `:${path}`).stdout.trim())![0]
  return listObjects(repo).get(key)!
}

function overwrite(repo: ScratchRepo, path: string, content: string): void {
  const object = objectOf(repo, path)
  chmodSync(object, 0o644)
  writeFileSync(object, content)
}

describe('git annex fsck', () => {
  test('says of a sound repository what git-annex says', () => {
    const pair = PairedRepos.make(scratch, fill)
    pair.same(['fsck'])
    pair.same(['fsck', '--json'])
    pair.same(['fsck', '--fast', 'sub'])
    pair.same(['fsck', '--numcopies=2', 'a'])
    pair.same(['fsck', '--numcopies=2', '--json', '--json-error-messages', 'a'])
    expect(pair.same(['fsck', 'nosuch']).status).toBe(1)
    pair.expectSame()
  })

  test('puts bad content aside and corrects the location log as git-annex does', () => {
    const pair = PairedRepos.make(scratch, fill)
    pair.each((repo) => {
      overwrite(repo, 'a', 'CONTENT of a')
      overwrite(repo, 'b', 'longer content of b')
      overwrite(repo, 'sub/c', 'short')
    })
    expect(pair.same(['fsck', '--json', '--json-error-messages']).status).toBe(1)
    pair.same(['fsck'])
    pair.each((repo) => {
      expect(repo.run(['ls', '.git/annex/bad']).stdout.split('\n')).toHaveLength(4)
    })
    pair.expectSame()
  })

  test('--fast looks at sizes only', () => {
    const repo = scratch.repo('fast')
    repo.realAnnex('init')
    fill(repo)
    overwrite(repo, 'sub/c', 'CONTENT of sub/c')
    repo.annex('fsck', '--fast')
    expect(repo.tryAnnex('fsck').status).toBe(1)
  })

  test('notices content that is gone and content that nobody recorded', () => {
    const pair = PairedRepos.make(scratch, fill)
    pair.each((repo) => {
      const [uuid, object] = [
        repo.git('config', 'annex.uuid').stdout.trim(),
        objectOf(repo, 'sub/c'),
      ]
      chmodSync(object.slice(0, object.lastIndexOf('/')), 0o755)
      unlinkSync(object)
      repo.realAnnex('setpresentkey', repo.realAnnex('lookupkey', 'd').stdout.trim(), uuid, '0')
    })
    expect(pair.same(['fsck']).status).toBe(1)
    pair.same(['fsck', '--json', '--all', '--json-error-messages', '--in=here'])
    pair.expectSame()
  })

  test('mends permissions, links that were moved, and pointers whose content is here', () => {
    const repo = scratch.repo('mend')
    repo.realAnnex('init')
    repo.git('config', 'annex.addunlocked', 'true')
    fill(repo)
    const object = objectOf(repo, 'a')
    chmodSync(object, 0o644)
    repo.git('mv', 'sub/c', 'moved')
    repo.write('b', `/annex/objects/${expectPointer(repo, 'b')}\n`)
    const { stdout } = repo.annex('fsck')
    expect(stdout).toContain('fsck b (checksum...) (fixing worktree content) ok\n')
    expect(stdout).toContain('fsck moved (fixing link) (checksum...) ok\n')
    expect(statSync(object).mode & 0o222).toBe(0)
    expect(repo.read('b').toString()).toBe('content of b')
    expect(repo.read('moved').toString()).toBe('content of sub/c')
  })

  test('passes over keys of unknown backends', () => {
    const repo = scratch.repo('unknown')
    repo.annex('init')
    repo.annex('fromkey', '--force', 'FUTURE-s3--abc', 'f')
    expect(repo.annex('fsck').stderr).toContain('skipping f (unknown backend FUTURE)')
  })

  test('warns of insecure content where annex.securehashesonly is set', () => {
    const pair = PairedRepos.make(scratch, fill)
    pair.each((repo) => repo.git('config', 'annex.securehashesonly', 'true'))
    pair.same(['fsck', '--json', '--json-error-messages', 'd'])
  })

  test('leaves the work tree file of a bad object alone', () => {
    const repo = scratch.repo('alone')
    repo.annex('init')
    repo.write('f', 'content')
    repo.annex('add', 'f')
    repo.git('commit', '-qm', 'f')
    overwrite(repo, 'f', 'CONTENT')
    expect(repo.tryAnnex('fsck').status).toBe(1)
    expect(repo.read('f').toString()).toBe('content')
    renameSync(repo.path('f'), repo.path('g'))
    repo.annex('reinject', 'g', 'f')
    expect(existsSync(repo.path('g'))).toBe(false)
    repo.annex('fsck')
  })
})
