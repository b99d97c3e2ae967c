/** Questions about processes, and names that tell whose process something belongs to. */
import { availableParallelism, hostname } from 'node:os'
import type { Bytes } from '../model/bytes.js'
import { startDigest } from '../model/digest.js'
import * as files from './files.js'

/** What another host has left is nobody's after this time. */
const ABANDONED_MS = 24 * 60 * 60_000
const NS_PER_MS = 1_000_000n

/** Whether a process of this machine is running (or is another user's). */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  // Killed, but its parent has not asked for its status: in a container it may never do so.
  return readProcStat(pid)?.state !== 'Z'
}

/** What the system tells of a process. */
interface ProcStat {
  readonly state: string
  readonly parentPid: number
  /** In ticks since the system was started. */
  readonly startTicks: number
}

/** State, parent and start time of a process; undefined without /proc. */
export function readProcStat(pid: number): ProcStat | undefined {
  const text = files.readFile(`/proc/${pid}/stat`)?.toString('latin1')
  // The name, in parentheses, may contain anything.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  return (
    fields && { state: fields[0]!, parentPid: Number(fields[1]), startTicks: Number(fields[19]) }
  )
}

/** Absolute path of the program that runs, as text: the compiled git-annex, or Node or Bun. */
export function executablePath(): string {
  return process.execPath
}

/** How many processors may be used. */
export function processorCount(): number {
  return availableParallelism()
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

/**
 * `HOST-PID-START`, the start of names of what belongs to this process. The time of its start tells it
 * from others that get the same number, after the next start of the system for instance.
 */
export function processTag(): Bytes {
  if (ownTag !== undefined) return ownTag
  const startTicks = readProcStat(process.pid)?.startTicks
  const start = startTicks === undefined ? randomTag() : startTag(startTicks)
  ownTag = `${hostTag()}-${process.pid}-${start}`
  return ownTag
}

function startTag(ticks: number): string {
  return (ticks >>> 0).toString(16).padStart(8, '0')
}

/** Whose something is, by a name that starts with a {@link processTag}. */
export type Owner = 'running' | 'gone' | 'unknown'

/** Tells the owner; `unknown` for another host's process, and for names of another form. */
export function ownerOf(name: Bytes): Owner {
  const match = /^([0-9a-f]{8})-(\d+)-([0-9a-f]{8})/.exec(name)
  if (!match || match[1] !== hostTag()) return 'unknown'
  if (match[0] === processTag()) return 'running'
  const pid = Number(match[2])
  if (pid === process.pid || !isProcessAlive(pid)) return 'gone'
  const startTicks = readProcStat(pid)?.startTicks
  return startTicks === undefined || startTag(startTicks) === match[3] ? 'running' : 'gone'
}

/**
 * Whether nobody works any more on a file whose name starts with a {@link processTag}: its process is
 * gone or, where that cannot be told, it has not been written to for a day.
 */
export function isAbandoned(dir: Bytes, name: Bytes): boolean {
  const owner = ownerOf(name)
  if (owner !== 'unknown') return owner === 'gone'
  const stat = files.lstat(`${dir}/${name}`)
  return stat !== undefined && Number(stat.mtimeNs / NS_PER_MS) < Date.now() - ABANDONED_MS
}
