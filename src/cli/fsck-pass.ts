/**
 * An fsck that is spread over several runs: which keys have been checked since it was begun.
 *
 *     annex/fsck/UUID/state       when it was begun: seconds, and the same as modification time
 *     annex/fsck/UUID/fsck.lck    shared by runs that go on with it, exclusive while one is begun
 *     annex/fsck/UUID/checked     ours: the text of `state`, then a key a line, each of them well
 *
 * The first two are git-annex's, whose own record (`fsckdb/`) is a database: who begins anew voids the
 * record of the other program. A line is one write, so a killed run loses nothing.
 * Implements spec: repository layout, section 3.
 */
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import { type FileLock, tryLock } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import { makeAnnexDirs } from '../platform/make-dirs.js'

/** How the options choose. `schedule`: seconds after which it is begun anew; else it is gone on with. */
export type PassKind = 'begin' | 'more' | { readonly scheduleSeconds: number }

export interface FsckPass {
  /** Whether a key was well in an earlier run. */
  isDone(keyText: Bytes): boolean
  /** Notes a key that is well. */
  done(keyText: Bytes): void
  /** Ends this run. */
  close(): void
}

/** Every key is checked, and nothing is noted. */
export const WHOLE_PASS: FsckPass = { isDone: () => false, done: () => {}, close: () => {} }

/**
 * Begins a pass, or goes on with one.
 * @param uuid of the repository that is checked
 * @throws AnnexError CONTENT_LOCKED when one is to be begun while another fsck runs
 */
export function openPass({ annexDir }: Repository, uuid: Uuid, kind: PassKind): FsckPass {
  const dir = `${annexDir}/fsck/${uuid}`
  makeAnnexDirs(dir)
  if (typeof kind === 'string') return begun(dir, kind)
  const startSeconds = readStart(dir)
  const pass = begun(dir, startSeconds === undefined ? 'begin' : 'more')
  return {
    ...pass,
    close() {
      pass.close()
      // The next run begins anew.
      const start = readStart(dir)
      if (start !== undefined && Date.now() / 1000 - start >= kind.scheduleSeconds)
        files.remove(statePath(dir))
    },
  }
}

const statePath = (dir: Bytes): Bytes => `${dir}/state`
const recordPath = (dir: Bytes): Bytes => `${dir}/checked`

function begun(dir: Bytes, kind: 'begin' | 'more'): FsckPass {
  const lock = kind === 'begin' ? beginPass(dir) : tryLock(`${dir}/fsck.lck`, 'shared')
  if (!lock) throw running()
  const known = kind === 'begin' ? new Set<Bytes>() : readRecord(dir)
  const record = files.open(recordPath(dir), 'a')
  return {
    isDone: (keyText) => known.has(keyText),
    done: (keyText) => files.writeFully(record, Buffer.from(`${keyText}\n`, 'latin1')),
    close() {
      files.close(record)
      lock.release()
    },
  }
}

function running(): AnnexError {
  return new AnnexError(
    'CONTENT_LOCKED',
    'Cannot start a new --incremental fsck pass; another fsck process is already running.',
  )
}

/** Forgets what was checked, in both programs' records. @returns undefined when another run uses them */
function beginPass(dir: Bytes): FileLock | undefined {
  const lock = tryLock(`${dir}/fsck.lck`, 'exclusive')
  if (!lock) return undefined
  const seconds = Math.floor(Date.now() / 1000)
  files.removeTree(`${dir}/fsckdb`)
  files.replaceFile(recordPath(dir), `${seconds}s\n`)
  files.replaceFile(statePath(dir), `${seconds}s`)
  files.setMtime(statePath(dir), seconds)
  lock.tryConvert('shared')
  return lock
}

/** When the pass was begun; undefined when none is, or when a copy of it was made without its times. */
function readStart(dir: Bytes): number | undefined {
  const seconds = /^(\d+)(\.\d+)?s$/.exec(readState(dir) ?? '')?.[1]
  const stat = files.stat(statePath(dir))
  if (seconds === undefined || !stat) return undefined
  return BigInt(seconds) === stat.mtimeNs / 1_000_000_000n ? Number(seconds) : undefined
}

function readState(dir: Bytes): Bytes | undefined {
  return files.readFile(statePath(dir))?.toString('latin1')
}

/**
 * The keys that were well. A record of an earlier pass than that of `state`, which git-annex may have
 * begun, is void and begun anew.
 */
function readRecord(dir: Bytes): Set<Bytes> {
  const state = readState(dir)
  const text = files.readFile(recordPath(dir))?.toString('latin1') ?? ''
  const [header, ...keyTexts] = text.split('\n')
  if (state === undefined ? text !== '' : header === state) {
    // A line that was cut short is no key, and is not to be part of the next one.
    if (!text.endsWith('\n')) files.appendFile(recordPath(dir), '\n')
    return new Set(keyTexts.slice(0, -1))
  }
  files.replaceFile(recordPath(dir), `${state ?? ''}\n`)
  return new Set()
}
