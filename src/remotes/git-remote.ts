/** What git remotes of every kind have in common: what is known of them before they are reached. */
import { AnnexError } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'

export interface GitRemoteSettings {
  readonly name: string
  readonly uuid: Uuid
  readonly cost: number
  readonly isReadOnly: boolean
  readonly isIgnored: boolean
}

export abstract class GitRemote implements GitRemoteSettings {
  readonly type = 'git'
  readonly name: string
  readonly uuid: Uuid
  readonly cost: number
  readonly isReadOnly: boolean
  readonly isIgnored: boolean

  constructor({ name, uuid, cost, isReadOnly, isIgnored }: GitRemoteSettings) {
    this.name = name
    this.uuid = uuid
    this.cost = cost
    this.isReadOnly = isReadOnly
    this.isIgnored = isIgnored
  }

  /** @throws AnnexError REMOTE_UNAVAILABLE where nothing is to be changed (annex-readonly) */
  protected refuseReadOnly(): void {
    if (this.isReadOnly)
      throw new AnnexError(
        'REMOTE_UNAVAILABLE',
        `${this.name} is read-only (annex-readonly is set)`,
      )
  }
}
