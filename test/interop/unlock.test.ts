import { chmodSync, lstatSync, symlinkSync, unlinkSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { CONTENTS, makeContentTwins } from '../support/content-worlds.js'
import { expectClean, expectContent, expectIntact, expectPointer } from '../support/expect.js'
import { objectPath } from '../support/family.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

function makeClone(): ScratchRepo {
  return twins.copy('ours').repo('clone')
}

describe('git annex unlock', () => {
  test('says and does what git-annex does', () => {
    twins.expectSame('clone', [
      ['unlock', '--json', 'here.txt', 'sub', 'plain.txt', 'nope'],
      ['unlock', '--quiet', '--in=here'],
      ['unlock'],
      ['unlock'],
    ])
  })

  test('passes over what took the place of a link, as git-annex does', () => {
    const prepare = 'rm here.txt; echo work > here.txt'
    const { world } = twins.expectSame('clone', [['unlock']], { prepare })
    const clone = world.repo('clone')
    expectContent(clone, 'here.txt', 'work\n')
    expect(clone.git('status', '--porcelain', 'here.txt').stdout).toBe(' T here.txt\n')
  })

  test('passes over a link to another content', () => {
    const clone = makeClone()
    unlinkSync(clone.path('there.txt'))
    symlinkSync('plain.txt', clone.path('there.txt'))
    expect(clone.annex('unlock', 'there.txt').stdout).toBe('')
  })

  test('gives the file a copy of its own, and git sees no modification', () => {
    const clone = makeClone()
    clone.annex('unlock', 'here.txt')
    expectContent(clone, 'here.txt', CONTENTS['here.txt'])
    expect(lstatSync(clone.path('here.txt'))).toMatchObject({ nlink: 1, mode: 0o100644 })
    clone.git('commit', '-qm', 'unlocked')
    expectClean(clone)
    clone.write('here.txt', 'modified\n')
    expectIntact(clone)
    expect(clone.git('status', '--porcelain').stdout).toBe(' M here.txt\n')
  })

  test('leaves a pointer where the content is not here, or is empty', () => {
    const clone = makeClone()
    clone.write('empty', '')
    clone.annex('add', '-q', '-c', 'annex.addunlocked=false', 'empty')
    clone.git('commit', '-qm', 'empty')
    clone.annex('unlock', 'there.txt', 'empty')
    for (const path of ['there.txt', 'empty'])
      expectContent(clone, path, `/annex/objects/${expectPointer(clone, path)}\n`)
    clone.git('commit', '-qm', 'unlocked')
    expectClean(clone)
  })

  test('makes a program executable', () => {
    const clone = makeClone()
    clone.write('program', '#!/bin/sh\n')
    chmodSync(clone.path('program'), 0o755)
    clone.annex('add', '-q', '-c', 'annex.addunlocked=false', 'program')
    clone.annex('unlock', 'program')
    expect(lstatSync(clone.path('program')).mode & 0o777).toBe(0o755)
    expect(clone.git('ls-files', '-s', 'program').stdout).toMatch(/^100755 /)
  })

  test('with annex.thin shares the file with its object, but a second one', () => {
    const clone = makeClone()
    clone.run(['cp', '-a', 'here.txt', 'twin.txt'])
    clone.git('add', 'twin.txt')
    clone.git('config', 'annex.thin', 'true')
    clone.annex('unlock', 'here.txt', 'twin.txt')
    const object = lstatSync(objectPath(clone, expectPointer(clone, 'here.txt')))
    expect(lstatSync(clone.path('here.txt'))).toMatchObject({ ino: object.ino, mode: 0o100644 })
    expect(lstatSync(clone.path('twin.txt')).ino).not.toBe(object.ino)
    clone.git('commit', '-qm', 'unlocked')
    expectClean(clone)
  })
})
