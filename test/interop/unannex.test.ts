import { lstatSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { CONTENTS, makeContentTwins } from '../support/content-worlds.js'
import { expectContent, expectPointer, expectPresent } from '../support/expect.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

describe('git annex unannex', () => {
  test('says and does what git-annex does', () => {
    twins.expectSame('clone', [
      ['unannex', 'here.txt', 'there.txt', 'plain.txt', 'nope'],
      ['unannex', '--quiet'],
      ['unannex'],
    ])
  })

  test('keeps a modification, as git-annex does', () => {
    const path = 'sub/ünlocked here.bin'
    const prepare = `echo work > '${path}'`
    const { world } = twins.expectSame('clone', [['unannex', path]], { prepare })
    expectContent(world.repo('clone'), path, 'work\n')
  })

  test('leaves files that nothing but the user changes, which git does not know', () => {
    const clone = twins.copy('ours').repo('clone')
    const key = clone.annex('lookupkey', 'here.txt').stdout.trim()
    clone.annex('unannex', 'here.txt', 'sub')
    expectContent(clone, 'here.txt', CONTENTS['here.txt'])
    expect(lstatSync(clone.path('here.txt'))).toMatchObject({ nlink: 1, mode: 0o100644 })
    expectPresent(clone, key)
    expect(clone.git('status', '--porcelain', '-uall').stdout).toBe(
      'D  here.txt\nD  "sub/\\303\\274nlocked here.bin"\n?? here.txt\n?? "sub/\\303\\274nlocked here.bin"\n',
    )
  })

  test('answers in JSON, as newer git-annex does', () => {
    const clone = twins.copy('ours').repo('clone')
    expect(JSON.parse(clone.annex('unannex', '--json', 'here.txt').stdout)).toMatchObject({
      command: 'unannex',
      file: 'here.txt',
      success: true,
    })
  })

  test('parts a file from its object with annex.thin, and fills a pointer', () => {
    const clone = twins.copy('ours').repo('clone')
    clone.git('config', 'annex.thin', 'true')
    clone.annex('unlock', 'here.txt')
    const path = 'sub/ünlocked here.bin'
    clone.write(path, `/annex/objects/${expectPointer(clone, path)}\n`)
    clone.annex('unannex', 'here.txt', path)
    expect(lstatSync(clone.path('here.txt')).nlink).toBe(1)
    expectContent(clone, path, CONTENTS[path])
  })
})
