/** Seeking that is not by the files of the work tree: all keys, unused ones, another tree's files. */
import { git } from '../git/run.js'
import type { Bytes } from '../model/bytes.js'
import { parsePresenceLog } from '../model/logs/presence.js'
import { listOfferedPartials } from '../store/partial-files.js'
import { listNotes, type TransferNote } from '../transfer/transfer-records.js'
import type { Annex } from './annex.js'
import { readUnusedList } from './unused-lists.js'

/** An annexed file of a tree. */
export interface TreeFile {
  /** Relative to the top of the tree. */
  readonly path: Bytes
  readonly keyText: Bytes
}

/**
 * The annexed files of any tree.
 * @param ref anything git resolves to a tree
 * @throws AnnexError GIT_FAILED when it does not
 */
export function* annexedFilesOfTree(annex: Annex, ref: string): Iterable<TreeFile> {
  const { stdout } = git(annex.repository, ['ls-tree', '--full-tree', '-r', '-z', ref, '--'])
  const blobs = stdout
    .toString('latin1')
    .split('\0')
    .slice(0, -1)
    .map((line) => {
      const [mode, , oid] = line.slice(0, line.indexOf('\t')).split(' ')
      return {
        path: line.slice(line.indexOf('\t') + 1),
        oid: oid!,
        mode: Number.parseInt(mode!, 8),
      }
    })
  annex.blobKeys.resolve(blobs)
  for (const blob of blobs) {
    const keyText = annex.blobKeys.keyTextOf(blob)
    if (keyText !== undefined) yield { path: blob.path, keyText }
  }
}

/** The keys that the last `unused` listed. */
export function readUnusedKeys({ repository }: Annex): Bytes[] {
  return readUnusedList(repository, '').map(({ keyText }) => keyText)
}

/** The transfers that have failed, with any of our remotes. */
export function* failedTransfers({ repository }: Annex): Iterable<TransferNote> {
  for (const direction of ['upload', 'download'] as const)
    yield* listNotes(repository.annexDir, direction, 'failed')
}

/** Keys whose download was begun and not ended, though perhaps another one was. */
export function incompleteKeys({ repository }: Annex): Bytes[] {
  return listOfferedPartials(repository.annexDir)
}

/** Every key the git-annex branch knows, but for those that were declared dead everywhere. */
export function* allKeys(annex: Annex): Iterable<Bytes> {
  for (const [keyText, log] of annex.branch.locationLogs()) if (!isDead(log)) yield keyText
}

/** Parsing every log would cost more than all the rest; an `X` is rare. */
function isDead(log: Bytes): boolean {
  if (!log.includes(' X ')) return false
  const states = [...parsePresenceLog(log).values()]
  return states.length > 0 && states.every(({ status }) => status === 'X')
}
