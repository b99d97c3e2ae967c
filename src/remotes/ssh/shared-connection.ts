/**
 * One ssh connection for all that a command asks of a host: OpenSSH's own sharing, set up as git-annex
 * does, so that both programs use each other's. Implements spec: transfer, section 3.
 */
import type { GitConfig } from '../../git/config.js'
import { type Repository, relative } from '../../git/repository.js'
import { type Bytes, bytesFromText, bytesToText } from '../../model/bytes.js'
import { startDigest } from '../../model/digest.js'
import { type FileLock, tryLock } from '../../platform/file-lock.js'
import * as files from '../../platform/files.js'
import { runSync } from '../../platform/subprocess.js'
import type { SshPlace } from './url.js'

/** The longest path of a socket, and what ssh adds to it while it makes one. */
const MAX_SOCKET_BYTES = 100
const SSH_SUFFIX_BYTES = 17
const MAX_NAME_BYTES = 32
const LOCK_SUFFIX = '.lock'

/** Whose connections are shared. */
export interface SharingOwner {
  readonly repository: Repository
  readonly config: GitConfig
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute current directory of this process. */
  readonly cwd: Bytes
}

/** The sockets of one repository. */
export class SharedConnections {
  readonly #dir: Bytes | undefined
  readonly #cwd: Bytes
  readonly #locks = new Map<Bytes, FileLock>()

  constructor({ repository, config, env, cwd }: SharingOwner) {
    this.#dir = socketDir(repository, config, env)
    this.#cwd = cwd
  }

  /**
   * Options that make ssh share its connection to a host; empty when it cannot.
   * The connection lasts until {@link SharedConnections.close}.
   */
  optionsFor(place: SshPlace): readonly string[] {
    if (this.#dir === undefined) return []
    const name = socketName(place)
    const socket = [`${this.#dir}/${name}`, `${relative(this.#cwd, this.#dir)}/${name}`].find(
      (path) => path.length + SSH_SUFFIX_BYTES < MAX_SOCKET_BYTES,
    )
    if (socket === undefined || !this.#hold(`${this.#dir}/${name}`)) return []
    return ['-S', bytesToText(socket), '-o', 'ControlMaster=auto', '-o', 'ControlPersist=yes']
  }

  /** Whether a connection to a host is there to be shared, whoever has opened it. */
  isOpen(place: SshPlace): boolean {
    return this.#dir !== undefined && files.exists(`${this.#dir}/${socketName(place)}`)
  }

  /** Keeps others from stopping the connection while we use it. */
  #hold(socket: Bytes): boolean {
    if (this.#locks.has(socket)) return true
    files.makeDirs(this.#dir!)
    // Somebody is just stopping it, or the runtime has no locks: do without.
    const lock = tryLock(`${socket}${LOCK_SUFFIX}`, 'shared')
    if (lock) this.#locks.set(socket, lock)
    return lock !== undefined
  }

  /** Stops the connections that nobody else uses, and those that a killed process has left. */
  close(): void {
    if (this.#locks.size === 0) return
    for (const lock of this.#locks.values()) lock.release()
    this.#locks.clear()
    for (const { name } of files.listDir(this.#dir!)) {
      if (!name.endsWith(LOCK_SUFFIX)) continue
      using lock = tryLock(`${this.#dir}/${name}`, 'exclusive')
      if (lock) this.#stop(name.slice(0, -LOCK_SUFFIX.length))
    }
  }

  #stop(name: Bytes): void {
    const path = `${this.#dir}/${name}`
    if (!files.exists(path)) return
    const argv = ['ssh', '-O', 'stop', '-S', bytesToText(name), 'localhost'] as const
    runSync([...argv], { cwd: bytesToText(this.#dir!), stderr: 'ignore' })
    files.remove(path)
  }
}

/** Undefined: connections are not shared. */
function socketDir(
  { annexDir }: Repository,
  config: GitConfig,
  env: Readonly<Record<string, string | undefined>>,
): Bytes | undefined {
  if (config.getBoolean('annex.sshcaching') === false) return undefined
  if (!config.getBoolean('annex.crippledfilesystem')) return `${annexDir}/ssh`
  const elsewhere = env['GIT_ANNEX_SSH_SOCKET_DIR']
  return elsewhere ? `${bytesFromText(elsewhere)}/ssh` : undefined
}

function socketName({ host, port }: SshPlace): Bytes {
  const name = bytesFromText(port ? `${host}!${port}` : host).replaceAll('%', '')
  if (name.length <= MAX_NAME_BYTES) return name
  return startDigest('md5').update(Buffer.from(name, 'latin1')).digest('hex')
}
