/**
 * Union merge: the lines of both sides. It knows nothing of the logs' grammar, of ancestors, or of
 * CR. Pure. Implements spec: the git-annex branch, section 6.5.
 */
import type { Bytes } from '../bytes.js'

/**
 * Merges a file's content from another ref into ours.
 * @param ours content that is being merged into
 * @param theirs content in the ref; it is taken verbatim, order included, when it has every line
 * @returns `theirs`, `ours`, or all lines sorted by bytes, each ended by LF
 */
export function unionMerge(ours: Bytes, theirs: Bytes): Bytes {
  const ourLines = lineSet(ours)
  const theirLines = lineSet(theirs)
  if (isSuperset(theirLines, ourLines)) return theirs
  if (isSuperset(ourLines, theirLines)) return ours
  const all = new Set([...ourLines, ...theirLines])
  return [...all]
    .sort()
    .map((line) => `${line}\n`)
    .join('')
}

function lineSet(text: Bytes): Set<Bytes> {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return new Set(lines)
}

function isSuperset(set: Set<Bytes>, other: Set<Bytes>): boolean {
  if (other.size > set.size) return false
  for (const line of other) if (!set.has(line)) return false
  return true
}
