/** `git annex migrate [PATH …]`: gives files keys of the backend that they should have by now. */
import { isUpgradable, migrateFast } from '../backends/migrate-key.js'
import {
  type Backend,
  backendOfKey,
  needsPreparing,
  newHasher,
  prepareHasher,
} from '../backends/registry.js'
import type { KeyMigration } from '../branch/record-migrations.js'
import { recordUrl } from '../branch/urls.js'
import { AddRules } from '../cli/add-rules.js'
import type { Annex } from '../cli/annex.js'
import type { Action, Command, ItemUi, OptionSpecs } from '../cli/command.js'
import { type Found, seek } from '../cli/seek.js'
import type { IndexEntry } from '../git/index-format.js'
import type { Bytes } from '../model/bytes.js'
import { formatKey, type Key, parseKey } from '../model/key.js'
import type { MetadataChange } from '../model/logs/metadata-edit.js'
import { shareContent } from '../store/share-content.js'
import { prepareVerification, verifyContent } from '../store/verify.js'
import { annexedFileOf } from '../worktree/annexed-files.js'
import { changeKey } from '../worktree/change-key.js'
import { keyOfFile } from '../worktree/key-of-file.js'
import type { KeyMaker } from '../worktree/new-key.js'
import { AddedFiles } from '../worktree/stage-added.js'
import { isContent } from '../worktree/updates.js'

const options = {
  'remove-size': { type: 'boolean', summary: 'leave the size out of the keys' },
} as const satisfies OptionSpecs

export const migrate: Command<typeof options, 'annex'> = {
  name: 'migrate',
  section: 'content',
  summary: 'gives files keys of another backend',
  usage: '[PATH …]',
  needs: 'annex',
  needsWorkTree: true,
  matching: true,
  options,
  async *run(annex, { words, matching, options }) {
    const chosen = [...seek(annex, { words, matching, options: {} })].filter(isFile)
    const paths = chosen.map(({ path }) => path)
    const { keyMaker } = new AddRules(annex, { paths, backend: options.backend })
    const migrator = new Migrator(annex, keyMaker, { removesSize: options['remove-size'] })
    annex.atEnd(() => migrator.finish())
    for (const found of chosen) {
      const key = parseKey(found.keyText)!
      const to = migrator.target(found, key, options.force)
      if (to) yield migrator.action(found, key, to)
    }
  },
}

type FoundFile = Found & { readonly path: Bytes; readonly entry: IndexEntry }

function isFile(found: Found | undefined): found is FoundFile {
  return found?.path !== undefined && found.entry !== undefined && found.entry.stage === 0
}

class Migrator {
  readonly #annex: Annex
  readonly #keyMaker: KeyMaker
  readonly #removesSize: boolean
  readonly #changed: AddedFiles
  readonly #migrations = new Map<Bytes, KeyMigration>()

  constructor(annex: Annex, keyMaker: KeyMaker, { removesSize }: { removesSize: boolean }) {
    this.#annex = annex
    this.#keyMaker = keyMaker
    this.#removesSize = removesSize
    this.#changed = new AddedFiles(annex.repository, annex.blobKeys)
  }

  /** The backend to migrate to; undefined when there is nothing to do. */
  target({ path }: FoundFile, key: Key, force: boolean): Backend | 'same' | undefined {
    const from = backendOfKey(key.backend)
    if (!from || !this.#annex.store.has(formatKey(key))) return undefined
    const to = this.#keyMaker.chosenBackend(path)
    if (to !== from || force || isUpgradable(key)) return to
    return this.#removesSize && key.sizeBytes !== undefined ? 'same' : undefined
  }

  action(found: FoundFile, key: Key, to: Backend | 'same'): Action {
    return {
      command: 'migrate',
      item: found,
      perform: async (ui) => {
        const newKey = this.#withoutSize(await this.#newKey(found, key, { to, ui }))
        const keyText = formatKey(newKey)
        if (keyText !== found.keyText) this.#migrate(found, keyText)
        return true
      },
    }
  }

  #withoutSize(key: Key): Key {
    if (!this.#removesSize) return key
    const { sizeBytes: _, ...rest } = key
    return rest
  }

  async #newKey(
    { path, keyText }: FoundFile,
    key: Key,
    { to, ui }: { to: Backend | 'same'; ui: ItemUi },
  ): Promise<Key> {
    const { limits } = this.#keyMaker
    if (to !== 'same') {
      const fast = migrateFast(key, { to, fileName: path, limits })
      if (fast) return fast
      // Throws for a backend without keys of its own.
      this.#keyMaker.backendFor(path, undefined)
      if (needsPreparing(to)) await prepareHasher(to)
    }
    const file = this.#annex.store.locate(keyText)!.path
    const total = key.sizeBytes === undefined ? undefined : Number(key.sizeBytes)
    const also = to !== 'same' && to.digest ? newHasher(to) : undefined
    await prepareVerification(keyText)
    const onProgress = (done: number) => ui.progress(done, total)
    if (verifyContent(keyText, file, { onProgress, also })) ui.note('checksum...')
    if (to === 'same') return key
    const content = { backend: to, file, name: path, digestHex: also?.digestHex() }
    return parseKey(await keyOfFile(this.#keyMaker, content))!
  }

  #migrate(found: FoundFile, newKeyText: Bytes): void {
    const { repository, store, branch, uuid } = this.#annex
    shareContent(store, found.keyText, newKeyText)
    branch.setPresence(newKeyText, uuid, true)
    copyMetadata(this.#annex, found.keyText, newKeyText)
    for (const url of branch.urls(found.keyText)) recordUrl(branch, newKeyText, url)
    const tools = { repository, store, isContent }
    this.#changed.push(changeKey(annexedFileOf(found), newKeyText, tools))
    this.#migrations.set(`${found.keyText} ${newKeyText}`, { from: found.keyText, to: newKeyText })
  }

  finish(): void {
    this.#changed.stage()
    this.#annex.branch.recordMigrations([...this.#migrations.values()])
  }
}

function copyMetadata({ branch }: Annex, from: Bytes, to: Bytes): void {
  const changes: MetadataChange[] = []
  for (const { name, values } of branch.metadata(from).fields.values())
    for (const value of values) changes.push([name, value, true])
  if (changes.length > 0) branch.edit(branch.logPath(to, '.log.met'), { kind: 'metadata', changes })
}
