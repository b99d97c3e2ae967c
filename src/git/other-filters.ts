/**
 * Filters of other programs, such as git-lfs, in committed attributes. Our line for all files would
 * take their files from them: `info/attributes` overrules what is committed. So there is no such line
 * where others are at work, unless annexed files need it. Implements spec: git filter, trap 15.
 */
import { type Bytes, bytesToText } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { parseAttributeLine } from './attribute-lines.js'
import { BlobKeys } from './blob-keys.js'
import { readIndexEntries } from './index-file.js'
import { join, type Repository } from './repository.js'

/** At the top of a work tree, and below. */
export const ATTRIBUTES_FILE = '.gitattributes'
const NO_NAMES: readonly unknown[] = [undefined, 'annex', 'set', 'unset']
const FILE_TYPE = 0o170000
const REGULAR = 0o100000

/** A `.gitattributes` file. */
export interface AttributesFile {
  /** Relative to the top of the work tree. */
  readonly path: Bytes
  readonly text: Bytes
}

/**
 * The first line that gives files to a filter of somebody else, as people are told of it.
 * @returns such as `filter=lfs in .gitattributes`; undefined when there is none
 */
export function findOtherFilter(repository: Repository): string | undefined {
  for (const { path, text } of readAttributesFiles(repository)) {
    const name = otherFilterIn(text)
    if (name !== undefined) return bytesToText(`filter=${name} in ${path}`)
  }
  return undefined
}

/** The attributes files of the work tree: the one at its top, and those that the index has below it. */
export function readAttributesFiles(repository: Repository): AttributesFile[] {
  const { workTree } = repository
  if (workTree === undefined) return []
  const staged = readIndexEntries(repository).map(({ path }) => path)
  const below = staged.filter((path) => path.endsWith(`/${ATTRIBUTES_FILE}`))
  return [ATTRIBUTES_FILE, ...below].flatMap((path) => {
    const text = files.readFile(join(workTree, path))?.toString('latin1')
    return text === undefined ? [] : [{ path, text }]
  })
}

function otherFilterIn(text: Bytes): Bytes | undefined {
  return text
    .split('\n')
    .map((line) => parseAttributeLine(line, ['filter'])?.values.get('filter'))
    .find((name) => !NO_NAMES.includes(name))
}

/** Whether the index has pointer files: without a filter they would stay what they are. */
export function hasPointerFiles(repository: Repository): boolean {
  const entries = readIndexEntries(repository).filter(({ mode }) => (mode & FILE_TYPE) === REGULAR)
  const blobKeys = new BlobKeys(repository)
  blobKeys.resolve(entries)
  return entries.some((entry) => blobKeys.keyTextOf(entry) !== undefined)
}
