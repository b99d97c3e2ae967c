import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, unlinkSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { bytesToText } from '../../../src/model/bytes.js'
import type { ObjectStore } from '../../../src/store/object-store.js'
import { useScratch } from '../../support/scratch.js'
import { makeStore } from '../../support/store-dirs.js'

const scratch = useScratch()

/** From so many objects on, the next temporary file is made beforehand. */
const MANY = 100
const keyOf = (n: number) => `SHA256E-s5--key${n}.txt`
const modeOf = (path: string) => lstatSync(path).mode & 0o777
const placeOf = (store: ObjectStore, n: number) => store.locate(keyOf(n))!
const tempsOf = (store: ObjectStore) => readdirSync(bytesToText(store.temp.dir))

function storeSome(store: ObjectStore, from: number, to: number, mode = 0o644): void {
  for (let n = from; n <= to; n++) store.storeBuffer(keyOf(n), Buffer.from(`text${n}`), mode)
}

describe('IdleWork', () => {
  test('leaves directories of objects writable until there is time', () => {
    const { store } = makeStore(scratch)
    const idle = store.deferIdleWork()
    storeSome(store, 1, 2)
    const dirs = [1, 2].map((n) => bytesToText(placeOf(store, n).dir))
    expect(dirs.map(modeOf)).toEqual([0o755, 0o755])
    idle.catchUp()
    expect(dirs.map(modeOf)).toEqual([0o555, 0o555])
  })

  test('makes the next temporary file for whoever adds many', () => {
    const { store } = makeStore(scratch)
    const idle = store.deferIdleWork()
    storeSome(store, 1, MANY - 1)
    idle.catchUp()
    expect(tempsOf(store)).toEqual([])
    storeSome(store, MANY, MANY)
    idle.catchUp()
    expect(tempsOf(store)).toHaveLength(1)
    storeSome(store, 0, 0)
    expect(tempsOf(store)).toEqual([])
    const object = bytesToText(placeOf(store, 0).path)
    expect([readFileSync(object, 'utf8'), modeOf(object)]).toEqual(['text0', 0o444])
  })

  test('takes no file with other permission bits', () => {
    const { store } = makeStore(scratch)
    const idle = store.deferIdleWork()
    storeSome(store, 1, MANY)
    idle.catchUp()
    storeSome(store, MANY + 1, MANY + 1, 0o755)
    expect(modeOf(bytesToText(placeOf(store, MANY + 1).path))).toBe(0o555)
    idle.catchUp()
    storeSome(store, MANY + 2, MANY + 2, 0o755)
    expect(modeOf(bytesToText(placeOf(store, MANY + 2).path))).toBe(0o555)
    expect(tempsOf(store)).toEqual([])
  })

  test('finish() leaves no temporary file and no writable directory', () => {
    const { store } = makeStore(scratch)
    const idle = store.deferIdleWork()
    storeSome(store, 1, MANY)
    idle.catchUp()
    expect(tempsOf(store)).toHaveLength(1)
    storeSome(store, MANY + 1, MANY + 2)
    idle.finish()
    expect(tempsOf(store)).toEqual([])
    expect(modeOf(bytesToText(placeOf(store, MANY + 2).dir))).toBe(0o555)
  })

  test('does not mind that an object was dropped meanwhile', () => {
    const { store } = makeStore(scratch)
    const idle = store.deferIdleWork()
    storeSome(store, 1, 1)
    const { path, dir } = placeOf(store, 1)
    unlinkSync(bytesToText(path))
    rmdirSync(bytesToText(dir))
    idle.catchUp()
    expect(existsSync(bytesToText(dir))).toBe(false)
  })
})
