import { symlinkSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerAnnex(scratch, 'repo')
repo.write('dir/big.tar.gz', someBytes(3 << 20))
repo.write('a b.Éxt', 'x')
repo.write('empty', '')
symlinkSync('nowhere', repo.path('broken'))
symlinkSync('empty', repo.path('link.txt'))

describe('git annex calckey', () => {
  test.each([
    [['file']],
    [['dir/big.tar.gz', 'a b.Éxt', 'empty', 'link.txt']],
    [['--backend=SHA1', 'file']],
    [['-b', 'MD5E', 'dir/big.tar.gz']],
    [['--backend=WORM', 'dir/big.tar.gz']],
    [['--backend=BLAKE2B256E', 'dir/big.tar.gz']],
    [['-c', 'annex.backend=SHA512', 'file']],
    [['file', 'nope']],
    [['broken']],
    [[]],
  ])('%j answers as git-annex does', (args) => {
    expectLikeGitAnnex(repo, ['calckey', ...args])
  })

  test('stores nothing', () => {
    const before = repo.run(['find', '.git/annex/objects']).stdout
    repo.annex('calckey', 'dir/big.tar.gz')
    expect(repo.run(['find', '.git/annex/objects']).stdout).toBe(before)
  })

  test('answers a batch', () => {
    const input = 'file\nnope\ndir/big.tar.gz\n'
    expectLikeGitAnnex(repo, ['calckey', '--batch'], { input })
  })

  test('refuses a backend that is none', () => {
    expect(repo.tryAnnex('calckey', '--backend=SHA3', 'file')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('SHA3'),
    })
  })
})
