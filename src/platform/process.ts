/** Questions about processes, and names that tell whose process something belongs to. */
import { hostname } from 'node:os'
import type { Bytes } from '../model/bytes.js'
import { startDigest } from '../model/digest.js'
import * as files from './files.js'

/** Whether a process of this machine is running (or is another user's). */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Absolute path of the program that runs, as text: the compiled git-annex, or Node or Bun. */
export function executablePath(): string {
  return process.execPath
}

let ownHostTag: string | undefined

/**
 * Tells hosts (and containers with process ids of their own) apart that share a repository.
 * @returns eight hexadecimal digits
 */
export function hostTag(): string {
  if (ownHostTag !== undefined) return ownHostTag
  const processes = files.readLink('/proc/self/ns/pid') ?? ''
  ownHostTag = startDigest('md5').update(`${hostname()}\0${processes}`).digest('hex').slice(0, 8)
  return ownHostTag
}

/** Eight random hexadecimal digits. */
export function randomTag(): string {
  const [word] = globalThis.crypto.getRandomValues(new Uint32Array(1))
  return word!.toString(16).padStart(8, '0')
}

let ownTag: Bytes | undefined

/** `HOST-PID-RANDOM`, the same in all of this process: the start of names of what belongs to it. */
export function processTag(): Bytes {
  ownTag ??= `${hostTag()}-${process.pid}-${randomTag()}`
  return ownTag
}

/** Whose something is, by a name that starts with a {@link processTag}. */
export type Owner = 'ours' | 'running' | 'gone' | 'unknown'

/** Tells the owner; `unknown` for another host's process, and for names of another form. */
export function ownerOf(name: Bytes): Owner {
  const match = /^([0-9a-f]{8})-(\d+)-[0-9a-f]{8}/.exec(name)
  if (!match || match[1] !== hostTag()) return 'unknown'
  if (match[0] === processTag()) return 'ours'
  // A process id that is ours now was somebody else's before.
  const pid = Number(match[2])
  return pid !== process.pid && isProcessAlive(pid) ? 'running' : 'gone'
}
