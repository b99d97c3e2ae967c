import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerClone(scratch)
const originUuid = repo.git('config', 'remote.origin.annex-uuid').stdout.trim()

describe('git annex info', () => {
  test.each([
    [['here.txt']],
    [['there.txt', 'sub/ünlocked file.bin']],
    [['--bytes', 'here.txt']],
    [['.']],
    [['sub', '--bytes']],
    [['.', '--fast']],
    [['.', '--include=*.txt']],
    [['main']],
    [['HEAD', '--bytes']],
    [['here']],
    [['origin']],
    [['origin', '--fast']],
    [[originUuid]],
    [['the origin']],
  ])('%j answers as git-annex does', (items) => {
    expectLikeGitAnnex(repo, ['info', ...items])
    expectLikeGitAnnex(repo, ['info', '--json', ...items])
  })

  test('tells about this repository what git-annex tells, but for its bloom filter', () => {
    const lines = (text: string) =>
      text.split('\n').filter((line) => !/bloom|disk space/.test(line))
    const args = ['info', '--fast']
    for (const more of [[], ['--bytes']])
      expect(lines(repo.annex(...args, ...more).stdout)).toEqual(
        lines(repo.realAnnex(...args, ...more).stdout),
      )
    expect(lines(repo.annex('info').stdout)).toEqual(lines(repo.realAnnex('info').stdout))
  })

  test('--json has the same fields with the same values', () => {
    const read = (text: string) => {
      const {
        'bloom filter size': _,
        'available local disk space': room,
        ...rest
      } = JSON.parse(text)
      expect(room).toMatch(/^[\d.]+ \w+bytes \(\+100 megabytes reserved\)$/)
      return rest
    }
    expect(read(repo.annex('info', '--json').stdout)).toEqual(
      read(repo.realAnnex('info', '--json').stdout),
    )
  })

  test('fails for what it does not know, and goes on with the rest', () => {
    const { status, stdout, stderr } = repo.tryAnnex('info', 'nope', 'here.txt')
    expect(status).toBe(1)
    expect(stdout).toMatch(/^info nope \(not a directory or [\w ]+\) failed\nfile: here\.txt\n/)
    expect(stderr).toBe('info: 1 failed\n')
  })

  test('answers a batch', () => {
    const input = 'here.txt\nhere\n'
    expectLikeGitAnnex(repo, ['info', '--batch'], { input })
    expectLikeGitAnnex(repo, ['info', '--batch', '--json'], { input })
  })
})
