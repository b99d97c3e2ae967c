/**
 * Conflicts over annexed files, and what is to become of each: one side, or both under names of
 * their own. Nothing is changed here, see `resolve-conflict.ts`.
 * Implements spec: CLI, section 11.2 (resolvemerge).
 */
import type { BlobKeys } from '../git/blob-keys.js'
import { readIndexEntries } from '../git/index-file.js'
import type { IndexEntry } from '../git/index-format.js'
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { startDigest } from '../model/digest.js'

const OURS = 2
const THEIRS = 3
const LINK = 0o120000
const EXECUTABLE = 0o100755
const VARIANT = '.variant-'

/** What one side has at the path. */
export interface ConflictSide {
  readonly entry: IndexEntry
  /** The serialized key; undefined for what is not annexed. */
  readonly keyText: Bytes | undefined
}

export interface Conflict {
  readonly path: Bytes
  /** Another name that git gave to one side, `PATH~BRANCH`: a file cannot lie beside a link. */
  readonly sibling?: Bytes | undefined
  /** Undefined: this side has deleted it. */
  readonly ours: ConflictSide | undefined
  readonly theirs: ConflictSide | undefined
}

/** All paths in conflict, in the order of the index. */
export function listConflicts(repository: Repository, blobKeys: BlobKeys): Conflict[] {
  const entries = readIndexEntries(repository).filter(({ stage }) => stage > 0)
  blobKeys.resolve(entries)
  const byPath = new Map<Bytes, IndexEntry[]>()
  for (const entry of entries) {
    const found = byPath.get(entry.path)
    if (found) found.push(entry)
    else byPath.set(entry.path, [entry])
  }
  const conflicts = [...byPath].map(([path, stages]) => {
    const side = (stage: number): ConflictSide | undefined => {
      const entry = stages.find((candidate) => candidate.stage === stage)
      return entry && { entry, keyText: blobKeys.keyTextOf(entry) }
    }
    return { path, ours: side(OURS), theirs: side(THEIRS) }
  })
  return joinSiblings(conflicts)
}

function joinSiblings(conflicts: readonly Conflict[]): Conflict[] {
  const joined: Conflict[] = []
  for (const conflict of conflicts) {
    const { path, ours, theirs } = conflict
    const first = !path.includes('~')
      ? -1
      : joined.findIndex(
          (other) =>
            path.startsWith(`${other.path}~`) &&
            other.sibling === undefined &&
            (ours ? !theirs && !other.ours && other.theirs : !other.theirs && other.ours),
        )
    if (first < 0) joined.push(conflict)
    else
      joined[first] = {
        path: joined[first]!.path,
        sibling: path,
        ours: joined[first]!.ours ?? ours,
        theirs: joined[first]!.theirs ?? theirs,
      }
  }
  return joined
}

/** Whether any side is annexed; other conflicts are git's. */
export function isAboutAnnexed({ ours, theirs }: Conflict): boolean {
  return ours?.keyText !== undefined || theirs?.keyText !== undefined
}

/** A file that comes out of a conflict. */
export interface Outcome {
  readonly path: Bytes
  readonly mode: number
  readonly oid: Bytes
  readonly keyText: Bytes | undefined
}

export type Choice = 'ours' | 'theirs' | 'both'

/** What a conflict leaves: no, one or two files. */
export function decideConflict({ path, ours, theirs }: Conflict, choice: Choice): Outcome[] {
  if (choice !== 'both') {
    const side = choice === 'ours' ? ours : theirs
    return side ? [outcomeOf(path, side)] : []
  }
  if (ours?.keyText !== undefined && ours.keyText === theirs?.keyText)
    return [outcomeOf(path, mergeForms(ours, theirs))]
  return [ours, theirs].flatMap((side) => {
    if (!side) return []
    return [outcomeOf(side.keyText === undefined ? path : variantOf(path, side.keyText), side)]
  })
}

function outcomeOf(path: Bytes, { entry: { mode, oid }, keyText }: ConflictSide): Outcome {
  return { path, mode, oid, keyText }
}

/** The same content: a file when it is one on any side, and executable likewise. */
function mergeForms(ours: ConflictSide, theirs: ConflictSide): ConflictSide {
  const [first, second] = ours.entry.mode === LINK ? [theirs, ours] : [ours, theirs]
  return first.entry.mode !== LINK && second.entry.mode === EXECUTABLE ? second : first
}

/**
 * `NAME.variant-XXXX.EXT`: the same in every repository that resolves this conflict, so that it does
 * not come back; a variant of a variant has the whole key in its name.
 */
export function variantOf(path: Bytes, keyText: Bytes): Bytes {
  const digest = startDigest('md5').update(keyText, 'latin1').digest('hex').slice(0, 4)
  const tag = path.includes(VARIANT) ? keyText.replaceAll('/', '%') : digest
  const dot = path.lastIndexOf('.')
  const at = dot > path.lastIndexOf('/') ? dot : path.length
  return `${path.slice(0, at)}${VARIANT}${tag}${path.slice(at)}`
}
