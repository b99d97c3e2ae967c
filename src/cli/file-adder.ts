/**
 * Adding files, for every command that does: which have changed, and into the annex or, where
 * annex.largefiles says so, into git. Implements spec: CLI, section 11.1.
 */
import { stageAsOrdinary } from '../git/add-ordinary.js'
import { listChangedFiles } from '../git/list-files.js'
import { absolute, join } from '../git/repository.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { formatLinkTarget, parseLinkTarget } from '../model/pointer.js'
import * as files from '../platform/files.js'
import { addFile } from '../worktree/add-file.js'
import { replaceBy } from '../worktree/replace-file.js'
import { AddedFiles } from '../worktree/stage-added.js'
import { AddRules } from './add-rules.js'
import type { Annex } from './annex.js'
import { type PathOfWord, sortByWord } from './by-word.js'
import type { Action, ItemUi } from './command.js'
import { pathShower } from './shown-path.js'

/** Staged together; what is hashed but not staged when we are killed is found again in no time. */
const STAGE_EVERY = 20_000

/** The options that decide what is added, and how. */
export interface AddGiven {
  readonly force: boolean
  readonly backend: string | undefined
  readonly update?: boolean
  readonly 'no-check-gitignore'?: boolean
  readonly 'force-large'?: boolean
  readonly 'force-small'?: boolean
  readonly 'dry-run'?: boolean
}

/** Changed files below the words, in their order; words that are nothing fail. */
export function chooseChanged(
  annex: Annex,
  words: readonly string[],
  given: AddGiven,
): PathOfWord[] {
  const { repository, cwd, messages } = annex
  const existing = words.filter((word) => {
    if (files.lstat(absolute(cwd, bytesFromText(word)))) return true
    messages.failure(`git-annex: ${word} not found`)
    return false
  })
  if (words.length > 0 && existing.length === 0) return []
  const includeIgnored = given['no-check-gitignore'] || given.force
  const changed = listChangedFiles(repository, { cwd, words: existing, includeIgnored })
  const paths = given.update ? changed.modified : [...changed.untracked, ...changed.modified]
  return sortByWord(
    annex,
    paths.filter((path) => !path.endsWith('/')),
    existing,
  )
}

/** Adds files; what is added reaches the index with {@link FileAdder.stage}. */
export class FileAdder {
  readonly #annex: Annex
  readonly #given: AddGiven
  readonly #rules: AddRules
  readonly #added: AddedFiles
  readonly #ordinary: Bytes[] = []
  readonly #show: (path: Bytes) => Bytes

  constructor(annex: Annex, given: AddGiven, paths: readonly Bytes[]) {
    this.#annex = annex
    this.#given = given
    this.#rules = new AddRules(annex, { paths, backend: given.backend })
    this.#added = new AddedFiles(annex.repository, annex.blobKeys)
    this.#show = pathShower(annex.repository, annex.cwd)
  }

  action({ path, word }: PathOfWord): Action {
    const file = this.#show(path)
    return {
      command: 'add',
      item: { file, input: [word ?? bytesToText(file)] },
      perform: (ui) => this.#perform(path, ui),
    }
  }

  async #perform(path: Bytes, ui: ItemUi): Promise<boolean> {
    const { repository, store, branch, uuid } = this.#annex
    const stat = files.lstat(join(repository.workTree!, path))
    if (!stat) {
      ui.warning(`${bytesToText(this.#show(path))} is gone`)
      return false
    }
    if (!stat.isFile() || !this.#isLarge(path, stat.size)) return this.#addOrdinary(path, stat, ui)
    if (this.#given['dry-run']) return true
    const isLocked = !this.#rules.isUnlocked(path, stat.size)
    if (isLocked && this.#rules.isOutOfReach(path, stat.size))
      ui.note('locked, as no tracked pattern matches it')
    const onProgress = (done: number) => ui.progress(done, Number(stat.size))
    const { keyMaker } = this.#rules
    const tools = { repository, store, keyMaker, onProgress }
    const added = await addFile(path, { isLocked, before: stat }, tools)
    branch.setPresence(added.keyText, uuid, true)
    // The rules have read what they need: with nothing read, what we record is not kept in memory.
    if (this.#added.count === 0) branch.refresh()
    ui.field('key', bytesToText(added.keyText))
    this.#added.push(added)
    if (this.#added.count >= STAGE_EVERY) this.#added.stage()
    return true
  }

  /**
   * An empty file is no use in the annex, and as an unlocked one git would ask for it for ever: size
   * 0 where the index has a pointer always looks modified.
   */
  #isLarge(path: Bytes, sizeBytes: bigint): boolean {
    if (this.#given['force-small']) return false
    if (sizeBytes === 0n && this.#rules.isUnlocked(path, sizeBytes)) return false
    return this.#given['force-large'] || this.#rules.isLarge(path, sizeBytes)
  }

  #addOrdinary(path: Bytes, stat: files.FileStat, ui: ItemUi): boolean {
    if (stat.isSymbolicLink()) this.#mend(path)
    else {
      if (this.#annex.config.getBoolean('annex.addsmallfiles') === false) {
        ui.silent()
        return true
      }
      const why = this.#given['force-small'] ? '' : 'non-large file; '
      ui.note(`${why}adding content to git repository`)
    }
    if (!this.#given['dry-run']) this.#ordinary.push(path)
    return true
  }

  /** An annexed link that was moved leads nowhere until its target is changed. */
  #mend(path: Bytes): void {
    const { repository, store } = this.#annex
    const link = join(repository.workTree!, path)
    const before = files.lstat(link)
    const target = files.readLink(link)
    const key = target === undefined ? undefined : parseLinkTarget(target)
    if (!key || this.#given['dry-run']) return
    const fitting = formatLinkTarget(key, path)
    const make = (temp: Bytes) => files.symlink(fitting, temp)
    if (fitting !== target) replaceBy(link, store.temp, make, before)
  }

  /** Puts everything so far into the index. */
  stage(): void {
    if (this.#added.count > 0) this.#added.stage()
    if (this.#ordinary.length > 0) stageAsOrdinary(this.#annex.repository, this.#ordinary)
    this.#ordinary.length = 0
  }
}
