import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { BlobKeys } from '../../../src/git/blob-keys.js'
import { readIndexEntries } from '../../../src/git/index-file.js'
import { openRepositoryAt, type Repository } from '../../../src/git/repository.js'
import { lstat } from '../../../src/platform/files.js'
import { TempFiles } from '../../../src/store/temp-files.js'
import { type AnnexedFile, annexedFiles } from '../../../src/worktree/annexed-files.js'
import { finishWorktree } from '../../../src/worktree/finish-worktree.js'
import { depopulate, populate } from '../../../src/worktree/populate.js'
import { populateInPlace } from '../../../src/worktree/populate-in-place.js'
import { expectClean, listObjects } from '../../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
/** Put in place by a rename; small content is written over the pointer. */
const CONTENT = someBytes(100_000)
const SMALL = someBytes(3000, 7)

interface Fixture {
  readonly repo: ScratchRepo
  readonly repository: Repository
  readonly temp: TempFiles
  file(path?: string): AnnexedFile
  objectFile(path?: string): string
}

/** Real annexed files whose work tree files are pointers. */
function makeAnnex(name: string, files: Record<string, Uint8Array> = { f: CONTENT }): Fixture {
  const repo = scratch.repo(name)
  repo.realAnnex('init', '-q')
  for (const [path, content] of Object.entries(files)) {
    repo.write(path, content)
    if (path.startsWith('x')) chmodSync(repo.path(path), 0o755)
  }
  repo.realAnnex('add', '-q', '-c', 'annex.addunlocked=true', '.')
  repo.realGit('add', '.')
  repo.realGit('commit', '-qm', 'x')
  repo.git('config', 'core.hooksPath', '/dev/null')
  repo.git('config', '--unset', 'filter.annex.process')
  for (const name of ['clean', 'smudge']) repo.git('config', `filter.annex.${name}`, 'cat')
  repo.run(['rm', ...Object.keys(files).map((path) => repo.path(path))])
  repo.git('checkout', '-q', '.')
  for (const path of Object.keys(files)) utimesSync(repo.path(path), 1e9, 1e9)
  repo.git('update-index', '--refresh', '-q')
  // From here on git may ask nobody: a question is an error.
  repo.git('config', 'filter.annex.required', 'true')
  repo.git('config', 'filter.annex.clean', 'false')
  const repository = openRepositoryAt(repo.dir)!
  const annexed = [...annexedFiles(readIndexEntries(repository), new BlobKeys(repository))]
  const file = (path = 'f') => annexed.find((one) => one.path === path)!
  const temp = new TempFiles(repository.annexDir)
  const objects = listObjects(repo)
  return { repo, repository, temp, file, objectFile: (path) => objects.get(file(path).keyText)! }
}

function populateOne(fixture: Fixture, path = 'f', more: { isThin?: boolean } = {}) {
  const { repo, temp } = fixture
  const { keyText } = fixture.file(path)
  return populate({
    path: repo.path(path),
    keyText,
    temp,
    objectFile: fixture.objectFile(path),
    ...more,
  })
}

/** Takes content out again; `verdict` answers when the index cannot tell. */
function depopulateOne(fixture: Fixture, verdict?: boolean, path = 'f') {
  const { repo, repository, temp } = fixture
  const annexed = [...annexedFiles(readIndexEntries(repository), new BlobKeys(repository))]
  const { keyText, entry } = annexed.find((one) => one.path === path)!
  const isContent = () => {
    if (verdict === undefined) throw new Error('The index should have been enough')
    return verdict
  }
  return depopulate({ path: repo.path(path), keyText, temp, entry, isContent })
}

function expectNoTemp({ repo, temp }: Fixture): void {
  expect(existsSync(temp.dir) ? readdirSync(temp.dir) : []).toEqual([])
  expect(readdirSync(repo.dir).filter((name) => name.startsWith('.annexe'))).toEqual([])
}

const modeOf = (path: string) => lstatSync(path).mode & 0o777

describe('populate()', () => {
  test('puts the content in place, and git finds it unmodified without asking', () => {
    const fixture = makeAnnex('plain', {
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
    const fixture = makeAnnex(`mtime-${size}`, { f })
    const stat = populateOne(fixture)!
    const age = Date.now() - Number(stat.mtimeNs / 1_000_000n)
    expect(age).toBeGreaterThanOrEqual(2000)
    expect(age).toBeLessThan(10_000)
    expect(stat.ino).toBe(statSync(fixture.repo.path('f'), { bigint: true }).ino)
  })

  test('keeps the mode of the pointer', () => {
    const fixture = makeAnnex('mode')
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
    const fixture = makeAnnex(`other-${what.replaceAll(' ', '-')}`, { f: CONTENT, s: SMALL })
    for (const path of ['f', 's']) {
      change(fixture.repo.path(path))
      const before = fixture.repo.read(path)
      expect(populateOne(fixture, path)).toBeUndefined()
      expect(fixture.repo.read(path).equals(before)).toBe(true)
    }
    expectNoTemp(fixture)
  })

  test('gives a hard-linked pointer file an inode of its own', () => {
    const fixture = makeAnnex('linked', { f: SMALL })
    linkSync(fixture.repo.path('f'), fixture.repo.path('.git/snapshot'))
    populateOne(fixture)
    expect(fixture.repo.read('f').equals(SMALL)).toBe(true)
    expect(fixture.repo.read('.git/snapshot').toString()).toMatch(/^\/annex/)
  })

  test('populates a read-only file, which stays read-only', () => {
    const fixture = makeAnnex('read-only', { f: SMALL })
    chmodSync(fixture.repo.path('f'), 0o444)
    populateOne(fixture)
    expect(fixture.repo.read('f').equals(SMALL)).toBe(true)
    expect(modeOf(fixture.repo.path('f'))).toBe(0o444)
  })

  test('sees a change of a small file that happens at the same moment', () => {
    const fixture = makeAnnex('same-moment', { f: SMALL })
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

  test('leaves a link, a directory and a missing file alone', () => {
    const fixture = makeAnnex('kinds')
    const path = fixture.repo.path('f')
    for (const command of [`mv f g; ln -s g f`, 'rm f; mkdir f', 'rmdir f']) {
      fixture.repo.run(['sh', '-c', command])
      expect(populateOne(fixture)).toBeUndefined()
    }
    expect(existsSync(path)).toBe(false)
  })

  test('does not overwrite a file that changes while the content is copied', () => {
    const fixture = makeAnnex('meanwhile')
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
    const fixture = makeAnnex('empty', { f: CONTENT, e: new Uint8Array() })
    expect(populateOne(fixture, 'e')).toBeUndefined()
    expect(fixture.repo.read('e').toString()).toMatch(/^\/annex\/objects\/SHA256E-s0--/)
  })

  test('says so when the content is not there', () => {
    const fixture = makeAnnex('absent')
    const nowhere = { ...fixture, objectFile: () => fixture.repo.path('nowhere') }
    expect(() => populateOne(nowhere)).toThrow(
      /^The content of SHA256E-s100000--\w+ is not present/,
    )
    expectNoTemp(fixture)
  })

  test('makes the temporary file beside the file when the annex is elsewhere', () => {
    const fixture = makeAnnex('elsewhere')
    const temp = new TempFiles(mkdtempSync('/dev/shm/annexe-test-'))
    expect(populateOne({ ...fixture, temp })).toBeDefined()
    expect(readdirSync(temp.dir)).toEqual([])
    expectNoTemp(fixture)
    rmSync(temp.dir.replace(/\/annexe\/tmp$/, ''), { recursive: true })
  })

  test('with annex.thin links a file to an object that nothing else is linked to', () => {
    const fixture = makeAnnex('thin', { f: CONTENT, g: CONTENT, x: someBytes(10, 3) })
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

describe('depopulate()', () => {
  /** Content in place and known to the index. */
  function populated(name: string): Fixture {
    const fixture = makeAnnex(name)
    const stat = populateOne(fixture)!
    finishWorktree(fixture.repository, [{ path: 'f', oid: fixture.file().entry.oid, stat }])
    return fixture
  }

  test('puts the pointer in place of content that the index knows, without reading it', () => {
    const fixture = populated('out')
    const before = statSync(fixture.repo.path('f'), { bigint: true })
    const stat = depopulateOne(fixture)!
    expect(fixture.repo.read('f').toString()).toBe(`/annex/objects/${fixture.file().keyText}\n`)
    expect(stat.mode).toBe(before.mode)
    expect(Number(stat.mtimeNs / 1000n)).toBeCloseTo(Number(before.mtimeNs / 1000n), -1)
    finishWorktree(fixture.repository, [{ path: 'f', oid: fixture.file().entry.oid, stat }])
    expectClean(fixture.repo)
    expectNoTemp(fixture)
  })

  test('has the content compared when the index proves nothing', () => {
    const fixture = populated('compare')
    utimesSync(fixture.repo.path('f'), 1e9, 1e9)
    expect(() => depopulateOne(fixture)).toThrow('The index should have been enough')
    expect(depopulateOne(fixture, false)).toBeUndefined()
    expect(fixture.repo.read('f').equals(CONTENT)).toBe(true)
    expect(depopulateOne(fixture, true)).toBeDefined()
    expect(fixture.repo.read('f').toString()).toMatch(/^\/annex/)
  })

  test('has the content compared when the entry is racy', () => {
    const fixture = populated('racy')
    const { mtime } = statSync(fixture.repo.path('f'))
    utimesSync(fixture.repo.path('.git/index'), mtime, mtime)
    expect(() => depopulateOne(fixture)).toThrow('The index should have been enough')
  })

  test('keeps changed, replaced and missing files, and a pointer that is there already', () => {
    const fixture = populated('keep')
    const path = fixture.repo.path('f')
    appendFileSync(path, 'x')
    expect(depopulateOne(fixture)).toBeUndefined()
    expect(statSync(path).size).toBe(CONTENT.length + 1)
    writeFileSync(path, `/annex/objects/${fixture.file().keyText}\n`)
    expect(depopulateOne(fixture)).toBeUndefined()
    fixture.repo.run(['rm', path])
    expect(depopulateOne(fixture)).toBeUndefined()
    linkSync(fixture.repo.path('.git/HEAD'), path)
    expect(depopulateOne(fixture)).toBeUndefined()
  })

  test('keeps the mtime of old files and ages young ones', () => {
    const fixture = populated('times')
    const path = fixture.repo.path('f')
    utimesSync(path, 1_500_000_000, 1_500_000_000)
    expect(depopulateOne(fixture, true)!.mtimeNs).toBe(1_500_000_000_000_000_000n)
    const young = populated('young')
    const now = Date.now() / 1000
    utimesSync(young.repo.path('f'), now, now)
    const { mtimeNs } = depopulateOne(young, true)!
    expect(Number(mtimeNs) / 1e9).toBeLessThan(Date.now() / 1000 - 1.9)
  })
})
