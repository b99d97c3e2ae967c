/**
 * Which keys no file uses: not in an index, not in a work tree, not in a ref. Cheap questions first:
 * the index knows most keys, and then there is nothing to ask the rest for.
 * Implements spec: numcopies, section 7.
 */
import { readIndexEntries } from '../git/index-file.js'
import { readHead } from '../git/refs.js'
import type { Repository } from '../git/repository.js'
import { findObject, listTreeObjects } from '../git/tree-objects.js'
import {
  ALL_REFS,
  listStashes,
  listUnfinished,
  parseUsedRefSpec,
  selectUsedRefs,
  shortRefName,
  type UsedRef,
  type UsedRefSpec,
} from '../git/used-refs.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import { findKeysInWorkTree } from '../worktree/work-tree-keys.js'
import type { Annex } from './annex.js'

/** How the user sees what is looked at, and what is wrong with it. */
export interface UnusedProgress {
  note(text: string): void
  warning(text: string): void
}

/** Nobody watches. */
export const UNWATCHED: UnusedProgress = { note() {}, warning() {} }

/** The refs that count by annex.used-refspec; one that cannot be understood means all refs. */
export function configuredRefSpec({ config }: Annex): UsedRefSpec {
  const text = config.get('annex.used-refspec')
  if (text === undefined) return ALL_REFS
  try {
    return parseUsedRefSpec(bytesToText(text))
  } catch (error) {
    if (isAnnexError(error, 'USAGE')) return ALL_REFS
    throw error
  }
}

/**
 * Finds the keys that nothing uses.
 * @param keyTexts the keys in question, serialized
 * @returns the rest of them, in their order
 * @throws AnnexError GIT_FAILED when a tree cannot be read: then nobody can tell
 */
export async function findUnused(
  annex: Annex,
  keyTexts: Iterable<Bytes>,
  { spec, progress }: { spec: UsedRefSpec; progress: UnusedProgress },
): Promise<Bytes[]> {
  const { repository, blobKeys } = annex
  const unused = new Set(keyTexts)
  for (const worktree of allWorkTrees(repository)) {
    const entries = readIndexEntries(worktree)
    blobKeys.resolve(entries)
    for (const entry of entries) {
      const keyText = blobKeys.keyTextOf(entry)
      if (keyText !== undefined) unused.delete(keyText)
    }
  }
  if (unused.size > 0) {
    const entries = readIndexEntries(repository)
    for (const keyText of await findKeysInWorkTree(repository, entries, unused))
      unused.delete(keyText)
  }
  if (unused.size > 0) withoutThoseOfRefs(annex, unused, { spec, progress })
  return [...unused]
}

/** This work tree and the others of the repository: each has an index and a HEAD of its own. */
function allWorkTrees(repository: Repository): Repository[] {
  const { commonDir } = repository
  const dirs = files.listDir(`${commonDir}/worktrees`).map(({ name }) => `worktrees/${name}`)
  const others = ['', ...dirs]
    .map((dir) => (dir === '' ? commonDir : `${commonDir}/${dir}`))
    .filter((gitDir) => gitDir !== repository.gitDir)
    .map((gitDir) => ({ ...repository, gitDir, indexFile: `${gitDir}/index` }))
  return [repository, ...others]
}

function withoutThoseOfRefs(
  { repository, blobKeys }: Annex,
  unused: Set<Bytes>,
  { spec, progress }: { spec: UsedRefSpec; progress: UnusedProgress },
): void {
  const refs = selectUsedRefs(repository, spec)
  const oids = new Set<Bytes>()
  for (const ref of refs) {
    progress.note(`checking ${bytesToText(shortRefName(ref.name))}...`)
    const oid = ref.oid ?? findObject(repository, bytesToText(ref.name))
    if (oid === undefined) progress.warning(`fatal: bad revision '${bytesToText(ref.name)}'`)
    else oids.add(oid)
  }
  for (const oid of unnamedUses(repository, refs)) oids.add(oid)
  for (const keyText of blobKeys.keyTextsIn(listTreeObjects(repository, [...oids])))
    unused.delete(keyText)
}

/**
 * What no ref leads to, but git keeps all the same: older stashes, what is checked out elsewhere, what
 * a merge or rebase will go on with.
 */
function unnamedUses(repository: Repository, refs: readonly UsedRef[]): Bytes[] {
  const worktrees = allWorkTrees(repository)
  const heads = worktrees.slice(1).flatMap((worktree) => readHead(worktree).oid ?? [])
  const hasStash = refs.some(({ name }) => name === 'refs/stash')
  return [
    ...heads,
    ...worktrees.flatMap((worktree) => listUnfinished(worktree)),
    ...(hasStash ? listStashes(repository) : []),
  ]
}
