import { chmodSync, lstatSync, readlinkSync, symlinkSync, unlinkSync, utimesSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { CONTENTS, makeContentTwins } from '../support/content-worlds.js'
import { expectClean, expectContent, expectIntact, expectPresent } from '../support/expect.js'
import { objectPath } from '../support/family.js'
import { readLocations, uuidOf } from '../support/locations.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)
const UNLOCKED = 'sub/ünlocked here.bin'

function makeClone(): ScratchRepo {
  return twins.copy('ours').repo('clone')
}

describe('git annex lock', () => {
  test('says and does what git-annex does', () => {
    // git-annex records contents as absent of which nothing was recorded.
    const prepare = 'git annex drop -q --force sub; git annex get -q sub'
    twins.expectSame(
      'clone',
      [
        ['lock', '--json', UNLOCKED, 'here.txt', 'plain.txt', 'nope'],
        ['lock', '--quiet'],
        ['lock'],
      ],
      { prepare },
    )
  })

  test.each([
    ['a modified file', UNLOCKED, "echo work > 'sub/ünlocked here.bin'"],
    ['a file in the place of a link', 'here.txt', 'rm here.txt; echo work > here.txt'],
    ['a new file in the place of one', UNLOCKED, "rm sub/ü*; echo work > 'sub/ünlocked here.bin'"],
  ])('refuses %s as git-annex does', (_, path, prepare) => {
    const { world, status } = twins.expectSame('clone', [['lock', path]], { prepare })
    expect(status).toBe(1)
    expectContent(world.repo('clone'), path, 'work\n')
  })

  test('makes a link to the read-only object, and git sees no modification', () => {
    const clone = makeClone()
    clone.annex('lock', UNLOCKED)
    expect(readlinkSync(clone.path(UNLOCKED))).toMatch(
      /^\.\.\/\.git\/annex\/objects\/..\/..\/SHA256E-s70000--\w+\.bin\/SHA256E-s70000--\w+\.bin$/,
    )
    expectContent(clone, UNLOCKED, CONTENTS[UNLOCKED])
    expectIntact(clone)
    clone.git('commit', '-qm', 'locked')
    expectClean(clone)
  })

  test('refuses a link of somebody else, and --force replaces it', () => {
    const clone = makeClone()
    unlinkSync(clone.path(UNLOCKED))
    symlinkSync('../plain.txt', clone.path(UNLOCKED))
    expect(clone.tryAnnex('lock', UNLOCKED).stderr).toContain('would discard any changes')
    expect(readlinkSync(clone.path(UNLOCKED))).toBe('../plain.txt')
    clone.annex('lock', '--force', UNLOCKED)
    expectContent(clone, UNLOCKED, CONTENTS[UNLOCKED])
  })

  test('--force throws a modification away', () => {
    const clone = makeClone()
    clone.write(UNLOCKED, 'work')
    clone.annex('lock', '--force', UNLOCKED)
    expectContent(clone, UNLOCKED, CONTENTS[UNLOCKED])
  })

  test.each(['SHA256E', 'BLAKE2B256E'])('reads a touched file of a %s key first', (backend) => {
    const clone = makeClone()
    clone.write('new.bin', 'content of mine')
    clone.annex('add', '-q', '-b', backend, '-c', 'annex.addunlocked=true', 'new.bin')
    utimesSync(clone.path('new.bin'), 1e9, 1e9)
    clone.annex('lock', 'new.bin')
    expectContent(clone, 'new.bin', 'content of mine')
  })

  test('takes in and records the content that only the work tree had', () => {
    const clone = makeClone()
    const key = clone.annex('lookupkey', UNLOCKED).stdout.trim()
    // As after a drop by a program that does not know of this file.
    const object = objectPath(clone, key)
    clone.run(['chmod', 'u+w', dirname(object)])
    unlinkSync(object)
    expect(clone.tryAnnex('fsck', '-q', '--fast', '--key', key).status).toBe(1)
    clone.annex('lock', UNLOCKED)
    expectPresent(clone, key)
    expectContent(clone, UNLOCKED, CONTENTS[UNLOCKED])
    expect(readLocations(clone, 'ours')[UNLOCKED]!.uuids).toContain(uuidOf(clone))
  })
})

describe('git annex lock, with annex.thin,', () => {
  function makeThin(): { clone: ScratchRepo; object: string } {
    const clone = makeClone()
    clone.git('config', 'annex.thin', 'true')
    clone.annex('unlock', 'here.txt')
    const object = objectPath(clone, clone.annex('lookupkey', 'here.txt').stdout.trim())
    expect(lstatSync(object).ino).toBe(lstatSync(clone.path('here.txt')).ino)
    return { clone, object }
  }

  test('makes the object read-only again', () => {
    const { clone, object } = makeThin()
    expect(lstatSync(object).mode & 0o222).not.toBe(0)
    clone.annex('lock', 'here.txt')
    expect([lstatSync(object).mode & 0o777, lstatSync(object).nlink]).toEqual([0o444, 1])
    expectContent(clone, 'here.txt', CONTENTS['here.txt'])
  })

  test('gives the object a file of its own when it has other names', () => {
    const { clone, object } = makeThin()
    clone.run(['ln', 'here.txt', 'another name'])
    clone.annex('lock', 'here.txt')
    expect([lstatSync(object).mode & 0o777, lstatSync(object).nlink]).toEqual([0o444, 1])
    clone.write('another name', 'work')
    expectContent(clone, 'here.txt', CONTENTS['here.txt'])
  })

  test('--force puts an object aside that was modified with its file', () => {
    const { clone } = makeThin()
    const key = clone.annex('lookupkey', 'here.txt').stdout.trim()
    chmodSync(clone.path('here.txt'), 0o644)
    clone.write('here.txt', 'modified\n')
    expect(clone.tryAnnex('lock', 'here.txt').status).toBe(1)
    clone.annex('lock', '--force', 'here.txt')
    expect(clone.annex('find', 'here.txt').stdout).toBe('')
    expectContent(clone, `.git/annex/bad/${key}`, 'modified\n')
    expect(readLocations(clone, 'ours')['here.txt']!.uuids).not.toContain(uuidOf(clone))
    clone.annex('get', 'here.txt')
    expectContent(clone, 'here.txt', CONTENTS['here.txt'])
  })
})
