/**
 * The repository as the filter sees it: each part is made when the first file needs it, because most
 * sessions need few of them and git waits for every one.
 */
import { JournalWriter } from '../branch/journal.js'
import { AttributeReader } from '../git/attributes.js'
import { type GitConfig, readConfig } from '../git/config.js'
import { MAX_PAYLOAD_BYTES } from '../git/pkt-line.js'
import type { Repository, Surroundings } from '../git/repository.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseSize } from '../model/units.js'
import type { Uuid } from '../model/uuid.js'
import { parseClock } from '../model/vector-clock.js'
import type { IdleWork } from '../store/idle-work.js'
import { ObjectStore } from '../store/object-store.js'
import { storeSettings } from '../store/settings.js'
import { isShowing, isWriting } from './asker.js'
import { readGlobalSettings } from './global-settings.js'
import { LargefilesRules } from './largefiles-rules.js'
import { DeferredContents } from './materialise.js'
import { KeyMaker } from './new-key.js'
import { StagedFiles } from './staged-files.js'
import { StreamHashers } from './stream-hasher.js'

/** Chunks of long content: whole packets of git's, see pkt-line.ts. */
const CHUNK_BYTES = 16 * MAX_PAYLOAD_BYTES

const ATTRIBUTES = ['annex.largefiles', 'annex.backend']
const DEFAULT_INLINE_MAX_BYTES = 32n << 20n

export interface FilterSurroundings {
  readonly repository: Repository
  readonly env: Readonly<Record<string, string | undefined>>
  /** Tells the user something that is no failure; one line, without a newline. */
  warn(text: string): void
}

export class FilterContext {
  readonly repository: Repository
  readonly staged: StagedFiles
  readonly streamHashers = new StreamHashers(CHUNK_BYTES)
  readonly warn: (text: string) => void
  /** Large contents that are put in place when git has closed the pipe. */
  readonly deferred: DeferredContents
  readonly #env: FilterSurroundings['env']
  #isAutoget: boolean | undefined
  #config: GitConfig | undefined
  #uuid: Uuid | undefined
  #store: ObjectStore | undefined
  #idleWork: IdleWork | undefined
  #journal: JournalWriter | undefined
  readonly #arrived: Bytes[] = []
  #inlineMaxBytes: bigint | undefined
  #isShowing: boolean | undefined
  #isWriting: boolean | undefined
  #keyMaker: KeyMaker | undefined
  #rules: LargefilesRules | undefined
  #attributes: AttributeReader | undefined
  #globalSettings: ReadonlyMap<Bytes, Bytes> | undefined

  constructor({ repository, env, warn }: FilterSurroundings) {
    this.repository = repository
    this.warn = warn
    this.#env = env
    this.staged = new StagedFiles(repository)
    this.deferred = new DeferredContents(() => ({
      repository,
      store: this.store,
      isThin: this.config.getBoolean('annex.thin') ?? false,
      warn,
    }))
  }

  get config(): GitConfig {
    this.#config ??= readConfig(this.repository)
    return this.#config
  }

  get store(): ObjectStore {
    const { annexDir, workTree } = this.repository
    if (!this.#store) {
      this.#store = new ObjectStore(annexDir, storeSettings(this.config, workTree === undefined))
      this.#idleWork = this.#store.deferIdleWork()
    }
    return this.#store
  }

  get journal(): JournalWriter {
    const clock = this.#env.GIT_ANNEX_VECTOR_CLOCK
    this.#journal ??= new JournalWriter(this.repository.annexDir, {
      clock: clock ? parseClock(bytesFromText(clock)) : undefined,
    })
    return this.#journal
  }

  /** Our own uuid; undefined before `git annex init`. */
  get uuid(): Uuid | undefined {
    this.#uuid ??= this.config.get('annex.uuid') || undefined
    return this.#uuid
  }

  /** `annex.autoget`: a checkout fetches contents that are not here. */
  get isAutoget(): boolean {
    this.#isAutoget ??= this.config.getBoolean('annex.autoget') ?? false
    return this.#isAutoget
  }

  /** Where we run, for what opens the repository anew. */
  get surroundings(): Surroundings {
    const { workTree, gitDir } = this.repository
    return { cwd: workTree ?? gitDir, env: this.#env }
  }

  /** Git shows differences: what it asks for is no checkout. */
  get isShowing(): boolean {
    this.#isShowing ??= isShowing(this.#env)
    return this.#isShowing
  }

  /** Git writes files into the work tree, though by its requests this is no checkout. */
  get isWriting(): boolean {
    this.#isWriting ??= isWriting()
    return this.#isWriting
  }

  /** `annex.smudge-inline-max`: longer contents are put in place at the end of a checkout. */
  get inlineMaxBytes(): bigint {
    this.#inlineMaxBytes ??= readInlineMax(this.config)
    return this.#inlineMaxBytes
  }

  get keyMaker(): KeyMaker {
    this.#keyMaker ??= new KeyMaker(this.#sources)
    return this.#keyMaker
  }

  get rules(): LargefilesRules {
    this.#rules ??= new LargefilesRules(this.#sources)
    return this.#rules
  }

  get #sources() {
    return {
      config: this.config,
      attribute: (path: Bytes, name: string) => this.#attribute(path, name),
      globalSetting: (name: string) => this.#globalSetting(name),
    }
  }

  #attribute(path: Bytes, name: string): Bytes | undefined {
    this.#attributes ??= new AttributeReader({
      repository: this.repository,
      config: this.config,
      env: this.#env,
      names: ATTRIBUTES,
      isStaged: (file) => this.staged.find(file) !== undefined,
    })
    return this.#attributes.get(path, name)
  }

  #globalSetting(name: string): Bytes | undefined {
    this.#globalSettings ??= readGlobalSettings(this.repository)
    return this.#globalSettings.get(name)
  }

  /** Records that the content of a key is here now. @param keyText serialized */
  recordArrival(keyText: Bytes, uuid: Uuid): void {
    this.journal.setPresence(keyText, uuid, true)
    this.#arrived.push(keyText)
  }

  /** Does what could wait until git had its answer. */
  catchUp(): void {
    this.#idleWork?.catchUp()
  }

  /**
   * Ends the journal segment, keeps what was learnt, and lets other programs see what was recorded.
   * @returns a promise when there was anything to record
   */
  finish(): Promise<void> | undefined {
    this.#idleWork?.finish()
    const hasRecorded = this.#journal?.hasWritten ?? false
    this.#journal?.close()
    this.staged.learn(this.#arrived)
    this.staged.save()
    this.deferred.materialise()
    this.#store?.temp.sweep()
    return hasRecorded ? this.#share() : undefined
  }

  async #share(): Promise<void> {
    const { shareJournal } = await import('../branch/share-journal.js')
    const { branchOptions } = await import('../branch/branch-options.js')
    shareJournal(this.repository, branchOptions(this.config, this.#env, this.uuid ?? ''))
    const { spreadContent } = await import('./spread-content.js')
    spreadContent(this.repository, this.store, this.#arrived)
  }
}

/** @throws AnnexError CONFIG_INVALID */
function readInlineMax(config: GitConfig): bigint {
  const text = config.get('annex.smudge-inline-max')
  if (text === undefined) return DEFAULT_INLINE_MAX_BYTES
  const size = parseSize(bytesToText(text))
  if (size !== undefined) return size
  throw new AnnexError(
    'CONFIG_INVALID',
    `Bad size "${bytesToText(text)}" for "annex.smudge-inline-max"`,
  )
}
