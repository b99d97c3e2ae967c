import { lstatSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, expectIntact, expectNotPresent } from '../support/expect.js'
import { readLocations, uuidOf } from '../support/locations.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const CONTENTS: Readonly<Record<string, Buffer>> = {
  'big.bin': someBytes(3_000_000, 1),
  'small.txt': Buffer.from('small\n'),
  'sub/dir/übung 1%.tar.gz': someBytes(70_000, 2),
}

const scratch = useScratch()
let count = 0

function makeRepo(unlocked: boolean): ScratchRepo {
  const repo = scratch.repo(`theirs${count++}`)
  repo.realAnnex('init', 'made by git-annex')
  repo.git('config', 'annex.addunlocked', String(unlocked))
  for (const [path, content] of Object.entries(CONTENTS)) repo.write(path, content)
  repo.realAnnex('add', '.')
  repo.realGit('commit', '-qm', 'files')
  return repo
}

function cloneOf(repo: ScratchRepo): ScratchRepo {
  return scratch.clone(repo, `clone${count++}`)
}

function expectFsckPasses(repo: ScratchRepo): void {
  const { stdout, stderr, status } = repo.tryRealAnnex('fsck')
  expect(`${stdout}${stderr}`).not.toMatch(/failed|fixing|wrong|misplaced/i)
  expect(status).toBe(0)
}

describe.each([
  ['locked', false],
  ['unlocked', true],
] as const)('a repository made by git-annex, with %s files,', (_, unlocked) => {
  test('is clean to ours, which tells the same locations', () => {
    const repo = makeRepo(unlocked)
    expect(lstatSync(repo.path('big.bin')).isSymbolicLink()).toBe(!unlocked)
    expectClean(repo)
    const ours = readLocations(repo, 'ours')
    expect(Object.keys(ours).sort()).toEqual(Object.keys(CONTENTS).sort())
    expect(ours).toEqual(readLocations(repo, 'real'))
    repo.run(['touch', ...Object.keys(CONTENTS)])
    expectClean(repo)
  })

  test('gives a clone what ours asks for, and takes it back', () => {
    const repo = makeRepo(unlocked)
    const clone = cloneOf(repo)
    clone.annex('get', '.')
    for (const [path, content] of Object.entries(CONTENTS)) expectContent(clone, path, content)
    expectClean(clone)
    expectIntact(clone)
    expectFsckPasses(clone)
    const { key, uuids } = readLocations(clone, 'ours')['big.bin']!
    expect(uuids).toEqual([uuidOf(repo), uuidOf(clone)].sort())
    clone.annex('drop', 'big.bin')
    expectNotPresent(clone, key)
    expectClean(clone)
    expectFsckPasses(clone)
    expect(readLocations(clone, 'real')['big.bin']!.uuids).toEqual([uuidOf(repo)])
  })

  test('may be dropped from by ours only while another repository has the content', () => {
    const repo = makeRepo(unlocked)
    expect(repo.tryAnnex('drop', '.').status).toBe(1)
    expectFsckPasses(repo)
    const clone = cloneOf(repo)
    clone.realAnnex('get', '.')
    repo.git('remote', 'add', 'clone', clone.dir)
    repo.git('fetch', '-q', 'clone')
    repo.annex('drop', '.')
    expectClean(repo)
    expectFsckPasses(repo)
    for (const { uuids } of Object.values(readLocations(repo, 'real')))
      expect(uuids).toEqual([uuidOf(clone)])
  })

  test('takes files added by ours in as its own', () => {
    const repo = makeRepo(unlocked)
    repo.write('new.bin', someBytes(50_000, 9))
    repo.annex('add', 'new.bin')
    repo.git('commit', '-qm', 'new')
    expect(lstatSync(repo.path('new.bin')).isSymbolicLink()).toBe(!unlocked)
    expect(repo.realGit('status', '--porcelain').stdout).toBe('')
    expectFsckPasses(repo)
    expect(readLocations(repo, 'real')).toEqual(readLocations(repo, 'ours'))
  })
})
