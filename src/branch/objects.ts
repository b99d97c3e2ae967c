/** Questions to git about the branch's objects, each one process for many objects. */
import { askCatFile } from '../git/cat-file.js'
import type { Repository } from '../git/repository.js'
import { gitBulk } from '../git/run.js'
import type { Bytes } from '../model/bytes.js'

/** Hexadecimal id of a git object. */
export type Sha = Bytes

/**
 * Reads objects by name, such as an id or `COMMIT:PATH`.
 * @param names without newlines
 * @returns their contents in the same order; undefined for what does not exist
 */
export function readObjects(
  repository: Repository,
  names: readonly Bytes[],
): (Bytes | undefined)[] {
  if (names.length === 0) return []
  const output = askCatFile(repository, '--batch', names).toString('latin1')
  let position = 0
  return names.map(() => {
    const end = output.indexOf('\n', position)
    const header = output.slice(position, end)
    const match = /^[0-9a-f]+ \w+ (\d+)$/.exec(header)
    if (!match) {
      position = end + 1
      return undefined
    }
    const start = end + 1
    position = start + Number(match[1]) + 1
    return output.slice(start, position - 1)
  })
}

/** A blob in a tree. */
export interface TreeEntry {
  readonly path: Bytes
  readonly sha: Sha
}

/** Lists all blobs of a commit, subdirectories included. */
export function listTree(repository: Repository, commit: Sha): TreeEntry[] {
  const output = gitBulk(repository, ['ls-tree', '-r', '-z', '--full-tree', commit])
  const entries: TreeEntry[] = []
  for (const line of output.stdout.toString('latin1').split('\0')) {
    const tab = line.indexOf('\t')
    const [mode, , sha] = line.slice(0, tab).split(' ')
    // Grafted trees hold links and submodules; only files are logs.
    if (tab > 0 && mode!.startsWith('100')) entries.push({ path: line.slice(tab + 1), sha: sha! })
  }
  return entries
}

/** A path whose blob differs between two commits; a side without the path is undefined. */
export interface TreeChange {
  readonly path: Bytes
  readonly from: Sha | undefined
  readonly to: Sha | undefined
}

/**
 * Compares two commits: a raw recursive diff without looking for renames.
 * @returns undefined when one of them does not exist (any more)
 */
export function diffTrees(repository: Repository, from: Sha, to: Sha): TreeChange[] | undefined {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from, to]
  const { status, stdout } = gitBulk(repository, args, { okStatus: [0, 128] })
  if (status !== 0) return undefined
  const fields = stdout.toString('latin1').split('\0')
  const changes: TreeChange[] = []
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [fromMode, toMode, fromSha, toSha] = fields[i]!.slice(1).split(' ')
    const isFile = (mode: string) => mode.startsWith('100')
    changes.push({
      path: fields[i + 1]!,
      from: isFile(fromMode!) ? fromSha : undefined,
      to: isFile(toMode!) ? toSha : undefined,
    })
  }
  return changes
}
