/**
 * `git-annex-shell inannex`: whether content is there for good. Unlike the P2P protocol of git-annex, it
 * tells content that somebody is about to remove. Implements spec: numcopies, section 9.
 */
import { type Bytes, bytesFromText } from '../../model/bytes.js'
import type { Uuid } from '../../model/uuid.js'
import { runSync } from '../../platform/subprocess.js'
import { type SshAccess, sshArgv } from './command.js'

const YES = 0
const NO = 1

/** What is asked. */
export interface PresenceQuestion {
  /** A serialized key. */
  readonly keyText: Bytes
  /** Of the repository that is to be there. */
  readonly uuid: Uuid
  /** Options that share a connection. */
  readonly master: readonly string[]
}

/**
 * Asks in a connection of its own.
 * @returns false when it cannot be told: somebody is removing the content, or nobody answers
 */
export function canTellPresence(
  access: SshAccess,
  { keyText, uuid, master }: PresenceQuestion,
): boolean {
  const words = ['--uuid', bytesFromText(uuid)]
  const command = { name: 'inannex', parameters: [keyText], words, isReadOnly: true }
  const { status } = runSync(sshArgv(access, command, master), { stderr: 'ignore' })
  return status === YES || status === NO
}
