/**
 * Importing one file after the other from a directory (git-annex's older form of `import`): into the
 * annex, or into git, and what becomes of the original. An original is only removed when its content is
 * in the store, or in the index; or when it was there before and enough copies are proven.
 */
import { stageAsOrdinary } from '../git/add-ordinary.js'
import { absolute, parentDir } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { takeFile } from '../store/share-content.js'
import { collectDropEvidence } from '../transfer/prove-drop.js'
import { addFile } from '../worktree/add-file.js'
import { bringIn, type Outsider, removeOutsider } from '../worktree/bring-in.js'
import { keyOfFile } from '../worktree/key-of-file.js'
import { AddedFiles } from '../worktree/stage-added.js'
import { AddRules } from './add-rules.js'
import type { Annex } from './annex.js'
import type { ItemUi } from './command.js'
import { CopiesPolicy, type DropSettings, dropBase } from './drop-context.js'
import { newPath } from './new-path.js'

/** What happens to files whose content is known already. `import`: the same as to any other. */
export type DuplicateMode = 'import' | 'keep' | 'deduplicate' | 'clean' | 'skip' | 'reinject'

export interface ImportOptions extends DropSettings {
  readonly mode: DuplicateMode
  readonly force: boolean
  readonly backend: string | undefined
  /** Destinations that git would ignore, relative to the top. */
  readonly ignored: ReadonlySet<Bytes>
  /** All destinations, relative to the top. */
  readonly paths: readonly Bytes[]
}

/** One file on its way in. */
interface Incoming extends Outsider {
  /** Relative to the current directory. */
  readonly file: Bytes
}

const STAGE_EVERY = 20_000
/** Nobody: no repository is to lose its copy. */
const NOBODY = ''

export class FileImporter {
  readonly #annex: Annex
  readonly #options: ImportOptions
  readonly #rules: AddRules
  readonly #added: AddedFiles
  readonly #ordinary: { readonly path: Bytes; readonly outsider: Outsider }[] = []
  readonly #policy: CopiesPolicy

  constructor(annex: Annex, options: ImportOptions) {
    this.#annex = annex
    this.#options = options
    this.#rules = new AddRules(annex, { paths: options.paths, backend: options.backend })
    this.#added = new AddedFiles(annex.repository, annex.blobKeys)
    this.#policy = new CopiesPolicy(annex, options)
  }

  /**
   * Imports a file.
   * @returns whether all went well; if not, the reason has been told
   * @throws AnnexError FILE_UNREADABLE, FILE_CHANGED, DISK_FULL; the original is still there then
   */
  async import(incoming: Incoming, ui: ItemUi): Promise<boolean> {
    const { mode } = this.#options
    if (mode === 'import' || mode === 'keep') return await this.#take(incoming, ui)
    const keyText = await this.#keyOf(incoming)
    if (!this.#isKnown(keyText)) {
      if (mode !== 'clean') return await this.#take(incoming, ui)
      ui.note('not duplicate; skipping')
      return true
    }
    if (mode === 'skip') {
      ui.note('duplicate; skipping')
      return true
    }
    if (mode === 'reinject') return await this.#reinject(incoming, keyText, ui)
    ui.note(`duplicate of ${bytesToText(keyText)}`)
    return await this.#clean(incoming, keyText, ui)
  }

  async #keyOf({ source, file }: Incoming): Promise<Bytes> {
    const path = newPath(this.#annex, file)
    const { keyMaker } = this.#rules
    const backend = keyMaker.backendFor(path, undefined)
    return await keyOfFile(keyMaker, { backend, file: source, name: path })
  }

  /** Here now, or anywhere at any time. */
  #isKnown(keyText: Bytes): boolean {
    const { store, branch } = this.#annex
    return store.has(keyText) || branch.read(branch.logPath(keyText)) !== ''
  }

  async #reinject({ source }: Incoming, keyText: Bytes, ui: ItemUi): Promise<boolean> {
    const { store, branch, uuid, workTree } = this.#annex
    ui.note('reinjecting')
    await takeFile(store, keyText, { source, onProgress: (done) => ui.progress(done) })
    branch.setPresence(keyText, uuid, true)
    workTree.contentChanged(keyText)
    return true
  }

  /** Removes a duplicate, as long as there are enough copies without it. */
  async #clean(incoming: Incoming, keyText: Bytes, ui: ItemUi): Promise<boolean> {
    const needed = this.#policy.neededFor(keyText)
    const base = await dropBase(this.#annex, keyText, needed)
    await using evidence = await collectDropEvidence({ ...base, from: NOBODY, isLocal: false })
    if (evidence.proof) {
      removeOutsider(incoming)
      return true
    }
    const count = new Set(evidence.copies.map(({ uuid }) => uuid)).size
    const { numcopies } = needed
    ui.note('unsafe')
    ui.longNote(
      `Could only verify the existence of ${count} out of ${numcopies} necessary ${numcopies === 1 ? 'copy' : 'copies'}`,
    )
    ui.warning(
      'Could not verify that the content is still present in the annex; not removing from the import location.',
    )
    return false
  }

  async #take(incoming: Incoming, ui: ItemUi): Promise<boolean> {
    const { repository, store, branch, uuid } = this.#annex
    const { source, before, file } = incoming
    const path = newPath(this.#annex, file)
    const obstacle = this.#obstacle(file, path)
    if (obstacle !== undefined) {
      ui.warning(obstacle)
      return false
    }
    const place = absolute(this.#annex.cwd, file)
    files.makeDirs(parentDir(place))
    const keeps = this.#options.mode === 'keep' || this.#options.mode === 'skip'
    const ownNames = bringIn(incoming, place, { temp: store.temp, mayShare: !keeps })
    const isUnlocked = this.#rules.isUnlocked(path, before.size)
    if ((isUnlocked && before.size === 0n) || !this.#rules.isLarge(path, before.size)) {
      ui.note('non-large file; adding content to git repository')
      this.#ordinary.push({ path, outsider: incoming })
    } else {
      const onProgress = (done: number) => ui.progress(done, Number(before.size))
      const { keyMaker } = this.#rules
      const tools = { repository, store, keyMaker, onProgress, ownNames }
      const added = await removedOnFailure(place, () =>
        addFile(path, { isLocked: !isUnlocked }, tools),
      )
      branch.setPresence(added.keyText, uuid, true)
      ui.field('key', bytesToText(added.keyText))
      this.#added.push(added)
      if (!keeps) removeOutsider({ source, before })
    }
    if (this.#added.count + this.#ordinary.length >= STAGE_EVERY) this.stage()
    return true
  }

  /** Why a file cannot go where it is to go. */
  #obstacle(file: Bytes, path: Bytes): string | undefined {
    const { cwd } = this.#annex
    const shown = bytesToText(file)
    const dir = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.'
    const dirStat = files.lstat(absolute(cwd, dir))
    if (dirStat && !dirStat.isDirectory())
      return `not importing ${shown} because ${bytesToText(dir)} is not a directory`
    if (this.#options.ignored.has(path))
      return `not importing ${shown} which is .gitignored (use --no-check-gitignore to override)`
    const stat = files.lstat(absolute(cwd, file))
    if (stat?.isDirectory()) return `not overwriting existing ${shown} (is a directory)`
    if (!stat || this.#options.force) return undefined
    const why = stat.isSymbolicLink()
      ? 'is a symlink'
      : 'use --force to override, or a duplication option such as --deduplicate to clean up'
    return `not overwriting existing ${shown} (${why})`
  }

  /** Puts everything so far into the index, and then removes the originals of what is in git now. */
  stage(): void {
    if (this.#added.count > 0) this.#added.stage()
    const ordinary = this.#ordinary.splice(0)
    if (ordinary.length === 0) return
    stageAsOrdinary(
      this.#annex.repository,
      ordinary.map(({ path }) => path),
    )
    const { mode } = this.#options
    if (mode === 'keep' || mode === 'skip') return
    for (const { outsider } of ordinary) removeOutsider(outsider)
  }
}

/** What could not be added leaves nothing behind; the original is still there. */
async function removedOnFailure<T>(path: Bytes, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    files.remove(path)
    throw error
  }
}
