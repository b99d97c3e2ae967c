import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parseKey } from '../../../src/model/key.js'
import { keyTextOf, ObjectLayout } from '../../../src/store/layout.js'
import { listObjectKeys } from '../../../src/store/list-objects.js'
import { useScratch } from '../../support/scratch.js'
import { PLAIN } from '../../support/store-dirs.js'

const scratch = useScratch()
let count = 0

const KEY = 'WORM-s3-m1289672605--woodstock.ogg'
const FILE = KEY
/** As git-annex has them for this key. */
const MIXED = 'objects/VZ/28'
const LOWER = 'objects/f58/688'

function makeDir(...objects: string[]): string {
  const dir = scratch.path(`annex${count++}`)
  mkdirSync(dir)
  for (const object of objects) {
    mkdirSync(join(dir, object, '..'), { recursive: true })
    writeFileSync(join(dir, object), 'abc')
  }
  return dir
}

describe('ObjectLayout', () => {
  test('puts new content where git-annex does', () => {
    const dir = makeDir()
    const mixed = new ObjectLayout(dir, PLAIN).preferred(KEY)
    const lower = new ObjectLayout(dir, { ...PLAIN, layouts: ['lower', 'mixed'] }).preferred(KEY)
    const real = scratch.repo(`real${count++}`)
    real.realAnnex('init')
    const examine = (name: string) =>
      real.realAnnex('examinekey', KEY, `--format=\${${name}}`).stdout.replace(/\/$/, '')
    expect(mixed.dir).toBe(`${dir}/objects/${examine('hashdirmixed')}/${FILE}`)
    expect(lower.dir).toBe(`${dir}/objects/${examine('hashdirlower')}/${FILE}`)
    expect(mixed.path).toBe(`${mixed.dir}/${FILE}`)
  })

  test('finds content in either layout, the preferred one first', () => {
    const settings = { ...PLAIN, layouts: ['lower', 'mixed'] as const }
    const [mixed, lower] = [placeIn(MIXED), placeIn(LOWER)]
    for (const only of [mixed, lower]) {
      const dir = makeDir(only)
      expect(new ObjectLayout(dir, PLAIN).find(KEY)?.path).toBe(`${dir}/${only}`)
      expect(new ObjectLayout(dir, settings).find(KEY)?.path).toBe(`${dir}/${only}`)
    }
    const both = makeDir(mixed, lower)
    expect(new ObjectLayout(both, PLAIN).find(KEY)?.path).toBe(`${both}/${mixed}`)
    expect(new ObjectLayout(both, settings).find(KEY)?.path).toBe(`${both}/${lower}`)
    expect(new ObjectLayout(both, PLAIN).findMisplaced(KEY)?.path).toBe(`${both}/${lower}`)
    expect(new ObjectLayout(makeDir(), PLAIN).find(KEY)).toBeUndefined()
  })

  test('looks in one layout only where annex.tune.objecthashlower says so', () => {
    const dir = makeDir(placeIn(MIXED))
    expect(new ObjectLayout(dir, { ...PLAIN, layouts: ['lower'] }).find(KEY)).toBeUndefined()
  })

  test('uses the first hash directory only with annex.tune.objecthash1', () => {
    const settings = { ...PLAIN, oneLevel: true }
    const dir = makeDir(`${MIXED.slice(0, -3)}/${FILE}/${FILE}`)
    const layout = new ObjectLayout(dir, settings)
    expect(layout.find(KEY)?.path).toBe(`${dir}/${MIXED.slice(0, -3)}/${FILE}/${FILE}`)
    expect([...listObjectKeys(layout.objectsDir)]).toEqual([KEY])
  })

  test('keeps the chunks of a key in the directories of the key', () => {
    const dir = makeDir()
    const chunk = KEY.replace('--', '-S10-C2--')
    const layout = new ObjectLayout(dir, PLAIN)
    const hashDir = (path: string) => path.split('/').slice(-4, -2).join('/')
    expect(hashDir(layout.preferred(chunk).path)).toBe(hashDir(layout.preferred(KEY).path))
    // A name that only looks like one.
    const other = 'WORM-s3--a-Cb'
    expect(hashDir(layout.preferred(other).path)).not.toBe(hashDir(layout.preferred(KEY).path))
  })

  test('escapes what a file name cannot have', () => {
    const { path } = new ObjectLayout('/annex', PLAIN).preferred('URL--http://a/b%c&d:e')
    expect(path.split('/').at(-1)).toBe('URL--http&c%%a%b&sc&ad&ce')
  })
})

describe('listObjectKeys()', () => {
  test('lists keys of both layouts, and nothing that is no object', () => {
    const dir = makeDir(
      placeIn(MIXED),
      `objects/000/001/SHA256-s1--ab/SHA256-s1--ab`,
      `objects/0z/1z/SHA256-s2--ab/SHA256-s2--ab.lck`,
      `objects/0z/1z/no key/no key`,
    )
    expect([...listObjectKeys(`${dir}/objects`)].sort()).toEqual(['SHA256-s1--ab', KEY])
    expect([...listObjectKeys(`${dir}/nowhere`)]).toEqual([])
  })
})

describe('keyTextOf()', () => {
  test('takes a key in either form', () => {
    expect(keyTextOf(parseKey(KEY)!)).toBe(KEY)
    expect(keyTextOf(KEY)).toBe(KEY)
  })
})

function placeIn(hashDir: string): string {
  return `${hashDir}/${FILE}/${FILE}`
}
