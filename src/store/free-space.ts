/**
 * Room on the disk, asked for before content comes: its size is known from its key, and some is never
 * used up (`annex.diskreserve`). What comes at the same moment is counted, too.
 * Implements spec: transfer, section 5.
 */
import type { GitConfig } from '../git/config.js'
import { parentDir } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatSize, parseSize } from '../model/units.js'
import * as files from '../platform/files.js'

/** git-annex's default. */
const RESERVE_BYTES = 100_000_000n

/** The room that is never used up, in bytes. @throws AnnexError CONFIG_INVALID */
export function diskReserve(config: GitConfig): bigint {
  const text = config.get('annex.diskreserve')
  if (text === undefined) return RESERVE_BYTES
  const size = parseSize(bytesToText(text))
  if (size !== undefined) return size
  throw new AnnexError('CONFIG_INVALID', `Bad size "${bytesToText(text)}" for "annex.diskreserve"`)
}

/** What is about to come. */
export interface Incoming {
  /** Absolute path of the annex directory, which may not exist yet. */
  readonly annexDir: Bytes
  /** Undefined: not known, so nothing can be asked. */
  readonly sizeBytes: number | undefined
  /** What is to stay free; 0n: do not ask. */
  readonly reserveBytes: bigint
  /** What to do about it, for the message. */
  readonly remedy?: string
}

/** Room that is spoken for until it is taken or given back. */
export interface SpaceClaim extends Disposable {
  /** @param doneBytes what is on the disk by now */
  progress(doneBytes: number): void
}

const REMEDY = '(use --force to override this check or adjust annex.diskreserve)'

const claims = new Map<Bytes, Set<{ leftBytes: number }>>()

/** Claims room. @throws AnnexError DISK_FULL when there is not enough */
export function claimSpace(incoming: Incoming): SpaceClaim {
  const { annexDir, sizeBytes = 0, reserveBytes, remedy = REMEDY } = incoming
  const others = claims.get(annexDir) ?? new Set()
  claims.set(annexDir, others)
  if (sizeBytes > 0 && reserveBytes > 0n) {
    let neededBytes = BigInt(sizeBytes) + reserveBytes
    for (const { leftBytes } of others) neededBytes += BigInt(leftBytes)
    // The git directory is there, if not the annex directory.
    const missing = neededBytes - files.freeBytes(parentDir(annexDir))
    if (missing > 0n)
      throw new AnnexError(
        'DISK_FULL',
        `not enough free space, need ${formatSize(missing)} more ${remedy}`,
      )
  }
  const claim = { leftBytes: sizeBytes }
  others.add(claim)
  return {
    progress: (doneBytes) => {
      claim.leftBytes = Math.max(0, sizeBytes - doneBytes)
    },
    [Symbol.dispose]: () => void others.delete(claim),
  }
}
