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

const ATTRIBUTES_FILE = '.gitattributes'
const NO_NAMES: readonly unknown[] = [undefined, 'annex', 'set', 'unset']
const FILE_TYPE = 0o170000
const REGULAR = 0o100000

/**
 * The first line that gives files to a filter of somebody else, as people are told of it.
 * @returns such as `filter=lfs in .gitattributes`; undefined when there is none
 */
export function findOtherFilter(repository: Repository): string | undefined {
  if (repository.workTree === undefined) return undefined
  const staged = readIndexEntries(repository).map(({ path }) => path)
  const places = staged.filter((path) => path.endsWith(`/${ATTRIBUTES_FILE}`))
  for (const place of [ATTRIBUTES_FILE, ...places]) {
    const text = files.readFile(join(repository.workTree, place))?.toString('latin1')
    const name = text === undefined ? undefined : otherFilterIn(text)
    if (name !== undefined) return bytesToText(`filter=${name} in ${place}`)
  }
  return undefined
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
