/**
 * Paired repositories: two copies of one, one for each program. The same command lines must answer the
 * same and lead to the same index, objects, work tree and git-annex branch, but for the clocks in it.
 */
import { cpSync, lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { expect } from '@jest/globals'
import { listObjects } from './expect.js'
import type { RunOptions, RunResult, Scratch, ScratchRepo } from './scratch-repo.js'

let count = 0

export class PairedRepos {
  readonly ours: ScratchRepo
  readonly real: ScratchRepo

  private constructor(ours: ScratchRepo, real: ScratchRepo) {
    this.ours = ours
    this.real = real
  }

  /** @param fill makes the repository that is then copied, with either program */
  static make(scratch: Scratch, fill: (repo: ScratchRepo) => void): PairedRepos {
    // In directories of their own, so that files beside the repositories are apart, too.
    const [ourDir, realDir] = [`ours${++count}`, `real${count}`]
    const first = scratch.repo(`${ourDir}/repo`)
    first.realAnnex('init', 'pair')
    first.git('config', 'annex.addunlocked', 'true')
    fill(first)
    cpSync(scratch.path(ourDir), scratch.path(realDir), {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
    })
    const second = scratch.open(`${realDir}/repo`)
    for (const repo of [first, second]) repo.git('update-index', '-q', '--refresh')
    return new PairedRepos(first, second)
  }

  /** Does something to both. */
  each(work: (repo: ScratchRepo) => void): void {
    work(this.ours)
    work(this.real)
  }

  /** Runs `git annex` with the program of each twin, whatever comes of it. */
  run(args: readonly string[], options: RunOptions = {}): { ours: RunResult; real: RunResult } {
    const argv = ['git', 'annex', ...args]
    return {
      ours: this.ours.tryRun(argv, options),
      real: this.real.tryRun(argv, { ...options, program: 'real' }),
    }
  }

  /** Runs a command line in both and expects the same output and status. @returns ours */
  same(args: readonly string[], options: RunOptions = {}): RunResult {
    const { ours, real } = this.run(args, options)
    const shown = ({ status, stdout }: RunResult) => ({ args, status, stdout: comparable(stdout) })
    expect(shown(ours)).toEqual(shown(real))
    return ours
  }

  /** Expects that nothing tells the two apart. */
  expectSame(): void {
    // Both programs leave some changes in their journals for the next command.
    this.ours.annex('merge')
    this.real.realAnnex('merge')
    this.real.run(['git', 'update-index', '-q', '--refresh'], { program: 'real' })
    expect(stateOf(this.ours)).toEqual(stateOf(this.real))
  }
}

/** Output without progress and without the note that something was hashed; JSON as values. */
function comparable(stdout: string): unknown[] {
  return stdout
    .replace(/ ?\n?\r[^\n]*\r/g, ' ')
    .replaceAll('(checksum...) ', '')
    .split('\n')
    .filter((line) => line !== '(recording state in git...)')
    .map((line) => (line.startsWith('{') ? JSON.parse(line) : line))
}

const CLOCKS = /\b\d{9,}(\.\d+)?s\b/g

function stateOf(repo: ScratchRepo) {
  const paths = repo.git('ls-files', '-z').stdout.split('\0').slice(0, -1)
  const logs = repo.git('ls-tree', '-r', 'git-annex').stdout.split('\n').slice(0, -1)
  return {
    index: repo.git('ls-files', '-s').stdout,
    status: repo.git('status', '--porcelain').stdout,
    objects: [...listObjects(repo).keys()].sort(),
    workTree: paths.map((path) => [path, describeFile(repo.path(path))]),
    logs: Object.fromEntries(
      logs.map((line) => {
        const [, oid, path] = /^\S+ blob (\S+)\t(.*)$/.exec(line)!
        return [path, repo.git('cat-file', 'blob', oid!).stdout.replace(CLOCKS, 'CLOCK')]
      }),
    ),
  }
}

function describeFile(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 'gone'
  return stat.isSymbolicLink() ? `-> ${readlinkSync(path)}` : readFileSync(path, 'latin1')
}
