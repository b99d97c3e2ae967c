/**
 * Content that the filter took in may be what other files of the work tree are still waiting for: a
 * copy of a file whose content was not here. They get it at the end of the session, when git has
 * released the index and waits for us. Implements spec: repository layout, section 10 (clean, step 1).
 */
import { readIndexEntries } from '../git/index-file.js'
import type { IndexEntry } from '../git/index-format.js'
import type { IndexRefresh } from '../git/index-refresh.js'
import { objectFormat, textOid } from '../git/object-format.js'
import { join, type Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { pointerText } from '../model/pointer.js'
import type { ObjectStore } from '../store/object-store.js'
import { UnfinishedKeys } from '../store/unfinished.js'
import { finishWorktree } from './finish-worktree.js'
import { isBeyondLink } from './leading-links.js'
import { populate } from './populate.js'

const FILE = 0o100000

/** Populates the pointer files of keys whose content has just come. */
export function spreadContent(
  repository: Repository,
  store: ObjectStore,
  keyTexts: Iterable<Bytes>,
): void {
  if (repository.workTree === undefined) return
  const waiting = findWaiting(repository, keyTexts)
  const unfinished = new UnfinishedKeys(repository.annexDir)
  const refreshes: IndexRefresh[] = []
  for (const { path, oid, keyText } of waiting) {
    const object = store.locate(keyText)
    if (!object || isBeyondLink(repository, path)) continue
    const file = join(repository.workTree, path)
    unfinished.noteComing(keyText)
    const stat = populate({ path: file, keyText, temp: store.temp, objectFile: object.path })
    if (stat) refreshes.push({ path, oid, stat })
  }
  if (refreshes.length > 0) finishWorktree(repository, refreshes)
  unfinished.done()
}

interface Waiting {
  readonly path: Bytes
  readonly oid: Bytes
  readonly keyText: Bytes
}

/** Entries with the pointer of such a key whose file, by the index, is as long as the pointer. */
function findWaiting(repository: Repository, keyTexts: Iterable<Bytes>): Waiting[] {
  const bySize = new Map<number, Bytes[]>()
  for (const keyText of keyTexts) {
    const sizeBytes = pointerText(keyText).length
    const sameSize = bySize.get(sizeBytes)
    if (sameSize) sameSize.push(keyText)
    else bySize.set(sizeBytes, [keyText])
  }
  // Of the files just added all have their content: seldom is there anything left to be hashed for.
  const candidates = readIndexEntries(repository).filter((entry) => mayWait(entry, bySize))
  if (candidates.length === 0) return []
  const format = objectFormat(repository)
  const pointers = new Map<Bytes, { keyText: Bytes; sizeBytes: number }>()
  for (const [sizeBytes, sameSize] of bySize)
    for (const keyText of sameSize)
      pointers.set(textOid(pointerText(keyText), format), { keyText, sizeBytes })
  return candidates.flatMap((entry) => {
    const pointer = pointers.get(entry.oid)
    const isIt = pointer && [undefined, 0, pointer.sizeBytes].includes(entry.stat?.sizeBytes)
    return isIt ? [{ path: entry.path, oid: entry.oid, keyText: pointer.keyText }] : []
  })
}

function mayWait(
  { mode, stage, skipWorktree, stat }: IndexEntry,
  bySize: ReadonlyMap<number, unknown>,
): boolean {
  if ((mode & 0o170000) !== FILE || stage !== 0 || skipWorktree) return false
  return stat === undefined || stat.sizeBytes === 0 || bySize.has(stat.sizeBytes)
}
