/**
 * `git annex add [PATH …]`: puts new and changed files into the annex, or into git where
 * annex.largefiles says so. Implements spec: CLI, section 11.1.
 */
import { AddRules } from '../cli/add-rules.js'
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import { type PathOfWord, sortByWord } from '../cli/by-word.js'
import {
  type Action,
  batchOptions,
  type Command,
  type ItemUi,
  type OptionSpecs,
  transferOptions,
} from '../cli/command.js'
import { pathShower } from '../cli/shown-path.js'
import { stageAsOrdinary } from '../git/add-ordinary.js'
import { listChangedFiles } from '../git/list-files.js'
import { absolute, join } from '../git/repository.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { formatLinkTarget, parseLinkTarget } from '../model/pointer.js'
import * as files from '../platform/files.js'
import { addFile } from '../worktree/add-file.js'
import { replaceBy } from '../worktree/replace-file.js'
import { AddedFiles } from '../worktree/stage-added.js'

/** Staged together; what is hashed but not staged when we are killed is found again in no time. */
const STAGE_EVERY = 20_000

const options = {
  ...transferOptions,
  ...batchOptions,
  update: { type: 'boolean', alias: 'u', summary: 'only files that git knows' },
  'force-large': { type: 'boolean', summary: 'annex all, whatever annex.largefiles says' },
  'force-small': { type: 'boolean', summary: 'annex none, whatever annex.largefiles says' },
  'no-check-gitignore': { type: 'boolean', summary: 'also files that git ignores' },
  'check-gitignore': { type: 'boolean', summary: 'not files that git ignores', hidden: true },
  'dry-run': { type: 'boolean', summary: 'show what would be added' },
} as const satisfies OptionSpecs

type Given = Parameters<typeof add.run>[1]['options']

export const add: Command<typeof options, 'annex'> = {
  name: 'add',
  section: 'content',
  summary: 'adds files to the annex',
  usage: '[PATH …]',
  needs: 'annex',
  needsWorkTree: true,
  options,
  async *run(annex, { words, options: given }) {
    const batch = given.batch ? readRequests({ z: given.z }) : [undefined]
    for (const request of batch) {
      const chosen = request === undefined ? words : [bytesToText(request)]
      const isMissing = request !== undefined && !files.lstat(absolute(annex.cwd, request))
      const found = isMissing ? [] : choosePaths(annex, chosen, given)
      const paths = found.map(({ path }) => path)
      const adder = new Adder(annex, given, paths)
      annex.atEnd(() => adder.stage())
      for (const each of found) yield adder.action(each)
      if (request !== undefined && found.length === 0) yield undefined
      if (request !== undefined) adder.stage()
    }
  },
}

/** Changed files below the words, in their order; words that are nothing fail. */
function choosePaths(annex: Annex, words: readonly string[], given: Given): PathOfWord[] {
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

class Adder {
  readonly #annex: Annex
  readonly #given: Given
  readonly #rules: AddRules
  readonly #added: AddedFiles
  readonly #ordinary: Bytes[] = []
  readonly #show: (path: Bytes) => Bytes

  constructor(annex: Annex, given: Given, paths: readonly Bytes[]) {
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
    const onProgress = (done: number) => ui.progress(done, Number(stat.size))
    const { keyMaker } = this.#rules
    const added = await addFile(path, { isLocked }, { repository, store, keyMaker, onProgress })
    branch.setPresence(added.keyText, uuid, true)
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
    const target = files.readLink(link)
    const key = target === undefined ? undefined : parseLinkTarget(target)
    if (!key || this.#given['dry-run']) return
    const fitting = formatLinkTarget(key, path)
    if (fitting !== target) replaceBy(link, store.temp, (temp) => files.symlink(fitting, temp))
  }

  /** Puts everything so far into the index. */
  stage(): void {
    if (this.#added.count > 0) this.#added.stage()
    if (this.#ordinary.length > 0) stageAsOrdinary(this.#annex.repository, this.#ordinary)
    this.#ordinary.length = 0
  }
}
