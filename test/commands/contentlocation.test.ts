import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerClone(scratch)
const keyOf = (file: string) => repo.realAnnex('lookupkey', file).stdout.trim()

describe('git annex contentlocation', () => {
  test('prints the path of an object from the current directory', () => {
    const key = keyOf('here.txt')
    const { stdout } = expectLikeGitAnnex(repo, ['contentlocation', key])
    expect(readFileSync(repo.path(stdout.trim()), 'utf8')).toBe('content that is here\n')
    expectLikeGitAnnex(repo, ['contentlocation', key], { cwd: repo.path('sub') })
  })

  test('fails without a word when the content is not here', () => {
    const { status, stderr } = expectLikeGitAnnex(repo, ['contentlocation', keyOf('there.txt')])
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
  })

  test('refuses what is no key', () => {
    expect(expectLikeGitAnnex(repo, ['contentlocation', 'bad']).status).toBe(1)
    expectLikeGitAnnex(repo, ['contentlocation', '--batch'], { input: 'bad\n' })
  })

  test('answers a batch', () => {
    const input = `${keyOf('there.txt')}\n${keyOf('here.txt')}\n`
    expectLikeGitAnnex(repo, ['contentlocation', '--batch'], { input })
  })
})
