import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { lstat } from '../../../src/platform/files.js'
import { TempFiles } from '../../../src/store/temp-files.js'
import { finishWorktree } from '../../../src/worktree/finish-worktree.js'
import { populateFromMemory, populateInPlace } from '../../../src/worktree/populate-in-place.js'
import {
  CONTENT,
  expectNoTemp,
  modeOf,
  pointerAnnex,
  populateOne,
  SMALL,
} from '../../support/annexed-pointers.js'
import { expectClean } from '../../support/expect.js'
import { someBytes, useScratch } from '../../support/scratch.js'

const scratch = useScratch()

describe('populate()', () => {
  test('puts the content in place, and git finds it unmodified without asking', () => {
    const fixture = pointerAnnex(scratch, 'plain', {
      f: CONTENT,
      'd/g': someBytes(10, 2),
      x: CONTENT,
      x2: SMALL,
    })
    const { repo, repository } = fixture
    const changes = ['f', 'd/g', 'x', 'x2'].map((path) => {
      const { oid } = fixture.file(path).entry
      return { path, oid, stat: populateOne(fixture, path)! }
    })
    expect(repo.read('f').equals(CONTENT)).toBe(true)
    expect(repo.read('d/g').equals(someBytes(10, 2))).toBe(true)
    expect(repo.read('x2').equals(SMALL)).toBe(true)
    expect(['f', 'd/g', 'x', 'x2'].map((path) => modeOf(repo.path(path)))).toEqual([
      0o644, 0o644, 0o755, 0o755,
    ])
    expect(modeOf(fixture.objectFile())).toBe(0o444)
    expect(finishWorktree(repository, changes)).toBe('done')
    expectClean(repo)
    expectClean(repo)
    expectNoTemp(fixture)
  })

  test.each([
    ['small', SMALL],
    ['big', CONTENT],
  ])('dates a %s file so far back that the index written after it trusts it', (size, f) => {
    const fixture = pointerAnnex(scratch, `mtime-${size}`, { f })
    const stat = populateOne(fixture)!
    const age = Date.now() - Number(stat.mtimeNs / 1_000_000n)
    expect(age).toBeGreaterThanOrEqual(2000)
    expect(age).toBeLessThan(10_000)
    expect(stat.ino).toBe(statSync(fixture.repo.path('f'), { bigint: true }).ino)
  })

  test('keeps the mode of the pointer', () => {
    const fixture = pointerAnnex(scratch, 'mode')
    chmodSync(fixture.repo.path('f'), 0o640)
    populateOne(fixture)
    expect(modeOf(fixture.repo.path('f'))).toBe(0o640)
  })

  test.each<[what: string, change: (path: string) => void]>([
    ['other content', (path) => writeFileSync(path, 'work of the user')],
    ['another pointer', (path) => writeFileSync(path, '/annex/objects/SHA256-s1--other\n')],
    ['a pointer with something appended', (path) => appendFileSync(path, 'more\n')],
    ['nothing in it', (path) => writeFileSync(path, '')],
  ])('leaves a file with %s alone', (what, change) => {
    const fixture = pointerAnnex(scratch, `other-${what.replaceAll(' ', '-')}`, {
      f: CONTENT,
      s: SMALL,
    })
    for (const path of ['f', 's']) {
      change(fixture.repo.path(path))
      const before = fixture.repo.read(path)
      expect(populateOne(fixture, path)).toBeUndefined()
      expect(fixture.repo.read(path).equals(before)).toBe(true)
    }
    expectNoTemp(fixture)
  })

  test('gives a hard-linked pointer file an inode of its own', () => {
    const fixture = pointerAnnex(scratch, 'linked', { f: SMALL })
    linkSync(fixture.repo.path('f'), fixture.repo.path('.git/snapshot'))
    populateOne(fixture)
    expect(fixture.repo.read('f').equals(SMALL)).toBe(true)
    expect(fixture.repo.read('.git/snapshot').toString()).toMatch(/^\/annex/)
  })

  test('populates a read-only file, which stays read-only', () => {
    const fixture = pointerAnnex(scratch, 'read-only', { f: SMALL })
    chmodSync(fixture.repo.path('f'), 0o444)
    populateOne(fixture)
    expect(fixture.repo.read('f').equals(SMALL)).toBe(true)
    expect(modeOf(fixture.repo.path('f'))).toBe(0o444)
  })

  test('sees a change of a small file that happens at the same moment', () => {
    const fixture = pointerAnnex(scratch, 'same-moment', { f: SMALL })
    const path = fixture.repo.path('f')
    const place = {
      path,
      keyText: fixture.file().keyText,
      objectFile: fixture.objectFile(),
      before: lstat(path)!,
      object: lstat(fixture.objectFile())!,
    }
    writeFileSync(path, fixture.repo.read('f'))
    expect(populateInPlace(place)).toBe('kept')
    expect(fixture.repo.read('f').toString()).toMatch(/^\/annex/)
    expect(populateInPlace({ ...place, before: lstat(path)! })).toMatchObject({ size: 3000n })
  })

  test('writes content from memory over nothing but its pointer', () => {
    const fixture = pointerAnnex(scratch, 'memory', { f: SMALL })
    const path = fixture.repo.path('f')
    const put = () => populateFromMemory({ path, keyText: fixture.file().keyText }, SMALL)
    const pointer = fixture.repo.read('f')
    for (const command of [
      'mv f g; ln -s g f',
      'rm f',
      'mkdir f',
      'rmdir f; mkfifo f',
      'rm f; ln g f',
    ]) {
      fixture.repo.run(['sh', '-c', command])
      expect(put()).toBe('refused')
    }
    expect(fixture.repo.read('g').equals(pointer)).toBe(true)
    fixture.repo.run(['sh', '-c', 'rm f; echo mine >f'])
    expect(put()).toBe('kept')
    expect(fixture.repo.read('f').toString()).toBe('mine\n')
    fixture.repo.run(['cp', 'g', 'f'])
    expect(put()).toMatchObject({ size: 3000n })
    expect(fixture.repo.read('f').equals(SMALL)).toBe(true)
    expect(put()).toBe('kept')
  })

  test('leaves a link, a directory and a missing file alone', () => {
    const fixture = pointerAnnex(scratch, 'kinds')
    const path = fixture.repo.path('f')
    for (const command of [`mv f g; ln -s g f`, 'rm f; mkdir f', 'rmdir f']) {
      fixture.repo.run(['sh', '-c', command])
      expect(populateOne(fixture)).toBeUndefined()
    }
    expect(existsSync(path)).toBe(false)
  })

  test('does not overwrite a file that changes while the content is copied', () => {
    const fixture = pointerAnnex(scratch, 'meanwhile')
    const { repo } = fixture
    // The copy happens after the first look: let the temporary name change the file.
    const temp = new (class extends TempFiles {
      override newPath() {
        writeFileSync(repo.path('f'), 'saved by an editor')
        return super.newPath()
      }
    })(fixture.repository.annexDir)
    expect(populateOne({ ...fixture, temp })).toBeUndefined()
    expect(repo.read('f').toString()).toBe('saved by an editor')
    expectNoTemp(fixture)
  })

  test('leaves the pointer where the content is empty', () => {
    const fixture = pointerAnnex(scratch, 'empty', { f: CONTENT, e: new Uint8Array() })
    expect(populateOne(fixture, 'e')).toBeUndefined()
    expect(fixture.repo.read('e').toString()).toMatch(/^\/annex\/objects\/SHA256E-s0--/)
  })

  test('says so when the content is not there', () => {
    const fixture = pointerAnnex(scratch, 'absent')
    const nowhere = { ...fixture, objectFile: () => fixture.repo.path('nowhere') }
    expect(() => populateOne(nowhere)).toThrow(
      /^The content of SHA256E-s100000--\w+ is not present/,
    )
    expectNoTemp(fixture)
  })

  test('makes the temporary file beside the file when the annex is elsewhere', () => {
    const fixture = pointerAnnex(scratch, 'elsewhere')
    const temp = new TempFiles(mkdtempSync('/dev/shm/annexe-test-'))
    expect(populateOne({ ...fixture, temp })).toBeDefined()
    expect(readdirSync(temp.dir)).toEqual([])
    expectNoTemp(fixture)
    rmSync(temp.dir.replace(/\/annexe\/tmp$/, ''), { recursive: true })
  })

  test('with annex.thin links a file to an object that nothing else is linked to', () => {
    const fixture = pointerAnnex(scratch, 'thin', { f: CONTENT, g: CONTENT, x: someBytes(10, 3) })
    const [first, second] = [
      populateOne(fixture, 'f', { isThin: true })!,
      populateOne(fixture, 'g', { isThin: true })!,
    ]
    const object = statSync(fixture.objectFile(), { bigint: true })
    expect([first.ino, first.nlink, first.mode & 0o777n]).toEqual([object.ino, 2n, 0o644n])
    expect(second.nlink).toBe(1n)
    expect(fixture.repo.read('g').equals(CONTENT)).toBe(true)
    expect(populateOne(fixture, 'x', { isThin: true })!.nlink).toBe(1n)
    const changes = ['f', 'g'].map((path, i) => ({
      path,
      oid: fixture.file(path).entry.oid,
      stat: [first, second][i]!,
    }))
    finishWorktree(fixture.repository, changes)
    expect(fixture.repo.git('status', '--porcelain', 'f', 'g').stdout).toBe('')
  })
})
