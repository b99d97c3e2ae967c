/** What tests of clean and smudge under real git need: files that git looks at again, and their keys. */
import { utimesSync } from 'node:fs'
import type { ScratchRepo } from './scratch.js'

export const MIB = 1 << 20
let count = 0

/** Makes git look at a file again. */
export function touch(repo: ScratchRepo, path: string): void {
  utimesSync(repo.path(path), 1_000_000_000 + count++, 1_000_000_000)
}

/** Writes, adds and commits a file. @returns the key that git has for it, if any */
export function commit(
  repo: ScratchRepo,
  path: string,
  content: string | Uint8Array,
): string | undefined {
  repo.write(path, content)
  repo.git('add', path)
  repo.git('commit', '-qm', path)
  return keyOf(repo, path)
}

/** The escaped key of a staged pointer file; undefined for an ordinary file. */
export function keyOf(repo: ScratchRepo, path: string): string | undefined {
  const { stdout } = repo.git('cat-file', 'blob', `:${path}`)
  return /^\/annex\/objects\/(.*)\n$/.exec(stdout)?.[1]
}

/** The pointer file of an escaped key. */
export const pointer = (key: string) => `/annex/objects/${key}\n`
/** A key whose content is nowhere. */
export const FOREIGN = `SHA256E-s5--${'5'.repeat(64)}.txt`
