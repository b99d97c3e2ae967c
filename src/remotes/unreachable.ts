/**
 * Remotes of kinds that this version cannot use: known by name and uuid, so that they are listed and
 * counted as places, and every attempt to use one says plainly that it is not built yet.
 */
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import type { Received, Remote } from './remote.js'
import type { RemoteConfig } from './remote-config.js'

export class UnbuiltRemote implements Remote {
  readonly name: string
  readonly uuid: Uuid
  readonly cost: number
  readonly type: string
  readonly isReadOnly = true
  readonly isIgnored: boolean

  constructor(config: RemoteConfig, uuid: Uuid) {
    this.name = config.name
    this.uuid = uuid
    this.cost = config.cost
    this.type = config.kind.type === 'special' ? 'special' : 'git'
    this.isIgnored = config.isIgnored
  }

  checkPresent(_keyText: Bytes): Promise<boolean> {
    return this.#refuse()
  }

  retrieve(): Promise<Received> {
    return this.#refuse()
  }

  store(): Promise<void> {
    return this.#refuse()
  }

  remove(): Promise<void> {
    return this.#refuse()
  }

  async close(): Promise<void> {}

  async #refuse(): Promise<never> {
    throw new AnnexError(
      'REMOTE_UNAVAILABLE',
      `Cannot use the remote "${this.name}": remotes of its kind are not built yet`,
    )
  }
}
