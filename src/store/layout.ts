/**
 * Where objects lie, and looking them up.
 *
 *     annex/objects/zK/02/KEYFILE/KEYFILE       mixed: two by two characters (work trees)
 *     annex/objects/992/280/KEYFILE/KEYFILE     lower: three by three (bare repositories)
 *
 * Both layouts are searched, the preferred one first. Implements spec: repository layout, section 4.
 */
import type { Bytes } from '../model/bytes.js'
import { formatKey, type Key, parentKey, parseKey } from '../model/key.js'
import { type HashDirs, type KeyPlaces, keyPlacesOf } from '../model/key-path.js'
import * as files from '../platform/files.js'
import type { StoreSettings } from './settings.js'

/** Where an object is or would be. */
export interface ObjectPlace {
  /** Absolute path of the content file. */
  readonly path: Bytes
  /** Absolute path of the KEYFILE directory that holds it. */
  readonly dir: Bytes
}

export class ObjectLayout {
  readonly objectsDir: Bytes
  readonly #settings: StoreSettings
  /** Per layout: whether any directory of its shape exists, so that absent layouts cost no stat. */
  #inUse: Set<HashDirs> | undefined

  /** @param annexDir absolute path of the annex directory */
  constructor(annexDir: Bytes, settings: StoreSettings) {
    this.objectsDir = `${annexDir}/objects`
    this.#settings = settings
  }

  /** Where new content for a key goes. */
  preferred(keyText: Bytes): ObjectPlace {
    return this.#place(this.#places(keyText), this.#settings.layouts[0]!)
  }

  /** Where a key's content lies; undefined when it is not present. */
  find(keyText: Bytes): ObjectPlace | undefined {
    const places = this.#places(keyText)
    for (const layout of this.#settings.layouts) {
      if (layout !== this.#settings.layouts[0] && !this.#layoutInUse(layout)) continue
      const place = this.#place(places, layout)
      if (files.exists(place.path)) return place
    }
    return undefined
  }

  /** Where a key's content lies in a layout other than the preferred one. */
  findMisplaced(keyText: Bytes): ObjectPlace | undefined {
    for (const layout of this.#settings.layouts.slice(1)) {
      if (!this.#layoutInUse(layout)) continue
      const place = this.#place(this.#places(keyText), layout)
      if (files.exists(place.path)) return place
    }
    return undefined
  }

  #places(keyText: Bytes): KeyPlaces {
    if (!keyText.includes('-C')) return keyPlacesOf(keyText)
    const key = parseKey(keyText)
    return keyPlacesOf(keyText, key ? formatKey(parentKey(key)) : keyText)
  }

  #place(places: KeyPlaces, layout: HashDirs): ObjectPlace {
    const hashDir = this.#settings.oneLevel
      ? places[layout].slice(0, places[layout].indexOf('/'))
      : places[layout]
    const dir = `${this.objectsDir}/${hashDir}/${places.keyFile}`
    return { dir, path: `${dir}/${places.keyFile}` }
  }

  /** Most repositories use one layout; one listing of `objects/` tells. */
  #layoutInUse(layout: HashDirs): boolean {
    if (!this.#inUse) {
      this.#inUse = new Set()
      for (const { name } of files.listDir(this.objectsDir)) {
        if (name.length === 2) this.#inUse.add('mixed')
        else if (name.length === 3) this.#inUse.add('lower')
        if (this.#inUse.size === 2) break
      }
    }
    return this.#inUse.has(layout)
  }
}

/** A key's serialized form, from either form. */
export function keyTextOf(key: Key | Bytes): Bytes {
  return typeof key === 'string' ? key : formatKey(key)
}
