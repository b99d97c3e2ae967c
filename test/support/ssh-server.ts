/**
 * A real sshd on the loopback interface: own host key, own authorized key, a port that is free, all in a
 * scratch directory. It runs what clients ask for with the git-annex-shell of either program.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { OUR_BIN, REAL_BIN, type Scratch, type ScratchRepo } from './scratch-repo.js'

const SSHD = '/usr/sbin/sshd'
/** An sshd that is started by root insists on this directory, which its service would make. */
const PRIVILEGE_DIR = '/run/sshd'
const TRIES = 100
const TRY_MS = 50

/** Why there can be no sshd here; undefined when there can. */
export function whyNoSshd(): string | undefined {
  if (!existsSync(SSHD)) return `${SSHD} is not installed`
  const { status, stderr } = spawnSync('ssh-keygen', ['-?'], { encoding: 'utf8' })
  return status === null ? `ssh-keygen does not run: ${stderr}` : undefined
}

export class SshServer {
  readonly #scratch: Scratch
  readonly #dir: string
  readonly #port: number
  readonly #sshd: ChildProcess

  private constructor(
    scratch: Scratch,
    { dir, port }: { dir: string; port: number },
    sshd: ChildProcess,
  ) {
    this.#scratch = scratch
    this.#dir = dir
    this.#port = port
    this.#sshd = sshd
  }

  /** Starts a server whose clients get this program's git-annex-shell. */
  static async start(scratch: Scratch, program: 'ours' | 'real' = 'ours'): Promise<SshServer> {
    const dir = scratch.path(`sshd-${program}`)
    mkdirSync(dir, { mode: 0o700 })
    for (const name of ['host', 'user'])
      scratch.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(dir, name)])
    if (process.getuid?.() === 0) mkdirSync(PRIVILEGE_DIR, { recursive: true, mode: 0o755 })
    const port = await freePort()
    writeFileSync(join(dir, 'sshd_config'), serverSettings(dir, port, { scratch, program }))
    const sshd = spawn(SSHD, ['-D', '-e', '-f', join(dir, 'sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let log = ''
    sshd.stderr!.on('data', (chunk: Buffer) => {
      log += chunk.toString()
    })
    for (let tries = 0; !(await isListening(port)); tries++) {
      if (tries >= TRIES || sshd.exitCode !== null) throw new Error(`sshd does not start: ${log}`)
      await new Promise((resolve) => setTimeout(resolve, TRY_MS))
    }
    const server = new SshServer(scratch, { dir, port }, sshd)
    server.#makeClient()
    return server
  }

  /** The ssh of the tests finds key and host by these settings. */
  #makeClient(): void {
    const hostKey = readFileSync(join(this.#dir, 'host.pub'), 'utf8')
    writeFileSync(join(this.#dir, 'known_hosts'), `[127.0.0.1]:${this.#port} ${hostKey}`)
    const settings = [
      `IdentityFile ${join(this.#dir, 'user')}`,
      'IdentitiesOnly yes',
      `UserKnownHostsFile ${join(this.#dir, 'known_hosts')}`,
      'BatchMode yes',
      'LogLevel ERROR',
    ]
    writeFileSync(this.#configFile, `${settings.join('\n')}\n`)
    const bin = join(this.#dir, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${this.#configFile}' "$@"\n`)
    chmodSync(join(bin, 'ssh'), 0o755)
  }

  get #configFile(): string {
    return join(this.#dir, 'ssh_config')
  }

  /** Options by which OpenSSH's programs reach it. */
  get options(): readonly string[] {
    return ['-F', this.#configFile]
  }

  /** A directory with an `ssh` that knows the server; to come first on PATH. */
  get bin(): string {
    return join(this.#dir, 'bin')
  }

  get port(): number {
    return this.#port
  }

  url(path: string): string {
    return `ssh://127.0.0.1:${this.#port}${path}`
  }

  /** Clones over ssh; the clone's `origin` is the server. */
  clone(from: ScratchRepo, name: string, program: 'ours' | 'real' = 'ours'): ScratchRepo {
    const path = this.#scratch.path(name)
    this.#scratch.run(['git', 'clone', '-q', this.url(from.dir), path], { env: this.env(program) })
    return this.#scratch.open(name)
  }

  /** The environment of a client. */
  env(program: 'ours' | 'real' = 'ours'): Readonly<Record<string, string>> {
    const bin = program === 'ours' ? OUR_BIN : REAL_BIN
    return { PATH: `${this.bin}:${bin}:${process.env['PATH']}` }
  }

  stop(): void {
    this.#sshd.kill()
  }
}

interface Served {
  readonly scratch: Scratch
  readonly program: 'ours' | 'real'
}

function serverSettings(dir: string, port: number, { scratch, program }: Served): string {
  const bin = program === 'ours' ? OUR_BIN : REAL_BIN
  const variables = {
    HOME: scratch.home,
    PATH: `${bin}:${process.env['PATH']}`,
    GIT_CONFIG_NOSYSTEM: '1',
    TMPDIR: scratch.path('tmp'),
  }
  const key = readFileSync(join(dir, 'user.pub'), 'utf8')
  writeFileSync(join(dir, 'authorized_keys'), key, { mode: 0o600 })
  const setenv = Object.entries(variables).map(([name, value]) => `"${name}=${value}"`)
  return `${[
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(dir, 'host')}`,
    `AuthorizedKeysFile ${join(dir, 'authorized_keys')}`,
    `PidFile ${join(dir, 'pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin yes',
    'MaxStartups 100',
    'PrintMotd no',
    'Subsystem sftp internal-sftp',
    `SetEnv ${setenv.join(' ')}`,
  ].join('\n')}\n`
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).on('error', () => resolve(false))
  })
}
