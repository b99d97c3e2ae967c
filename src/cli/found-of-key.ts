/** From a key that a note of ours names to the thing to be worked on, shown by a file that has it. */
import { type Bytes, bytesToText } from '../model/bytes.js'
import type { Annex } from './annex.js'
import type { Found } from './seek.js'
import { pathShower } from './shown-path.js'

/** @returns the first file with the key, or the key alone when no file has it */
export function foundOfKey(annex: Annex, keyText: Bytes): Found {
  const { repository, workTree, cwd } = annex
  const path = workTree.pathsOf(keyText)[0]
  if (path === undefined) return { file: null, keyText, path, entry: undefined, input: [] }
  const file = pathShower(repository, cwd)(path)
  return { file, keyText, path, entry: undefined, input: [bytesToText(file)] }
}
