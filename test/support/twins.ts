/**
 * The same repositories twice: git-annex makes them once, they are copied, and then ours works in one
 * copy and git-annex in the other. What both say and what they leave behind must be the same.
 *
 * All remotes have relative paths, so a copy has remotes of its own; uuids are the same in both.
 */
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect } from '@jest/globals'
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
   * Runs `git annex` command lines in a fresh copy with each program and expects the same output,
   * messages and exit status of each, and the same repositories in the end.
   * @returns our copy and what ours answered to the last one
   */
  expectSame(name: string, lines: readonly (readonly string[])[], options: TwinOptions = {}) {
    const { prepare, only, ...runOptions } = options
    const [ours, real] = this.copies()
    if (prepare !== undefined) for (const world of [ours, real]) world.sh(name, prepare)
    let last: RunResult | undefined
    for (const args of lines) {
      const [answer, expected] = [ours, real].map((world) => {
        const result = world.tryRun(name, ['git', 'annex', ...args], runOptions)
        if (world === ours) last = result
        return only === 'state' ? { status: result.status } : readAnswer(world, result)
      })
      expect({ args, ...answer }).toEqual({ args, ...expected })
    }
    if (only !== 'answers') expect(stateOf(ours)).toEqual(stateOf(real))
    return { world: ours, ...last! }
  }
}

export interface TwinOptions extends RunOptions {
  /** Shell code that changes each copy before, run in the repository. */
  readonly prepare?: string
  /**
   * `state`: the words may differ, the exit status and the repositories may not; `answers`: what is
   * left behind is not compared.
   */
  readonly only?: 'state' | 'answers'
}

/** What was answered; JSON as values, paths of the copy made the same. */
function readAnswer({ dir }: World, { status, stdout, stderr }: RunResult) {
  return {
    status,
    stdout: withoutCommits(withoutProgress(stdout))
      .replaceAll('(recording state in git...)\n', '')
      .replaceAll(dir, 'WORLD')
      .replace(/\b20\d\d-\d\d-\d\d@\d\d-\d\d-\d\d\b/g, 'DATE')
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

/** That we also tell why a drop was safe is no difference. */
function parseLine(line: string): unknown {
  if (!line.startsWith('{')) return line
  const { proof: _, ...object } = JSON.parse(line)
  return object
}

/** Everything a user could notice of the repositories of a copy. */
export function stateOf(world: World): Record<string, unknown> {
  const names = readdirSync(world.dir).filter(
    (name) =>
      existsSync(join(world.dir, name, 'HEAD')) || existsSync(join(world.dir, name, '.git')),
  )
  // One shell for all: starting a process from here costs more than most of what git does.
  const { stdout } = world.scratch.run(['sh', '-c', ASK_GIT, 'sh', ...names], {
    cwd: world.dir,
    program: world.program,
  })
  const answers = stdout.split(SEPARATOR)
  return Object.fromEntries(
    names.map((name, i) => {
      const [index, status, branch] = answers.slice(3 * i, 3 * i + 3) as [string, string, string]
      const dir = join(world.dir, name)
      return [name, { index: index.split('\n'), status, branch: readBranch(branch), ...look(dir) }]
    }),
  )
}

const SEPARATOR = '\n=====\n'
const ASK_GIT = `for repo; do
  [ -e "$repo/HEAD" ] || git -C "$repo" ls-files -s
  printf '${SEPARATOR.replaceAll('\n', '\\n')}'
  [ -e "$repo/HEAD" ] || git -C "$repo" status --porcelain
  printf '${SEPARATOR.replaceAll('\n', '\\n')}'
  git -C "$repo" grep --heading --break --text -e '' git-annex
  printf '${SEPARATOR.replaceAll('\n', '\\n')}'
done`

function look(dir: string) {
  const isBare = existsSync(join(dir, 'HEAD'))
  const objects = listModes(join(dir, isBare ? '' : '.git', 'annex/objects'))
  return isBare ? { objects } : { objects, files: listFiles(dir) }
}

/** The modes of the objects, by their names. */
function listModes(dir: string): Record<string, string> {
  const modes: Record<string, string> = {}
  for (const path of existsSync(dir) ? readdirSync(dir, { recursive: true }) : []) {
    const stat = lstatSync(join(dir, `${path}`))
    if (stat.isFile()) modes[basename(`${path}`)] = stat.mode.toString(8)
  }
  return modes
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

/** The files of the git-annex branch, from the output of git grep, without the times. */
function readBranch(output: string): Record<string, string[]> {
  const contents: Record<string, string[]> = {}
  for (const block of output.split('\n\n')) {
    const [name, ...lines] = block.trim().split('\n')
    if (name) contents[name] = currentLines(lines)
  }
  return contents
}

/** What a log says now, each line without its time: older lines about a repository count no more. */
function currentLines(lines: readonly string[]): string[] {
  const newest = new Map<string, { seconds: number; line: string }>()
  for (const line of lines) {
    const seconds = Number(/\b(\d{9,}(\.\d+)?)s/.exec(line)?.[1] ?? 0)
    const subject = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(line)?.[0] ?? line
    if (seconds >= (newest.get(subject)?.seconds ?? 0))
      newest.set(subject, { seconds, line: line.replace(/\b\d{9,}(\.\d+)?s/, 'TIME') })
  }
  return [...newest.values()].map(({ line }) => line).sort()
}
