/** Staging files that were added: their pointers and links go to git, with stat data that fits. */
import type { BlobKeys } from '../git/blob-keys.js'
import type { Repository } from '../git/repository.js'
import { type StagedBlob, stageBlobs } from '../git/stage-blobs.js'
import { parseKey } from '../model/key.js'
import { formatLinkTarget, formatPointerText } from '../model/pointer.js'
import type { AddedFile } from './add-file.js'
import { finishWorktree } from './finish-worktree.js'

const LINK = 0o120000

/** A file whose place in git is to change. */
export type StagedFile = Omit<AddedFile, 'stat'> & {
  /** Undefined: the work tree has something else, which git is to see as a modification. */
  readonly stat: AddedFile['stat'] | undefined
}

/** Collects added files and stages them together: two processes for all of them. */
export class AddedFiles {
  readonly #repository: Repository
  readonly #blobKeys: BlobKeys
  #files: StagedFile[] = []

  constructor(repository: Repository, blobKeys: BlobKeys) {
    this.#repository = repository
    this.#blobKeys = blobKeys
  }

  get count(): number {
    return this.#files.length
  }

  push(file: StagedFile): void {
    this.#files.push(file)
  }

  /** @throws AnnexError GIT_FAILED when the index is locked; the files can be staged later then */
  stage(): void {
    const oids = stageBlobs(this.#repository, blobsOf(this.#files))
    finishWorktree(
      this.#repository,
      this.#files.flatMap(({ path, stat }, i) => (stat ? [{ path, oid: oids[i]!, stat }] : [])),
    )
    for (const [i, { mode, keyText }] of this.#files.entries())
      this.#blobKeys.learn({ oid: oids[i]!, mode }, keyText)
    this.#files = []
  }
}

/** What git is to hold; made when it is needed, as it is long and there are many. */
function* blobsOf(added: readonly StagedFile[]): Iterable<StagedBlob> {
  for (const { path, keyText, mode } of added) {
    const key = parseKey(keyText)
    if (!key) throw new Error(`Not a key: ${keyText}`)
    const isLink = mode === LINK
    const content = isLink ? formatLinkTarget(key, path) : formatPointerText(key)
    yield { path, mode, content }
  }
}
