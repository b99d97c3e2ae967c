import { describe, expect, test } from '@jest/globals'
import {
  expectClean,
  expectContent,
  expectIntact,
  expectNotPresent,
  expectPointer,
  expectPresent,
} from '../support/expect.js'
import { readLocations, uuidOf } from '../support/locations.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

/** Files as they come: big and small, empty, executable, names that need care, the same twice. */
const CONTENTS: Readonly<Record<string, Buffer>> = {
  'big.bin': someBytes(3_000_000, 1),
  'small.txt': Buffer.from('small\n'),
  'sub/dir/übung 1%.tar.gz': someBytes(70_000, 2),
  'sub/twin.bin': someBytes(3_000_000, 1),
  'no-extension': someBytes(33_000, 3),
}

const scratch = useScratch()
let count = 0

function makeRepo(): ScratchRepo {
  const repo = scratch.repo(`ours${count++}`)
  repo.annex('init', 'made by ours')
  repo.git('config', 'annex.largefiles', 'anything')
  for (const [path, content] of Object.entries(CONTENTS)) repo.write(path, content)
  repo.write('empty', '')
  repo.run(['chmod', '+x', 'no-extension'])
  repo.git('add', 'big.bin', 'sub', 'empty')
  repo.annex('add', '.')
  repo.git('commit', '-qm', 'files')
  return repo
}

function expectFsckPasses(repo: ScratchRepo): void {
  const { stdout, stderr, status } = repo.tryRealAnnex('fsck')
  expect(`${stdout}${stderr}`).not.toMatch(/failed|fixing|wrong|misplaced/i)
  expect(status).toBe(0)
}

describe('a repository made by ours', () => {
  test('passes git annex fsck of git-annex, with the same keys and locations', () => {
    const repo = makeRepo()
    expectClean(repo)
    const ours = readLocations(repo, 'ours')
    expect(Object.keys(ours)).toEqual(expect.arrayContaining(Object.keys(CONTENTS)))
    for (const { uuids } of Object.values(ours)) expect(uuids).toEqual([uuidOf(repo)])
    expectFsckPasses(repo)
    expect(readLocations(repo, 'real')).toEqual(ours)
    expectIntact(repo)
    expect(repo.realGit('status', '--porcelain').stdout).toBe('')
    expectClean(repo)
  })

  test('is known to git-annex by the name it was given', () => {
    const { stdout } = makeRepo().realAnnex('info', '--fast')
    expect(stdout).toMatch(/made by ours \[here\]/)
    expect(stdout).toMatch(/repository mode: indirect|trusted repositories/)
  })

  test('and its clone, after get and drop, say the same to both', () => {
    const repo = makeRepo()
    const clone = scratch.clone(repo, `clone${count++}`)
    clone.annex('get', '.')
    for (const [path, content] of Object.entries(CONTENTS)) expectContent(clone, path, content)
    clone.annex('drop', 'small.txt')
    const key = expectPointer(clone, 'small.txt')
    expectNotPresent(clone, key)
    expectPresent(repo, key)
    expectClean(clone)
    const ours = readLocations(clone, 'ours')
    expect(readLocations(clone, 'real')).toEqual(ours)
    expect(ours['small.txt']!.uuids).toEqual([uuidOf(repo)])
    expect(ours['big.bin']!.uuids).toEqual([uuidOf(repo), uuidOf(clone)].sort())
    expectFsckPasses(clone)
  })

  test('serves a clone of git-annex, which gets, drops and syncs', () => {
    const repo = makeRepo()
    scratch.run(['git', 'clone', '-q', repo.dir, scratch.path('theirs')], { program: 'real' })
    const clone = scratch.open('theirs')
    clone.realAnnex('get', '.')
    for (const [path, content] of Object.entries(CONTENTS)) expectContent(clone, path, content)
    clone.realAnnex('drop', 'big.bin')
    clone.realAnnex('sync')
    expectFsckPasses(clone)
    repo.annex('merge')
    const uuids = readLocations(repo, 'ours')['no-extension']!.uuids
    expect(uuids).toEqual([uuidOf(repo), uuidOf(clone)].sort())
    expect(readLocations(repo, 'real')).toEqual(readLocations(repo, 'ours'))
  })
})
