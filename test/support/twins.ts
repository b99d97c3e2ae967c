/**
 * The same repositories twice: git-annex makes them once, they are copied, and then ours works in one
 * copy and git-annex in the other. What both say and what they leave behind must be the same.
 *
 * All remotes have relative paths, so a copy has remotes of its own; uuids are the same in both.
 */
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { listObjects } from './expect.js'
import { type RunOptions, type RunResult, type Scratch, ScratchRepo } from './scratch.js'

/** One copy of the repositories. */
export class World {
  readonly scratch: Scratch
  readonly dir: string
  readonly program: 'ours' | 'real'

  constructor(scratch: Scratch, dir: string, program: 'ours' | 'real') {
    this.scratch = scratch
    this.dir = dir
    this.program = program
  }

  /** A repository of this copy. */
  repo(name: string): ScratchRepo {
    return new ScratchRepo(this.scratch, join(this.dir, name))
  }

  /** Runs this copy's program in one of its repositories. */
  tryRun(name: string, argv: readonly string[], options: RunOptions = {}): RunResult {
    const cwd = options.cwd === undefined ? this.repo(name).dir : this.repo(name).path(options.cwd)
    return this.repo(name).tryRun(argv, { ...options, cwd, program: this.program })
  }

  /** Runs a program of any kind in the directory of this copy. */
  run(...argv: string[]): RunResult {
    return this.scratch.run(argv, { cwd: this.dir, program: this.program })
  }

  /** Runs shell code in a repository. */
  sh(name: string, code: string): RunResult {
    return this.repo(name).run(['sh', '-ec', code], { program: this.program })
  }

  git(name: string, ...args: string[]): RunResult {
    return this.repo(name).run(['git', ...args], { program: this.program })
  }

  annex(name: string, ...args: string[]): RunResult {
    return this.repo(name).run(['git', 'annex', ...args], { program: this.program })
  }
}

let count = 0

export class Twins {
  readonly #scratch: Scratch
  readonly #base: string

  /** @param make builds the repositories with git-annex, in a directory of their own */
  constructor(scratch: Scratch, make: (world: World) => void) {
    this.#scratch = scratch
    this.#base = scratch.path(`base${count++}`)
    scratch.run(['mkdir', this.#base])
    make(new World(scratch, this.#base, 'real'))
  }

  /** Two fresh copies. */
  copies(): [ours: World, real: World] {
    return [this.copy('ours'), this.copy('real')]
  }

  copy(program: 'ours' | 'real'): World {
    const dir = this.#scratch.path(`w${count++}`)
    this.#scratch.run(['cp', '-a', this.#base, dir])
    return new World(this.#scratch, dir, program)
  }

  /**
   * Runs one `git annex` command line in a fresh copy with each program and expects the same output,
   * messages, exit status and repositories afterwards.
   * @returns our copy and what ours answered
   */
  expectSame(name: string, args: readonly string[], options: TwinOptions = {}): TwinResult {
    const { prepare, only, ...runOptions } = options
    const worlds = this.copies()
    const [ours, real] = worlds.map((world) => {
      if (prepare !== undefined) world.sh(name, prepare)
      const result = world.tryRun(name, ['git', 'annex', ...args], runOptions)
      return { result, answer: readAnswer(world, result), state: stateOf(world) }
    })
    if (only !== 'state') expect({ args, ...ours!.answer }).toEqual({ args, ...real!.answer })
    else
      expect({ args, status: ours!.result.status }).toEqual({ args, status: real!.result.status })
    expect({ args, ...ours!.state }).toEqual({ args, ...real!.state })
    return { world: worlds[0], ...ours!.result }
  }
}

export interface TwinOptions extends RunOptions {
  /** Shell code that changes each copy before, run in the repository. */
  readonly prepare?: string
  /** `state`: the words may differ, the exit status and the repositories may not. */
  readonly only?: 'state'
}

export interface TwinResult extends RunResult {
  readonly world: World
}

/** What was answered; JSON as values, paths of the copy made the same. */
function readAnswer({ dir }: World, { status, stdout, stderr }: RunResult) {
  return {
    status,
    stdout: withoutCommits(withoutProgress(stdout))
      .replaceAll('(recording state in git...)\n', '')
      .replaceAll(dir, 'WORLD')
      .split('\n')
      .map(parseLine),
    stderr: withoutCommits(stderr).replaceAll(dir, 'WORLD'),
  }
}

/** Commits made a second apart have other names. */
function withoutCommits(text: string): string {
  return text
    .replace(/\b[0-9a-f]{7}(\.\.|\])/g, 'COMMIT$1')
    .replace(/\.\.[0-9a-f]{7}\b/g, '..COMMIT')
}

/** git-annex draws its progress bars even into a file. */
function withoutProgress(text: string): string {
  return text.replace(/\n\r[^\n]*\r/g, '')
}

function parseLine(line: string): unknown {
  return line.startsWith('{') ? JSON.parse(line) : line
}

/** Everything a user could notice of the repositories of a copy. */
export function stateOf(world: World): Record<string, unknown> {
  const names = readdirSync(world.dir).filter(
    (name) =>
      existsSync(join(world.dir, name, 'HEAD')) || existsSync(join(world.dir, name, '.git')),
  )
  return Object.fromEntries(names.map((name) => [name, stateOfRepo(world, world.repo(name))]))
}

function stateOfRepo({ program }: World, repo: ScratchRepo) {
  const isBare = existsSync(repo.path('HEAD'))
  const git = (...args: string[]) => repo.run(['git', ...args], { program }).stdout
  const index = isBare ? '' : git('ls-files', '-s')
  return {
    ...(!isBare && {
      index: index.split('\n'),
      status: git('status', '--porcelain'),
      files: listFiles(repo.dir),
    }),
    objects: Object.fromEntries(
      [...listObjects(repo)].sort().map(([key, path]) => [key, lstatSync(path).mode.toString(8)]),
    ),
    branch: branchContent(repo, program),
  }
}

function listFiles(dir: string, prefix = ''): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of readdirSync(dir).sort()) {
    if (name === '.git') continue
    const path = join(dir, name)
    const stat = lstatSync(path)
    if (stat.isDirectory()) Object.assign(found, listFiles(path, `${prefix}${name}/`))
    else if (stat.isSymbolicLink()) found[prefix + name] = `-> ${readlinkSync(path)}`
    else found[prefix + name] = `${(stat.mode & 0o777).toString(8)} ${digest(readFileSync(path))}`
  }
  return found
}

function digest(content: Buffer): string {
  if (content.length < 200) return JSON.stringify(content.toString())
  return createHash('sha256').update(content).digest('hex')
}

/** The files of the git-annex branch, without the times. */
function branchContent(repo: ScratchRepo, program: 'ours' | 'real'): Record<string, string[]> {
  const run = (argv: string[], input?: string) =>
    repo.run(argv, { program, ...(input !== undefined && { input }) }).stdout
  const entries = run(['git', 'ls-tree', '-r', 'git-annex']).split('\n').filter(Boolean)
  const paths = entries.map((entry) => entry.slice(entry.indexOf('\t') + 1))
  const out = run(
    ['git', 'cat-file', '--batch'],
    paths.map((path) => `git-annex:${path}\n`).join(''),
  )
  const contents: Record<string, string[]> = {}
  let rest = Buffer.from(out)
  for (const path of paths) {
    const end = rest.indexOf('\n')
    const size = Number(rest.toString('utf8', 0, end).split(' ')[2])
    const text = rest.toString('utf8', end + 1, end + 1 + size)
    contents[path] = currentLines(text)
    rest = rest.subarray(end + size + 2)
  }
  return contents
}

/** What a log says now, each line without its time: older lines about a repository count no more. */
function currentLines(log: string): string[] {
  const newest = new Map<string, { seconds: number; line: string }>()
  for (const line of log.split('\n').filter(Boolean)) {
    const seconds = Number(/\b(\d{9,}(\.\d+)?)s/.exec(line)?.[1] ?? 0)
    const subject = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(line)?.[0] ?? line
    if (seconds >= (newest.get(subject)?.seconds ?? 0))
      newest.set(subject, { seconds, line: line.replace(/\b\d{9,}(\.\d+)?s/, 'TIME') })
  }
  return [...newest.values()].map(({ line }) => line).sort()
}
