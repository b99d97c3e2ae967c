// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the formats look like that
import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerClone(scratch)
const hereKey = repo.realAnnex('lookupkey', 'here.txt').stdout.trim()
const absentKey = 'SHA256E-s3--0000000000000000000000000000000000000000000000000000000000000000'

describe('git annex whereis', () => {
  test.each([
    [[]],
    [['sub', 'here.txt']],
    [['plain.txt']],
    [['--json']],
    [['--quiet']],
    [['--all']],
    [['--all', '--json']],
    [['--branch=main']],
    [['--branch=main', '--json']],
    [['--unused']],
    [[`--key=${hereKey}`]],
    [['--key', hereKey, '--json']],
    [['--in=here', '--json']],
    [['--format=${file} ${uuid}\\n']],
    [['--format=${file} ${uuid} ${url}\\n']],
    [['--format=${key}\\n', '--all']],
  ])('%j answers as git-annex does', (args) => {
    expectLikeGitAnnex(repo, ['whereis', ...args])
  })

  test.each([
    [['nope']],
    [[`--key=${absentKey}`]],
    [[`--key=${absentKey}`, '--json']],
    [['here.txt', '--all']],
    [['--all', 'nope']],
    [['--all', '--include=*']],
    [['--batch', '--all']],
    [['--batch-keys', 'here.txt']],
  ])('%j fails as git-annex does', (args) => {
    const { status } = expectLikeGitAnnex(repo, ['whereis', ...args])
    expect(status).toBe(1)
  })

  test('answers batches of files and of keys', () => {
    const files = { input: 'here.txt\nplain.txt\nnope\nsub/ünlocked file.bin\n' }
    expectLikeGitAnnex(repo, ['whereis', '--batch'], files)
    expectLikeGitAnnex(repo, ['whereis', '--batch', '--json'], files)
    const keys = { input: `${hereKey}\n${absentKey}\n` }
    expectLikeGitAnnex(repo, ['whereis', '--batch-keys'], keys)
    expectLikeGitAnnex(repo, ['whereis', '--batch-keys', '--json'], keys)
    expectLikeGitAnnex(repo, ['whereis', '--batch-keys'], { input: `${hereKey}\nno key\n` })
  })

  test('tells untrusted copies apart, and fails when there are no others', () => {
    repo.realAnnex('untrust', 'origin')
    expectLikeGitAnnex(repo, ['whereis', '--json'])
    expect(expectLikeGitAnnex(repo, ['whereis']).status).toBe(1)
  })

  test('leaves dead repositories out', () => {
    repo.realAnnex('dead', 'origin')
    expectLikeGitAnnex(repo, ['whereis', 'here.txt', '--json'])
    expect(expectLikeGitAnnex(repo, ['whereis', 'there.txt']).status).toBe(1)
  })

  test('lists the urls of the web', () => {
    const key = repo.realAnnex('lookupkey', 'here.txt').stdout.trim()
    repo.realAnnex('registerurl', key, 'http://example.com/here')
    expectLikeGitAnnex(repo, ['whereis', 'here.txt'])
    expectLikeGitAnnex(repo, ['whereis', 'here.txt', '--json'])
    expectLikeGitAnnex(repo, ['whereis', 'here.txt', '--format=${uuid} ${url}\\n'])
  })
})
