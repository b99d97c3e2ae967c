/**
 * Scratch repositories for tests and measurements that run real programs: a temporary directory with
 * its own HOME, git settings and PATH, so that nothing of the machine's user leaks in or out.
 *
 * Everything is synchronous. A command that fails throws with its output, unless its `try…` form is
 * used. `ANNEXE_BIN` names a directory with another git-annex to test instead of dist/.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Top of this project. */
export const PROJECT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Directory with our executables. */
export const OUR_BIN = process.env.ANNEXE_BIN ?? join(PROJECT, 'dist')

/** Directory with the executables of the Haskell git-annex, the oracle. */
export const REAL_BIN = process.env.ANNEXE_REAL_BIN ?? '/usr/bin'

const PREFIX = 'annexe-test-'
const GIT_SETTINGS = `[user]
\tname = Test
\temail = test@example.com
[init]
\tdefaultBranch = main
[gc]
\tauto = 0
[maintenance]
\tauto = false
[advice]
\tdetachedHead = false
[protocol "file"]
\tallow = always
`

export interface RunResult {
  readonly status: number
  /** UTF-8 text; use `stdoutBytes` where bytes matter. */
  readonly stdout: string
  readonly stderr: string
  readonly stdoutBytes: Buffer
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string | Uint8Array
  /** Whose git-annex comes first on PATH; default ours. */
  readonly program?: 'ours' | 'real'
  /** Kills the command after this time; default 60 s. */
  readonly timeoutMs?: number
}

export class Scratch {
  /** Absolute path, links resolved. */
  readonly dir: string
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>

  private constructor(dir: string, env: RunOptions['env']) {
    this.dir = dir
    this.home = join(dir, 'home')
    const tmp = join(dir, 'tmp')
    for (const made of [this.home, tmp]) mkdirSync(made)
    writeFileSync(join(this.home, '.gitconfig'), GIT_SETTINGS)
    const inherited = Object.entries(process.env).filter(([name]) => !/^(GIT|XDG)_/.test(name))
    this.env = {
      ...Object.fromEntries(inherited),
      HOME: this.home,
      TMPDIR: tmp,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      LC_ALL: 'C.UTF-8',
      ...env,
    }
  }

  /** @param env what all commands get besides, such as the PATH of another git */
  static make(env?: RunOptions['env']): Scratch {
    return new Scratch(realpathSync(mkdtempSync(join(tmpdir(), PREFIX))), env)
  }

  /** An absolute path inside this directory. */
  path(...names: string[]): string {
    return join(this.dir, ...names)
  }

  /** Runs a program to its end; throws when its status is not 0. */
  run(argv: readonly string[], options: RunOptions = {}): RunResult {
    const result = this.tryRun(argv, options)
    if (result.status === 0) return result
    throw new Error(
      `${argv.join(' ')} exited ${result.status}\n${result.stdout}${result.stderr}`.trimEnd(),
    )
  }

  /** Runs a program to its end, whatever its status; 128 + 9 when it ran out of time. */
  tryRun(argv: readonly string[], options: RunOptions = {}): RunResult {
    const { cwd = this.dir, env, input, program = 'ours', timeoutMs = 60_000 } = options
    const bin = program === 'ours' ? OUR_BIN : REAL_BIN
    const child = spawnSync(argv[0]!, argv.slice(1), {
      cwd,
      env: { ...this.env, PATH: `${bin}:${this.env.PATH}`, ...env },
      ...(input !== undefined && { input }),
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      maxBuffer: 1 << 30,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    if (child.error && child.status === null && child.signal === null) throw child.error
    return {
      status: child.status ?? 137,
      stdout: child.stdout.toString('utf8'),
      stderr: child.stderr.toString('utf8'),
      stdoutBytes: child.stdout,
    }
  }

  /** Makes a git repository; it is no annex yet. */
  repo(name: string, ...initArgs: string[]): ScratchRepo {
    this.run(['git', 'init', '-q', ...initArgs, this.path(name)])
    return this.open(name)
  }

  /** A repository that is there already, such as one just cloned. */
  open(name: string): ScratchRepo {
    return new ScratchRepo(this, this.path(name))
  }

  /** Clones a repository. `origin` is the new clone's remote. */
  clone(from: ScratchRepo, name: string, ...cloneArgs: string[]): ScratchRepo {
    this.run(['git', 'clone', '-q', ...cloneArgs, from.dir, this.path(name)])
    return this.open(name)
  }

  /** Removes the directory, read-only annex objects included. */
  remove(): void {
    const top = join(realpathSync(tmpdir()), PREFIX)
    if (!this.dir.startsWith(top) || realpathSync(this.dir) !== this.dir)
      throw new Error(`Refusing to remove ${this.dir}: not a scratch directory`)
    makeDirsWritable(Buffer.from(this.dir))
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 })
  }
}

export class ScratchRepo {
  readonly scratch: Scratch
  readonly dir: string

  constructor(scratch: Scratch, dir: string) {
    this.scratch = scratch
    this.dir = dir
  }

  path(...names: string[]): string {
    return join(this.dir, ...names)
  }

  run(argv: readonly string[], options: RunOptions = {}): RunResult {
    return this.scratch.run(argv, { cwd: this.dir, ...options })
  }

  tryRun(argv: readonly string[], options: RunOptions = {}): RunResult {
    return this.scratch.tryRun(argv, { cwd: this.dir, ...options })
  }

  /** Runs git, our git-annex behind it. */
  git(...args: string[]): RunResult {
    return this.run(['git', ...args])
  }

  tryGit(...args: string[]): RunResult {
    return this.tryRun(['git', ...args])
  }

  /** Runs git, the Haskell git-annex behind it. */
  realGit(...args: string[]): RunResult {
    return this.run(['git', ...args], { program: 'real' })
  }

  /** Runs our `git annex`. */
  annex(...args: string[]): RunResult {
    return this.run(['git', 'annex', ...args])
  }

  tryAnnex(...args: string[]): RunResult {
    return this.tryRun(['git', 'annex', ...args])
  }

  /** Runs the Haskell `git annex`. */
  realAnnex(...args: string[]): RunResult {
    return this.run(['git', 'annex', ...args], { program: 'real' })
  }

  tryRealAnnex(...args: string[]): RunResult {
    return this.tryRun(['git', 'annex', ...args], { program: 'real' })
  }

  /** Writes a file of the work tree, with the directories above it. */
  write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.path(path)), { recursive: true })
    writeFileSync(this.path(path), content)
  }

  read(path: string): Buffer {
    return readFileSync(this.path(path))
  }
}

/** Bytes that differ from file to file and do not compress; the same for the same seed. */
export function someBytes(length: number, seed = 1): Buffer {
  const buffer = Buffer.allocUnsafe(length)
  let state = seed * 2654435761 || 1
  for (let i = 0; i < length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    buffer[i] = state & 0xff
  }
  return buffer
}

// Not withFileTypes: with names as buffers, Bun leaves the types out.
function makeDirsWritable(dir: Buffer): void {
  const stat = lstatSync(dir)
  if (!stat.isDirectory()) return
  if ((stat.mode & 0o700) !== 0o700) chmodSync(dir, 0o700)
  for (const name of readdirSync(dir, { encoding: 'buffer' }))
    makeDirsWritable(Buffer.concat([dir, Buffer.from('/'), name]))
}
