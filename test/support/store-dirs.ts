/** Object stores in directories of their own, for tests that run on Node. */
import { mkdirSync } from 'node:fs'
import { GitConfig } from '../../src/git/config.js'
import { bytesFromText } from '../../src/model/bytes.js'
import { ObjectStore } from '../../src/store/object-store.js'
import { type StoreSettings, storeSettings } from '../../src/store/settings.js'
import type { Scratch } from './scratch-repo.js'

let count = 0

export const PLAIN: StoreSettings = storeSettings(new GitConfig(''), false)

/** An object store in a new git directory. @returns it and the absolute path of its annex */
export function makeStore(
  scratch: Scratch,
  settings: Partial<StoreSettings> = {},
): { store: ObjectStore; annexDir: string } {
  const gitDir = scratch.path(`git${count++}`)
  mkdirSync(gitDir)
  const annexDir = `${gitDir}/annex`
  return { store: new ObjectStore(bytesFromText(annexDir), { ...PLAIN, ...settings }), annexDir }
}
