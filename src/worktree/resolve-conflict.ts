/**
 * Carrying out what was decided over conflicts: the index and the work tree get the files that come
 * out of them. A file with content that neither side has is somebody's work and left alone.
 */
import { indexEnv } from '../git/index-file.js'
import type { IndexRefresh } from '../git/index-refresh.js'
import { OID_BYTES, objectFormat } from '../git/object-format.js'
import { join } from '../git/repository.js'
import { git } from '../git/run.js'
import { type Bytes, bytesToBuffer, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { MAX_POINTER_BYTES, parseLinkTarget, parsePointer } from '../model/pointer.js'
import * as files from '../platform/files.js'
import { pointerFor } from './annexing.js'
import { isConflictOf, withoutConflict } from './conflicted-pointer.js'
import { type Choice, type Conflict, decideConflict, type Outcome } from './conflicts.js'
import { finishWorktree } from './finish-worktree.js'
import { beyondLink, isBeyondLink } from './leading-links.js'
import { dateAs, isSameFile } from './pointer-file.js'
import { replaceBy } from './replace-file.js'
import { isContent, type WorkTreeOwner, WorkTreeUpdates } from './updates.js'

const LINK = 0o120000
const EXECUTABLE = 0o100755

interface Resolved {
  readonly conflict: Conflict
  readonly outcomes: readonly Outcome[]
  /** What was found at each path that will change; none when that does not matter. */
  readonly found: ReadonlyMap<Bytes, files.FileStat | undefined>
}

export class ConflictResolver {
  readonly #owner: WorkTreeOwner
  readonly #resolved: Resolved[] = []

  constructor(owner: WorkTreeOwner) {
    this.#owner = owner
  }

  /**
   * Notes what is to become of a conflict.
   * @returns the files that will be there
   * @throws AnnexError FILE_CHANGED when the work tree has something else at a path that would change
   */
  add(conflict: Conflict, choice: Choice, options: { readonly force?: boolean } = {}): Outcome[] {
    const outcomes = decideConflict(conflict, choice)
    for (const path of [...namesOf(conflict), ...outcomes.map((outcome) => outcome.path)])
      if (isBeyondLink(this.#owner.repository, path)) throw beyondLink(path)
    const found = new Map<Bytes, files.FileStat | undefined>()
    if (!options.force) {
      const names = namesOf(conflict)
      for (const path of [...names, ...outcomes.map((one) => one.path)])
        found.set(path, files.lstat(this.#fileAt(path)))
      for (const path of names) this.#refuseOtherContent(path, conflict)
      for (const { path } of outcomes) if (!names.includes(path)) this.#refuseExisting(path)
    }
    this.#resolved.push({ conflict, outcomes, found })
    return outcomes
  }

  /**
   * Changes index and work tree.
   * @throws AnnexError GIT_FAILED when the index is locked, FILE_CHANGED when somebody has written to
   *   a file since it was looked at: then nothing has changed
   */
  finish(): void {
    const resolved = this.#resolved.splice(0)
    if (resolved.length === 0) return
    for (const { found } of resolved) this.#refuseChanged(found)
    this.#settleIndex(resolved.map((one) => [namesOf(one.conflict), one.outcomes]))
    const refreshes: IndexRefresh[] = []
    const others: Bytes[] = []
    for (const { conflict, outcomes } of resolved) {
      const heirs = namesOf(conflict).map((path) => this.#keepContent(path, outcomes))
      for (const outcome of outcomes) {
        if (outcome.keyText === undefined || outcome.mode === LINK) others.push(outcome.path)
        else
          refreshes.push(
            this.#place(outcome, heirs.includes(outcome) ? undefined : outcome.keyText),
          )
      }
    }
    this.#checkOut(others)
    finishWorktree(this.#owner.repository, refreshes)
    // One that has not seen the index as it was before.
    const updates = new WorkTreeUpdates(this.#owner)
    for (const { keyText } of resolved.flatMap(({ outcomes }) => outcomes))
      if (keyText !== undefined) updates.contentChanged(keyText)
    updates.finish()
  }

  #settleIndex(changes: readonly [names: readonly Bytes[], outcomes: readonly Outcome[]][]): void {
    const lines = changes.flatMap(([names, outcomes]) => {
      const nothing = '0'.repeat(2 * OID_BYTES[objectFormat(this.#owner.repository)])
      return [
        ...names.map((path) => `0 ${nothing}\t${path}`),
        ...outcomes.map((one) => `${one.mode.toString(8)} ${one.oid}\t${one.path}`),
      ]
    })
    const { repository } = this.#owner
    git(repository, ['update-index', '-z', '--replace', '--index-info'], {
      input: bytesToBuffer(lines.map((line) => `${line}\0`).join('')),
      env: indexEnv(repository),
    })
  }

  /**
   * A content of many gigabytes gets its new name instead of being copied; all else goes.
   * @returns the outcome that has the content now
   */
  #keepContent(path: Bytes, outcomes: readonly Outcome[]): Outcome | undefined {
    const file = this.#fileAt(path)
    const stat = files.lstat(file)
    if (stat === undefined || stat.isDirectory()) return undefined
    const heir = outcomes.find(
      ({ mode, keyText }) =>
        mode !== LINK &&
        keyText !== undefined &&
        stat.isFile() &&
        this.#holdsContent(file, keyText),
    )
    if (!heir) files.remove(file)
    else if (heir.path !== path) files.rename(file, this.#fileAt(heir.path))
    return heir
  }

  #holdsContent(file: Bytes, keyText: Bytes): boolean {
    const size = parseKey(keyText)?.sizeBytes
    return (size === undefined || files.stat(file)?.size === size) && isContent(file, keyText)
  }

  /** @param keyText of the pointer to write; undefined: the content is there already */
  #place({ path, mode, oid }: Outcome, keyText: Bytes | undefined): IndexRefresh {
    const file = this.#fileAt(path)
    if (keyText !== undefined)
      replaceBy(file, this.#owner.store.temp, (temp) => files.writeFile(temp, pointerFor(keyText)))
    const permissions = Number(files.lstat(file)!.mode & 0o777n)
    const wanted =
      mode === EXECUTABLE ? permissions | ((permissions & 0o444) >> 2) : permissions & ~0o111
    if (wanted !== permissions) files.chmod(file, wanted)
    dateAs(file, files.lstat(file)!)
    return { path, oid, stat: files.lstat(file)! }
  }

  /** What is no pointer file is checked out by git. */
  #checkOut(paths: readonly Bytes[]): void {
    if (paths.length === 0) return
    const { repository } = this.#owner
    git(repository, ['checkout-index', '--force', '--index', '-z', '--stdin'], {
      input: bytesToBuffer(paths.map((path) => `${path}\0`).join('')),
      env: indexEnv(repository),
    })
  }

  /** A pointer, a link, a marked-up pointer or the content of a side is nobody's only copy. */
  #refuseOtherContent(path: Bytes, { ours, theirs }: Conflict): void {
    const file = this.#fileAt(path)
    const stat = files.lstat(file)
    if (stat === undefined) return
    const keys = [ours?.keyText, theirs?.keyText].filter((keyText) => keyText !== undefined)
    if (stat.isSymbolicLink() && parseLinkTarget(files.readLink(file) ?? '')) return
    if (stat.isFile()) {
      const head = files.readHead(file, MAX_POINTER_BYTES + 1) ?? Buffer.alloc(0)
      if (parsePointer(withoutConflict(head))) return
      if (keys.some((keyText) => this.#holdsContent(file, keyText))) return
    }
    if (this.#isFromGit(file, stat, [ours, theirs])) return
    throw new AnnexError(
      'FILE_CHANGED',
      `${bytesToText(path)} has content in the work tree that neither side has`,
      { hint: 'Take it with git add, or replace it with --force' },
    )
  }

  /** Whether it is what git has put there: a side that is not annexed, or both with markers. */
  #isFromGit(file: Bytes, stat: files.FileStat, sides: readonly Conflict['ours'][]): boolean {
    const { repository } = this.#owner
    const [ours, theirs] = sides.map(
      (side) => side && git(repository, ['cat-file', 'blob', side.entry.oid]).stdout,
    )
    // Three times: with the ancestor between the two.
    const longest = 3 * ((ours?.length ?? 0) + (theirs?.length ?? 0)) + MAX_POINTER_BYTES
    if (stat.size > BigInt(longest)) return false
    const link = stat.isSymbolicLink() ? files.readLink(file) : undefined
    const content = link === undefined ? files.readFile(file) : Buffer.from(link, 'latin1')
    if (!content) return false
    if (ours?.equals(content) || theirs?.equals(content)) return true
    return ours !== undefined && theirs !== undefined && isConflictOf(content, ours, theirs)
  }

  /** Other conflicts, with long contents, were looked at in the meantime. */
  #refuseChanged(found: Resolved['found']): void {
    for (const [path, before] of found) {
      const now = files.lstat(this.#fileAt(path))
      if (before === undefined ? now === undefined : isSameFile(before, now)) continue
      throw new AnnexError('FILE_CHANGED', `${bytesToText(path)} was changed meanwhile`, {
        hint: 'Try again when nothing writes to it any more',
      })
    }
  }

  #refuseExisting(path: Bytes): void {
    if (files.lstat(this.#fileAt(path)) === undefined) return
    throw new AnnexError('FILE_CHANGED', `${bytesToText(path)} is in the way`, {
      hint: 'Move it away, or replace it with --force',
    })
  }

  #fileAt(path: Bytes): Bytes {
    return join(this.#owner.repository.workTree!, path)
  }
}

/** Where the work tree has something of a conflict. */
function namesOf({ path, sibling }: Conflict): Bytes[] {
  return sibling === undefined ? [path] : [path, sibling]
}
