/**
 * Telling other clones that contents have got other keys: a tree with what git holds for the old and
 * the new keys is grafted into the branch's history and is gone from its head again.
 * Implements spec: keys and backends, section 8; the git-annex branch, section 6.8.
 */
import type { Repository } from '../git/repository.js'
import { git } from '../git/run.js'
import { type Bytes, bytesFromBuffer } from '../model/bytes.js'
import { parseKey } from '../model/key.js'
import { formatPointer } from '../model/pointer.js'
import { createBranch } from './create.js'
import { committerIdent, type FileChange, importCommit } from './fast-import.js'
import type { Sha } from './objects.js'
import { moveBranch, readBranchHead } from './refs.js'
import { lockJournal } from './staging.js'

const GRAFT_POINT = 'migrate.tree'
/** Somebody else may move the ref that often meanwhile. */
const ATTEMPTS = 20

/** A content's key before and after; both serialized. */
export interface KeyMigration {
  readonly from: Bytes
  readonly to: Bytes
}

/**
 * Grafts the tree and takes it out again; the ref moves once, over both commits.
 * @throws AnnexError GIT_FAILED
 */
export function graftMigrations(repository: Repository, migrations: readonly KeyMigration[]): void {
  using _lock = lockJournal(repository)
  const ref = `refs/annexe/graft-${process.pid}`
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const head = readBranchHead(repository) ?? createBranch(repository)
      const commit = writeGraft(repository, { head, ref, migrations })
      if (moveBranch(repository, commit, head)) return
    }
  } finally {
    git(repository, ['update-ref', '-d', ref])
  }
  throw new Error('The git-annex branch keeps moving while migrations are recorded')
}

interface Graft {
  readonly head: Sha
  /** Of our own; keeps the commits until the branch has them. */
  readonly ref: Bytes
  readonly migrations: readonly KeyMigration[]
}

/** @returns the second commit, whose tree is that of the head */
function writeGraft(repository: Repository, { head, ref, migrations }: Graft): Sha {
  const committer = committerIdent(repository)
  const changes = new Map<Bytes, FileChange>()
  for (const [i, { from, to }] of migrations.entries()) {
    changes.set(`${GRAFT_POINT}/old/${i + 1}`, { content: pointerText(from) })
    changes.set(`${GRAFT_POINT}/new/${i + 1}`, { content: pointerText(to) })
  }
  // What is left of an attempt that was too late.
  git(repository, ['update-ref', '-d', ref])
  const start = { committer, ref }
  const grafted = importCommit(repository, { ...start, message: 'graft', parents: [head], changes })
  const cleanup = new Map<Bytes, FileChange>([[GRAFT_POINT, 'remove']])
  const cleaned =
    grafted &&
    importCommit(repository, {
      ...start,
      message: 'graft cleanup',
      parents: [grafted],
      changes: cleanup,
    })
  if (!cleaned) throw new Error(`Somebody else writes to ${ref}`)
  return cleaned
}

function pointerText(keyText: Bytes): Bytes {
  const key = parseKey(keyText)
  if (!key) throw new Error(`Not a key: ${keyText}`)
  return bytesFromBuffer(formatPointer(key))
}
