/**
 * `annex/smudge.log`: pointer files that git-annex's own filter has checked out, as lines `KEY FILE`,
 * for the hook that puts contents in place. We never write it: our filter answers with contents.
 * Implements spec: repository layout, sections 3 and 10.
 */
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { parseKey } from '../model/key.js'
import { waitForLock } from '../platform/file-lock.js'
import * as files from '../platform/files.js'

/** Whether anything waits; cheap enough to ask in every command. */
export function hasSmudgeLog({ annexDir }: Repository): boolean {
  return (files.stat(`${annexDir}/smudge.log`)?.size ?? 0n) > 0n
}

/** Empties the log. @returns the serialized keys in it, each once */
export function takeSmudgeLog({ annexDir }: Repository): Bytes[] {
  const log = `${annexDir}/smudge.log`
  if (!files.exists(log)) return []
  using _lock = waitForLock(`${annexDir}/smudge.lck`, 'exclusive')
  const lines = files.readFile(log)?.toString('latin1').split('\n') ?? []
  files.remove(log)
  const keys = lines.map((line) => line.slice(0, Math.max(0, line.indexOf(' '))))
  return [...new Set(keys)].filter((keyText) => parseKey(keyText) !== undefined)
}
