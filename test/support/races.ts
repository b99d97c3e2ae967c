/**
 * Races for the last copies of a content: two programs, each in its repository, are told at the same
 * moment to remove them. Both are batches that wait for the next request, so that a race costs
 * milliseconds, and starts of processes do not keep the two apart.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { listObjects } from './expect.js'
import { OUR_BIN, REAL_BIN, type Scratch, type ScratchRepo } from './scratch-repo.js'
import type { SshServer } from './ssh-server.js'

export type Program = 'ours' | 'real'

/** The racers' repositories `a` and `b`, each a remote of the other, and `c`, a remote of both. */
export interface Course {
  readonly a: ScratchRepo
  readonly b: ScratchRepo
  readonly c: ScratchRepo
  /** Directories that come first on PATH, for the racers in `a` and in `b`. */
  readonly paths: readonly [string, string]
}

/** What one side is told to do, and with which program. */
export interface Racer {
  readonly program: Program
  readonly argv: readonly string[]
}

/** What came of many races. */
export interface Results {
  /** Races in which both said that they have removed their copy, though only one could. */
  readonly lost: readonly string[]
  /** How many of the racers succeeded, over all races. */
  readonly successes: number
}

/**
 * Both `a` and `b` have the contents of the files `0` to `count - 1`, `c` has none.
 * @param settings of git for all three
 */
export function makeCourse(
  scratch: Scratch,
  { top, count, settings }: { top: string; count: number; settings: readonly string[] },
): Course {
  scratch.run(['mkdir', scratch.path(top)])
  const configure = (repo: ScratchRepo, name: string) => {
    for (const setting of settings) repo.git('config', setting, 'true')
    repo.annex('init', name)
    return repo
  }
  const a = configure(scratch.repo(`${top}/a`), 'a')
  for (let i = 0; i < count; i++) a.write(`${i}`, `the content number ${i}\n`)
  a.annex('add', '-q', '-c', 'annex.largefiles=anything', '.')
  a.git('commit', '-q', '-m', 'contents')
  const clone = (name: string) => configure(scratch.clone(a, `${top}/${name}`, '-o', 'a'), name)
  const [b, c] = [clone('b'), clone('c')]
  b.annex('get', '-q', '.')
  a.git('remote', 'add', 'b', b.dir)
  for (const repo of [a, b]) repo.git('remote', 'add', 'c', c.dir)
  for (const repo of [a, b, a]) repo.annex('sync', '-q')
  return { a, b, c, paths: ['', ''] }
}

/** The same, but the racers reach each other over ssh. */
export function overSsh(
  course: Course,
  [serverOfA, serverOfB]: readonly [SshServer, SshServer],
): Course {
  const { a, b } = course
  b.git('config', 'remote.a.url', serverOfA.url(a.dir))
  a.git('config', 'remote.b.url', serverOfB.url(b.dir))
  return { ...course, paths: [`${serverOfB.bin}:`, `${serverOfA.bin}:`] }
}

/**
 * Lets two racers loose on each file.
 * @param files to be raced for, present in `a` and `b`
 * @param delayMs how long to hold each side back, at most
 */
export async function race(
  course: Course,
  [first, second]: readonly [Racer, Racer],
  { files, delayMs }: { files: readonly string[]; delayMs: () => readonly [number, number] },
): Promise<Results> {
  const keys = keysOf(course.a)
  const [pathOfA, pathOfB] = course.paths
  const racers = [new Batch(course.a, first, pathOfA), new Batch(course.b, second, pathOfB)]
  let successes = 0
  try {
    for (const file of files) {
      const delays = delayMs()
      const answers = await Promise.all(
        racers.map(async (racer, i) => {
          await sleep(delays[i])
          return await racer.ask(file)
        }),
      )
      successes += answers.filter(Boolean).length
    }
  } finally {
    await Promise.all(racers.map((racer) => racer.end()))
  }
  const objects = [course.a, course.b, course.c].map(listObjects)
  const lost = files.filter((file) => !objects.some((held) => held.has(keys.get(file)!)))
  return { lost, successes }
}

function keysOf(repo: ScratchRepo): Map<string, string> {
  const objects = repo
    .annex('find', '--anything', '--json')
    .stdout.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { file: string; key: string })
  return new Map(objects.map(({ file, key }) => [file, key]))
}

/** A batch of one program; its answers are JSON. */
class Batch {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: Interface
  readonly #answers: string[] = []
  #waiting: ((line: string) => void) | undefined
  #isOver = false

  constructor(repo: ScratchRepo, { program, argv }: Racer, path: string) {
    const bin = program === 'ours' ? OUR_BIN : REAL_BIN
    this.#child = spawn(`${bin}/git-annex`, [...argv, '--batch', '--json'], {
      cwd: repo.dir,
      env: { ...repo.scratch.env, PATH: `${path}${bin}:${process.env['PATH']}` },
    })
    this.#child.stderr.resume()
    this.#lines = createInterface(this.#child.stdout)
    this.#lines.on('line', (line) => this.#take(line))
    this.#lines.on('close', () => {
      this.#isOver = true
      this.#take('')
    })
  }

  /** Whether it has done what it was told to. An empty answer: there was nothing to do. */
  async ask(file: string): Promise<boolean> {
    if (this.#isOver) throw new Error('The batch is over before its last request')
    this.#child.stdin.write(`${file}\n`)
    const line =
      this.#answers.shift() ?? (await new Promise<string>((take) => (this.#waiting = take)))
    return line !== '' && (JSON.parse(line) as { success: boolean }).success
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.stdin.end()
    await exited
  }

  #take(line: string): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting) waiting(line)
    else this.#answers.push(line)
  }
}
