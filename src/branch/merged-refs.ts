/**
 * Which refs are merged already, or must not be: plain files shared with git-annex. `mergedrefs` has
 * a line `COMMIT TAB REF` for each ref, `ignoredrefs` a commit a line. Spec: branch, sections 8, 9.
 */
import type { Ref } from '../git/refs.js'
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { isDiskFull } from '../model/errors.js'
import { isReadOnly } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import { shareFile } from '../platform/make-dirs.js'
import type { Sha } from './objects.js'

const readLines = (path: Bytes): Bytes[] =>
  (files.readFile(path)?.toString('latin1') ?? '').split('\n').filter((line) => line !== '')

/** The commits that need no merging, whatever ref they are found at. */
export function readSettledCommits({ annexDir }: Repository): Set<Sha> {
  const merged = readLines(`${annexDir}/mergedrefs`).map((line) => line.split('\t', 1)[0]!)
  return new Set([...merged, ...readLines(`${annexDir}/ignoredrefs`)])
}

/** Notes refs as merged; one line for each ref name. The journal is locked. */
export function addMergedRefs({ annexDir }: Repository, refs: readonly Ref[]): void {
  const path = `${annexDir}/mergedrefs`
  const commits = new Map<Bytes, Sha>()
  for (const line of readLines(path)) {
    const tab = line.indexOf('\t')
    if (tab > 0) commits.set(line.slice(tab + 1), line.slice(0, tab))
  }
  for (const { name, oid } of refs) commits.set(name, oid)
  const text = [...commits].map(([ref, sha]) => `${sha}\t${ref}\n`).join('')
  try {
    writeIfAllowed(path, text)
  } catch (error) {
    // To find out again what is merged only takes time.
    if (!isDiskFull(error)) throw error
  }
}

/** Notes commits whose history must stay out of the branch. The journal is locked. */
export function addIgnoredCommits({ annexDir }: Repository, commits: readonly Sha[]): void {
  if (commits.length === 0) return
  const path = `${annexDir}/ignoredrefs`
  const all = new Set([...readLines(path), ...commits])
  writeIfAllowed(path, [...all].map((line) => `${line}\n`).join(''))
}

function writeIfAllowed(path: Bytes, text: Bytes): void {
  try {
    files.replaceFile(path, Buffer.from(text, 'latin1'))
    shareFile(path)
  } catch (error) {
    if (!isReadOnly(error)) throw error
  }
}
