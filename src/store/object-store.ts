/**
 * The annex objects of one repository: looking up, putting in, taking out.
 *
 * Nothing here knows what content a key should have: callers hash while they ingest. Every object
 * appears by one rename of a complete file, so a reader never sees half of one. Taking out demands a
 * {@link DropProof}. Implements spec: repository layout, sections 4 to 7.
 */
import { backendOfKey } from '../backends/registry.js'
import { parentDir } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { usePidLock } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import { makeDirsIn } from '../platform/make-dirs.js'
import { diskError } from './disk-error.js'
import { IdleWork, openTemp } from './idle-work.js'
import { Ingest } from './ingest.js'
import { ObjectLayout, type ObjectPlace } from './layout.js'
import { freezeDir, freezeObject, objectMode, thawDir } from './permissions.js'
import type { StoreSettings } from './settings.js'
import { TempFiles } from './temp-files.js'
import type { UnfinishedKeys } from './unfinished.js'

export class ObjectStore {
  readonly annexDir: Bytes
  readonly settings: StoreSettings
  readonly temp: TempFiles
  /** Where it is noted which keys come and go; undefined where a retry does all over again. */
  readonly unfinished: UnfinishedKeys | undefined
  readonly #layout: ObjectLayout
  /** Directories above hash directories that were there: there are a thousand for all objects. */
  readonly #seenDirs = new Set<Bytes>()
  #idle: IdleWork | undefined

  /** @param annexDir absolute path of the annex directory, which may not exist yet */
  constructor(annexDir: Bytes, settings: StoreSettings, unfinished?: UnfinishedKeys) {
    this.annexDir = annexDir
    this.settings = settings
    this.unfinished = unfinished
    this.temp = new TempFiles(annexDir)
    this.#layout = new ObjectLayout(annexDir, settings)
    if (settings.pidLockSeconds !== undefined) usePidLock(annexDir, settings.pidLockSeconds)
  }

  /** Whether the content of a key is here. @param keyText a serialized key */
  has(keyText: Bytes): boolean {
    return this.#layout.find(keyText) !== undefined
  }

  /** Where the content of a key lies; undefined when it is not here. */
  locate(keyText: Bytes): ObjectPlace | undefined {
    return this.#layout.find(keyText)
  }

  /** Whether the repository is there at all; tells absent content from an absent drive. */
  isReachable(): boolean {
    return files.exists(this.annexDir.slice(0, this.annexDir.lastIndexOf('/')))
  }

  /** Where the content of a key lies or, when it is not here, would be put. */
  placeFor(keyText: Bytes): ObjectPlace {
    return this.#layout.find(keyText) ?? this.#layout.preferred(keyText)
  }

  /** Where the content of a key belongs, wherever it lies. */
  idealPlace(keyText: Bytes): ObjectPlace {
    return this.#layout.preferred(keyText)
  }

  /**
   * Refuses a key that annex.securehashesonly forbids; every way in does it, this is for asking first.
   * @throws AnnexError KEY_INSECURE
   */
  refuseInsecure(keyText: Bytes): void {
    if (!this.settings.secureOnly) return
    const backend = keyText.slice(0, keyText.indexOf('-'))
    if (backendOfKey(backend)?.isSecure) return
    throw new AnnexError(
      'KEY_INSECURE',
      `annex.securehashesonly blocked adding ${bytesToText(backend)} key to annex objects`,
    )
  }

  /** Leaves what nobody needs to wait for to the caller, from now on, who finishes it in the end. */
  deferIdleWork(): IdleWork {
    this.#idle ??= new IdleWork(this.temp, this.settings)
    return this.#idle
  }

  /** Starts to take in content whose key is known only at the end. */
  startIngest(): Ingest {
    return new Ingest(this)
  }

  /**
   * Takes in content that is in memory; nothing is written when the object is here already.
   * @param mode permission bits of the source; its execute bits are kept
   */
  storeBuffer(keyText: Bytes, content: Uint8Array, mode = 0o644): void {
    this.#settle(keyText, (place) => {
      const bits = objectMode(mode, this.settings)
      const { path, fd } = this.#idle?.openTemp(bits) ?? openTemp(this.temp, bits)
      try {
        files.writeFully(fd, content)
      } catch (error) {
        files.remove(path)
        throw error
      } finally {
        files.close(fd)
      }
      // The umask may have kept those out that the object is shared with.
      if (this.settings.sharing !== 'umask') freezeObject(path, this.settings)
      this.#moveIn(path, place)
    })
  }

  /**
   * Moves a complete file into place as the content of a key. The file is gone afterwards, also when
   * the object was here already.
   * @param source absolute path on the same file system
   * @throws AnnexError KEY_INSECURE, DISK_FULL; the file is left then
   */
  moveIn(keyText: Bytes, source: Bytes): void {
    const settled = this.#settle(keyText, (place) => {
      freezeObject(source, this.settings)
      this.#moveIn(source, place)
    })
    if (!settled) files.remove(source)
  }

  /**
   * Takes content back that was moved in under a second name, because it turned out to be wrong.
   * @param source absolute path of its first name; when that is another file, nothing happens
   */
  takeBack(keyText: Bytes, source: Bytes): void {
    const place = this.locate(keyText)
    const object = place && files.lstat(place.path)
    const kept = files.lstat(source)
    if (!object || object.ino !== kept?.ino || object.dev !== kept.dev) return
    this.withThawedDir(place, () => files.remove(place.path))
    this.pruneDirs(place)
  }

  /** Runs `put` with the KEYFILE directory made; false when the object is here already. */
  #settle(keyText: Bytes, put: (place: ObjectPlace) => void): boolean {
    this.refuseInsecure(keyText)
    this.unfinished?.noteComing(keyText)
    const place = this.#layout.preferred(keyText)
    if (this.#makeObjectDir(place.dir)) {
      if (this.#layout.findMisplaced(keyText)) {
        files.removeDir(place.dir)
        return false
      }
    } else {
      if (files.exists(place.path)) return false
      // A directory without its object: left by a crash, by a drop that keeps a lock file, or frozen.
      thawDir(place.dir, this.settings)
    }
    try {
      put(place)
    } catch (error) {
      this.#forgetEmptyDir(place)
      throw diskError(error, keyText)
    }
    if (this.#idle) this.#idle.freezeLater(place.dir)
    else freezeDir(place.dir, this.settings)
    return true
  }

  #moveIn(temp: Bytes, place: ObjectPlace): void {
    try {
      files.rename(temp, place.path)
    } catch (error) {
      files.remove(temp)
      throw error
    }
  }

  #forgetEmptyDir(place: ObjectPlace): void {
    if (!files.exists(place.path)) files.removeDir(place.dir)
  }

  /** Makes the directory of an object writable while `work` runs, then freezes it if it remains. */
  withThawedDir<T>(place: ObjectPlace, work: () => T): T {
    thawDir(place.dir, this.settings)
    try {
      return work()
    } finally {
      if (files.exists(place.dir)) freezeDir(place.dir, this.settings)
    }
  }

  /** Removes the directories of an object as far as they are empty, up to `objects`. */
  pruneDirs(place: ObjectPlace): void {
    let dir = place.dir
    while (dir.length > this.#layout.objectsDir.length && files.removeDir(dir))
      dir = dir.slice(0, dir.lastIndexOf('/'))
  }

  /**
   * Makes the directory of an object. The hash directory above it is tried first: it is new for nearly
   * every object, and asking in vain for the one below costs 20 µs.
   * @returns false when the directory was there already
   */
  #makeObjectDir(dir: Bytes): boolean {
    const base = parentDir(this.annexDir)
    const hashDir = parentDir(dir)
    const upperDir = parentDir(hashDir)
    if (!this.#seenDirs.has(upperDir)) makeDirsIn(base, upperDir)
    this.#seenDirs.add(upperDir)
    // A drop in another process may have removed the directory above since.
    makeDirsIn(base, hashDir)
    return files.makeDir(dir)
  }
}
