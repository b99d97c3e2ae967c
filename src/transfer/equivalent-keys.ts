/**
 * Keys of the same content as a VURL key, which alone says nothing about it: the first copy that comes
 * fixes what later copies must be. Implements spec: keys and backends, section 6.
 */
import { hashKeyText } from '../backends/hash-key.js'
import { backendOfKey, newHasher } from '../backends/registry.js'
import type { AnnexBranch } from '../branch/branch.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError, isAnnexError } from '../model/errors.js'
import { DEFAULT_EXTENSION_LIMITS } from '../model/extension.js'
import { presentItems } from '../model/logs/presence.js'
import * as files from '../platform/files.js'
import { prepareVerification, verifyContent } from '../store/verify.js'

const PREFIX = /^VURL-/

/** Whether a key's content is verified by way of equivalent keys. */
export function hasEquivalents(keyText: Bytes): boolean {
  return PREFIX.test(keyText)
}

/** The recorded keys of the same content. */
export function equivalentKeys(branch: AnnexBranch, keyText: Bytes): Bytes[] {
  const log = branch.read(branch.logPath(keyText, '.log.ek'))
  return presentItems(log).filter((key) => !hasEquivalents(key))
}

/**
 * Checks content against the equivalent keys.
 * @returns whether there are any
 * @throws AnnexError CONTENT_MISMATCH when it is that of none of them
 */
export async function verifyByEquivalents(
  branch: AnnexBranch,
  keyText: Bytes,
  path: Bytes,
): Promise<boolean> {
  const equivalents = equivalentKeys(branch, keyText)
  for (const equivalent of equivalents) {
    await prepareVerification(equivalent)
    try {
      if (verifyContent(equivalent, path)) return true
    } catch (error) {
      if (!isAnnexError(error, 'CONTENT_MISMATCH')) throw error
    }
  }
  if (equivalents.length === 0) return false
  throw new AnnexError(
    'CONTENT_MISMATCH',
    `Verification of content failed: it is not what was first downloaded for ${keyText}`,
  )
}

/** Records what the content of a key is, when nobody has done so yet. */
export function recordEquivalent(branch: AnnexBranch, keyText: Bytes, path: Bytes): void {
  if (equivalentKeys(branch, keyText).length > 0) return
  const backend = backendOfKey('SHA256E')!
  const hasher = newHasher(backend)
  const fd = files.open(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(1 << 20)
    for (let count = files.readSome(fd, buffer); count > 0; count = files.readSome(fd, buffer))
      hasher.update(buffer.subarray(0, count))
  } finally {
    files.close(fd)
  }
  const item = hashKeyText(backend, {
    sizeBytes: files.stat(path)!.size,
    digestHex: hasher.digestHex(),
    fileName: '',
    limits: DEFAULT_EXTENSION_LIMITS,
  })
  branch.edit(branch.logPath(keyText, '.log.ek'), { kind: 'presence', item, status: '1' })
}
