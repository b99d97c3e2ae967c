import { appendFileSync, linkSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { finishWorktree } from '../../../src/worktree/finish-worktree.js'
import {
  CONTENT,
  depopulateOne,
  expectNoTemp,
  type Fixture,
  pointerAnnex,
  populateOne,
} from '../../support/annexed-pointers.js'
import { expectClean } from '../../support/expect.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()

describe('depopulate()', () => {
  /** Content in place and known to the index. */
  function populated(name: string): Fixture {
    const fixture = pointerAnnex(scratch, name)
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
