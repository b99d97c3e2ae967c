import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { bytesToText } from '../../../src/model/bytes.js'
import { isAnnexError } from '../../../src/model/errors.js'
import type { ObjectStore } from '../../../src/store/object-store.js'
import { isWritableObject, ownObject } from '../../../src/store/own-object.js'
import { someBytes, useScratch } from '../../support/scratch.js'
import { makeStore } from '../../support/store-dirs.js'

const scratch = useScratch()
const KEY = 'SHA256E-s5--key.txt'
const CONTENT = Buffer.from('12345')

function pathOf(store: ObjectStore, key = KEY): string {
  return bytesToText(store.locate(key)!.path)
}

function modeOf(path: string): number {
  return lstatSync(path).mode & 0o777
}

function codeOf(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return isAnnexError(error) ? error.code : String(error)
  }
}

/** Every way in which content gets into a store. */
const WAYS: [string, (store: ObjectStore, content: Buffer, mode?: number) => void][] = [
  ['storeBuffer()', (store, content, mode) => store.storeBuffer(KEY, content, mode)],
  [
    'startIngest()',
    (store, content, mode) => {
      const ingest = store.startIngest()
      for (let at = 0; at < content.length; at += 2) ingest.write(content.subarray(at, at + 2))
      ingest.commit(KEY, mode)
    },
  ],
  [
    'moveIn()',
    (store, content, mode = 0o644) => {
      const source = store.temp.newPath()
      writeFileSync(source, content)
      chmodSync(source, mode)
      store.moveIn(KEY, source)
    },
  ],
]

describe.each(WAYS)('ObjectStore.%s', (_, put) => {
  test('makes a read-only object in a read-only directory', () => {
    const { store, annexDir } = makeStore(scratch)
    expect(store.has(KEY)).toBe(false)
    put(store, CONTENT)
    expect(store.has(KEY)).toBe(true)
    const object = pathOf(store)
    expect(readFileSync(object)).toEqual(CONTENT)
    expect([modeOf(object), modeOf(dirname(object))]).toEqual([0o444, 0o555])
    expect(modeOf(dirname(dirname(object)))).toBe(0o755)
    expect(readdirSync(`${annexDir}/annexe/tmp`)).toEqual([])
  })

  test.each([
    [0o755, 0o555],
    [0o600, 0o400],
    [0o640, 0o440],
    [0o200, 0o400],
    [0o700, 0o500],
  ])('turns the mode %o into %o', (mode, expected) => {
    const { store } = makeStore(scratch)
    put(store, CONTENT, mode)
    expect(modeOf(pathOf(store))).toBe(expected)
  })

  test.each([
    ['group', 0o600, 0o440, 0o775],
    ['all', 0o600, 0o444, 0o775],
  ] as const)('shares it with %s', (sharing, mode, objectMode, dirMode) => {
    const { store } = makeStore(scratch, { sharing })
    put(store, CONTENT, mode)
    const object = pathOf(store)
    expect([modeOf(object), modeOf(dirname(object))]).toEqual([objectMode, dirMode])
  })

  test('keeps the object that is there, in either layout', () => {
    for (const layouts of [['mixed', 'lower'] as const, ['lower', 'mixed'] as const]) {
      const { store, annexDir } = makeStore(scratch, { layouts })
      put(store, CONTENT)
      const object = pathOf(store)
      const { ino } = lstatSync(object)
      const other = makeStore(scratch).store
      Object.assign(other, { annexDir })
      put(store, Buffer.from('other'))
      expect([lstatSync(object).ino, readFileSync(object)]).toEqual([ino, CONTENT])
      expect(readdirSync(`${annexDir}/annexe/tmp`)).toEqual([])
    }
  })

  test('fills a directory that a crash has left empty and frozen', () => {
    const { store } = makeStore(scratch)
    const { dir } = store.placeFor(KEY)
    mkdirSync(dir, { recursive: true })
    chmodSync(dir, 0o555)
    put(store, CONTENT)
    expect(readFileSync(pathOf(store))).toEqual(CONTENT)
  })

  test('leaves nothing behind when it fails', () => {
    const { store, annexDir } = makeStore(scratch)
    mkdirSync(annexDir)
    writeFileSync(join(annexDir, 'objects'), 'in the way')
    expect(codeOf(() => put(store, CONTENT))).toMatch(/ENOTDIR|EEXIST/)
    rmSync(join(annexDir, 'objects'))
    expect(store.has(KEY)).toBe(false)
    put(store, CONTENT)
  })

  test('refuses insecure keys where annex.securehashesonly is set', () => {
    const { store } = makeStore(scratch, { secureOnly: true })
    put(store, CONTENT)
    expect(codeOf(() => store.storeBuffer('MD5-s5--x', CONTENT))).toBe('KEY_INSECURE')
    expect(codeOf(() => store.storeBuffer('XUNKNOWN-s5--x', CONTENT))).toBe('KEY_INSECURE')
    expect(store.has('MD5-s5--x')).toBe(false)
  })
})

describe('ObjectStore', () => {
  test('finds content of the other layout and does not store it twice', () => {
    const { store, annexDir } = makeStore(scratch)
    const lower = makeStore(scratch, { layouts: ['lower', 'mixed'] })
    lower.store.storeBuffer(KEY, CONTENT)
    mkdirSync(`${annexDir}/objects`, { recursive: true })
    scratch.run(['cp', '-a', `${lower.annexDir}/objects`, annexDir])
    store.storeBuffer(KEY, Buffer.from('other'))
    expect(readFileSync(pathOf(store))).toEqual(CONTENT)
    expect(pathOf(store)).toMatch(/objects\/\w{3}\/\w{3}\//)
  })

  test('can be asked about absent content and absent repositories', () => {
    const { store, annexDir } = makeStore(scratch)
    expect([store.locate(KEY), store.isReachable()]).toEqual([undefined, true])
    expect(store.placeFor(KEY).path).toContain(`${annexDir}/objects/`)
    rmSync(dirname(annexDir), { recursive: true })
    expect(store.isReachable()).toBe(false)
  })

  test('pruneDirs() removes directories up to objects, as far as they are empty', () => {
    const { store, annexDir } = makeStore(scratch)
    store.storeBuffer(KEY, CONTENT)
    const place = store.locate(KEY)!
    store.pruneDirs(place)
    expect(store.has(KEY)).toBe(true)
    store.withThawedDir(place, () => rmSync(place.path))
    expect(modeOf(place.dir)).toBe(0o555)
    store.pruneDirs(place)
    expect(readdirSync(`${annexDir}/objects`)).toEqual([])
  })

  test('makes directories again that somebody else has removed meanwhile', () => {
    const { store, annexDir } = makeStore(scratch)
    store.storeBuffer(KEY, CONTENT)
    const hashDir = dirname(dirname(pathOf(store)))
    for (const gone of [hashDir, dirname(hashDir), join(annexDir, 'objects')]) {
      rmSync(gone, { recursive: true })
      store.storeBuffer(KEY, CONTENT)
      expect(readFileSync(pathOf(store))).toEqual(CONTENT)
    }
  })

  test('leaves modes alone on a file system that has none', () => {
    const { store } = makeStore(scratch, { crippled: true })
    const source = store.temp.newPath()
    writeFileSync(source, CONTENT)
    store.moveIn(KEY, source)
    expect([modeOf(pathOf(store)), modeOf(dirname(pathOf(store)))]).toEqual([0o644, 0o755])
  })
})

describe('Ingest', () => {
  test('abort() and release() leave the store as it was', () => {
    const { store, annexDir } = makeStore(scratch)
    const aborted = store.startIngest()
    aborted.write(CONTENT)
    aborted.abort()
    aborted.abort()
    expect(readdirSync(`${annexDir}/annexe/tmp`)).toEqual([])
    const released = store.startIngest()
    released.write(CONTENT)
    expect(readFileSync(released.release())).toEqual(CONTENT)
    expect(existsSync(`${annexDir}/objects`)).toBe(false)
  })

  test('writes pieces of a buffer one after the other', () => {
    const { store } = makeStore(scratch)
    const content = someBytes(300_000)
    const ingest = store.startIngest()
    ingest.write(content, 0, 100_000)
    ingest.write(content, 100_000)
    ingest.commit(KEY)
    expect(readFileSync(pathOf(store)).equals(content)).toBe(true)
  })

  test('takes several contents in at once', () => {
    const { store } = makeStore(scratch)
    const [a, b] = [store.startIngest(), store.startIngest()]
    a.write(Buffer.from('a'))
    b.write(Buffer.from('b'))
    b.commit('WORM-s1--b')
    a.commit('WORM-s1--a')
    expect(readFileSync(pathOf(store, 'WORM-s1--a'), 'utf8')).toBe('a')
    expect(readFileSync(pathOf(store, 'WORM-s1--b'), 'utf8')).toBe('b')
  })
})

describe('ownObject()', () => {
  test('makes a writable object read-only; one with other names gets a file of its own', () => {
    const { store } = makeStore(scratch)
    store.storeBuffer(KEY, CONTENT)
    const place = store.locate(KEY)!
    expect(isWritableObject(place)).toBe(false)
    chmodSync(place.path, 0o644)
    expect(isWritableObject(place)).toBe(true)
    const { ino } = lstatSync(place.path)
    ownObject(store, place)
    expect([modeOf(place.path), lstatSync(place.path).ino]).toEqual([0o444, ino])
    const twin = scratch.path('twin')
    scratch.run(['ln', bytesToText(place.path), twin])
    chmodSync(place.path, 0o644)
    ownObject(store, place)
    expect([modeOf(place.path), lstatSync(place.path).nlink, modeOf(place.dir)]).toEqual([
      0o444, 1, 0o555,
    ])
    expect([modeOf(twin), readFileSync(twin)]).toEqual([0o644, CONTENT])
    expect(readFileSync(place.path)).toEqual(CONTENT)
  })
})
