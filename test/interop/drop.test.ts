import { existsSync, lstatSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { holdOurs } from '../support/content-locks.js'
import { CONTENTS, makeContentTwins } from '../support/content-worlds.js'
import {
  expectClean,
  expectContent,
  expectNotPresent,
  expectPointer,
  expectPresent,
} from '../support/expect.js'
import { makeFamily, objectPath } from '../support/family.js'
import { readLocations, uuidOf } from '../support/locations.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

describe('git annex drop', () => {
  test('says and does what git-annex does', () => {
    twins.expectSame('clone', [
      ['drop', '--numcopies=2', 'here.txt'],
      ['drop', '--mincopies=2', 'here.txt', '--json'],
      ['drop', '--from', 'bare', 'here.txt'],
      ['drop', '--from', 'origin', 'there.txt', '--json'],
      ['drop', '--numcopies=0', '--from=origin', 'there.txt'],
      ['drop', '--from', 'origin', 'here.txt', '--json'],
      ['drop', '--json', 'here.txt', 'there.txt', 'plain.txt', 'nope'],
      ['drop'],
    ])
    twins.expectSame('clone', [
      ['drop', '--all', '--quiet'],
      ['drop', '--force', '--from', 'origin', 'there.txt'],
    ])
  })

  test.each([
    ['its holder is gone', 'mv ../origin ../gone'],
    ['its holder is no remote', 'git remote rm origin'],
    ['its holder has lost it', 'cd ../origin; git annex drop --force -q here.txt'],
    ['its holder is untrusted', 'git annex untrust -q origin'],
    ['its holder is gone and trusted', 'git annex trust -q --force origin; mv ../origin ../gone'],
    ['two copies are to be kept', 'git annex numcopies -q 2'],
    ['two copies of such files are to be kept', "echo '*.txt annex.numcopies=2' >.gitattributes"],
    ['required content wants it', 'git annex required -q . include=*.txt'],
    ['required content wants it as long as it is here', 'git annex required -q . present'],
  ])('says and does what git-annex does when %s', (_, prepare) => {
    twins.expectSame('clone', [['drop', 'here.txt']], { prepare })
  })

  test('takes trust from the command line as git-annex does', () => {
    twins.expectSame('clone', [
      ['drop', '--untrust=origin', 'here.txt'],
      ['drop', '--untrust=the origin', '--json', 'here.txt'],
      ['untrust', 'origin'],
      ['drop', 'here.txt'],
      ['drop', '--trust=origin', 'here.txt'],
      ['drop', '--untrust=nobody', 'here.txt'],
      ['drop', '--semitrust=origin', 'here.txt'],
    ])
  })

  test('answers a batch as git-annex does', () => {
    const input = 'here.txt\nthere.txt\nnope\n'
    twins.expectSame('clone', [['drop', '--batch', '--json']], { input })
  })

  test('turns unlocked files into pointers of the same mode, and leaves a modified one alone', () => {
    const clone = twins.copy('ours').repo('clone')
    const [path, copy, mine] = ['sub/ünlocked here.bin', 'copy.bin', 'mine.bin']
    clone.run(['cp', path, copy])
    clone.run(['chmod', '+x', copy])
    clone.run(['cp', path, mine])
    clone.git('-c', 'annex.largefiles=anything', 'add', copy, mine)
    clone.git('commit', '-qm', 'copies')
    clone.write(mine, 'work of mine\n')
    clone.annex('drop', path)
    const pointer = `/annex/objects/${expectPointer(clone, path)}\n`
    expectContent(clone, path, pointer)
    expectContent(clone, copy, pointer)
    expect(lstatSync(clone.path(copy)).mode & 0o777).toBe(0o755)
    expectContent(clone, mine, 'work of mine\n')
    expect(clone.git('status', '--porcelain').stdout).toBe(' M mine.bin\n')
  })

  test.each(['SHA1', 'BLAKE2B224'])('of a %s key finds the files that were touched', (b) => {
    const { repo, remotes } = makeFamily(scratch, ['a'])
    repo.write('g', 'content of g\n')
    repo.annex('add', '-q', '-c', `annex.backend=${b}`, 'g')
    repo.git('commit', '-qm', 'g')
    repo.annex('copy', '-q', '--to=a', 'g')
    expect(expectPointer(repo, 'g')).toMatch(new RegExp(`^${b}-`))
    const longAgo = new Date('2001-01-01')
    utimesSync(repo.path('g'), longAgo, longAgo)
    repo.annex('drop', 'g')
    expectContent(repo, 'g', `/annex/objects/${expectPointer(repo, 'g')}\n`)
    expectPresent(remotes[0]!, expectPointer(repo, 'g'))
  })

  test('heeds the numcopies of every file with the content', () => {
    const clone = twins.copy('ours').repo('clone')
    clone.run(['cp', '-a', 'here.txt', 'twin.precious'])
    clone.git('add', 'twin.precious')
    clone.write('.gitattributes', '*.precious annex.numcopies=2\n')
    expect(clone.tryAnnex('drop', 'here.txt')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('existence of 1 out of 2 necessary copies'),
    })
    const key = clone.annex('lookupkey', 'here.txt').stdout.trim()
    expect(clone.tryAnnex('drop', '--key', key).status).toBe(1)
    expect(clone.tryAnnex('drop', '--all').status).toBe(1)
    expectPresent(clone, key)
    // Of the index, where the work tree lacks the file.
    clone.git('add', '.gitattributes')
    clone.run(['rm', '.gitattributes'])
    expect(clone.tryAnnex('drop', 'here.txt').status).toBe(1)
  })

  test('asks for the attributes of many files at once, and of each all the same', () => {
    const clone = twins.copy('ours').repo('clone')
    const names = Array.from({ length: 14 }, (_, i) => `many/${i}.dat`)
    for (const name of names) clone.write(name, `content of ${name}\n`)
    clone.write('.gitattributes', 'many/13.dat annex.mincopies=2\nmany/2.dat annex.numcopies=2\n')
    clone.annex('add', '-q', '-c', 'annex.addunlocked=true', 'many')
    clone.annex('copy', '-q', '--to=bare', 'many')
    const { status, stdout } = clone.tryAnnex('drop', 'many')
    expect(status).toBe(1)
    expect(stdout.match(/^drop .* \(unsafe\)/gm)).toEqual([
      'drop many/13.dat (unsafe)',
      'drop many/2.dat (unsafe)',
    ])
    expect(clone.annex('find', 'many').stdout).toBe('many/13.dat\nmany/2.dat\n')
  })

  test('removes the object, its lock file and its directories', () => {
    const clone = twins.copy('ours').repo('clone')
    const key = clone.annex('lookupkey', 'here.txt').stdout.trim()
    const object = objectPath(clone, key)
    clone.annex('drop', 'here.txt')
    expect(existsSync(dirname(dirname(object)))).toBe(false)
    expectClean(clone)
    expectContent(twins.copy('ours').repo('clone'), 'here.txt', CONTENTS['here.txt'])
  })
})

describe('git annex drop counts', () => {
  /** Refused, and the content still here. */
  function expectRefused(repo: ScratchRepo, key: string, ...args: string[]): string {
    const { status, stdout, stderr } = repo.tryAnnex('drop', 'f', ...args)
    expect(`${status} ${stdout}`).toMatch(/^1 drop f \(unsafe\)/)
    expectPresent(repo, key)
    expect(readLocations(repo, 'ours')['f']!.uuids).toContain(uuidOf(repo))
    return stdout + stderr
  }

  /** Everyone has `f`, `here` too. */
  function makeHolders(names: string[]) {
    const family = makeFamily(scratch, names)
    family.repo.annex('get', '-q', 'f')
    return family
  }

  test('a repository once, however many remotes lead to it', () => {
    const { repo, key, remotes } = makeHolders(['a'])
    repo.git('remote', 'add', 'again', remotes[0]!.dir)
    expectRefused(repo, key, '--numcopies=2')
    repo.git('remote', 'add', 'self', repo.dir)
    expectRefused(repo, key, '--numcopies=2')
  })

  test('a repository only if it is the one that is expected there', () => {
    const { repo, key, remotes } = makeHolders(['a', 'b'])
    repo.git('config', 'remote.a.annex-checkuuid', 'false')
    repo.git('config', 'remote.a.url', remotes[1]!.dir)
    expect(expectRefused(repo, key, '--numcopies=2')).toContain('Unable to access these remotes: a')
    expect(repo.tryAnnex('copy', '--to=a', 'f').stderr).toContain('is another repository')
    repo.annex('drop', 'f')
  })

  test('no copy that is just being dropped', async () => {
    const { repo, key, remotes } = makeHolders(['a'])
    const held = await holdOurs(remotes[0]!, key, 'exclusive')
    expect(held.answer).toBe('locked')
    expect(expectRefused(repo, key)).toContain('Unable to access these remotes: a')
    await held.release()
    repo.annex('drop', 'f')
    expectNotPresent(repo, key)
  })

  test('no copy of ours for others while we drop it', async () => {
    const { repo, key } = makeHolders(['a'])
    const held = await holdOurs(repo, key, 'shared')
    const { status, stderr } = repo.tryAnnex('drop', 'f')
    expect([status, stderr]).toEqual([1, expect.stringContaining('content is locked')])
    expect(repo.tryAnnex('drop', '--force', 'f').status).toBe(1)
    await held.release()
    repo.annex('drop', 'f')
  })

  test('on a promise that git-annex has given in writing', () => {
    const { repo, key } = makeHolders(['a'])
    const rtm = `${objectPath(repo, key)}.rtm`
    repo.run(['chmod', 'u+w', dirname(rtm)])
    for (const text of [`${Date.now() / 1000 + 100}s\n`, 'damaged']) {
      writeFileSync(rtm, text)
      expect(repo.tryAnnex('drop', 'f').stderr).toContain('content is locked')
    }
    writeFileSync(rtm, `${Date.now() / 1000 - 1}s\n`)
    repo.annex('drop', 'f')
    expect(existsSync(rtm)).toBe(false)
  })

  test('copies at remotes, when a remote is to lose its own', () => {
    const { repo, key, remotes } = makeHolders(['a', 'b'])
    const drop = ['drop', '--from=a', 'f', '--numcopies=3']
    expect(repo.tryAnnex(...drop)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('existence of 2 out of 3 necessary copies'),
    })
    expectPresent(remotes[0]!, key)
    repo.annex('drop', '--from=a', 'f', '--numcopies=2')
    expectNotPresent(remotes[0]!, key)
    expectClean(remotes[0]!)
    expectPointer(remotes[0]!, 'f')
    for (const repository of [repo, remotes[0]!])
      expect(readLocations(repository, 'real')['f']!.uuids).not.toContain(uuidOf(remotes[0]!))
  })
})
