// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the formats look like that
import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerClone(scratch)

const KEYS = [
  'SHA256E-s6--5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03.tar.gz',
  'WORM-s3-m1500000000--foo',
  'MD5--d41d8cd98f00b204e9800998ecf8427e',
  'URL--http&c%%example.com%a',
  'SHA256-s99999999999999999999-S1000-C2--abc',
]

describe('git annex examinekey', () => {
  test.each(KEYS)('%s answers as git-annex does', (key) => {
    expectLikeGitAnnex(repo, ['examinekey', key])
    expectLikeGitAnnex(repo, ['examinekey', '--json', key])
    expectLikeGitAnnex(repo, ['examinekey', '--json', '--filename=a b', key])
    const format = '${objectpath}|${objectpointer}|${humansize}|${mtime}|${file}\\n'
    expectLikeGitAnnex(repo, ['examinekey', `--format=${format}`, `${key} file name`])
  })

  test('answers a batch of keys and file names', () => {
    const input = `${KEYS[0]} a b\n${KEYS[1]}\n`
    expectLikeGitAnnex(repo, ['examinekey', '--batch', '--json'], { input })
    expectLikeGitAnnex(repo, ['examinekey', '--batch', '--format=${file}|${key}\\n'], { input })
  })

  test.each([
    ['SHA256E', 'SHA256'],
    ['SHA256E', 'SHA256E'],
    ['SHA256E', 'MD5'],
    ['SHA256', 'SHA256E'],
    ['SHA512', 'SHA256E'],
    ['WORM', 'WORM'],
    ['WORM', 'SHA256'],
    ['URL', 'SHA256'],
    ['BLAKE2B160E', 'BLAKE2B160'],
    ['UNKNOWN', 'SHA256E'],
  ])('migrates keys of %s to %s as git-annex does', (from, to) => {
    const option = `--migrate-to-backend=${to}`
    const names = ['abcd', 'abcd.tar.gz', 'ab\\cd', '\\abcd.x']
    const keys = names.map((name) => `${from}-s3--${name}`)
    const input = keys.map((key) => `${key}\n${key} f.a.b\n`).join('')
    expectLikeGitAnnex(repo, ['examinekey', option, '--batch'], { input })
    expectLikeGitAnnex(repo, ['examinekey', option, '--filename=d.x/f.c++.mp3', ...keys])
  })

  test('refuses what is no key', () => {
    expect(expectLikeGitAnnex(repo, ['examinekey', 'bad']).status).toBe(1)
  })
})
