/** Ours against git-annex itself: the same command line in the same repository must answer the same. */
import { expect } from '@jest/globals'
import type { RunOptions, RunResult, Scratch, ScratchRepo } from './scratch-repo.js'

/**
 * A clone made by git-annex, with its origin: `here.txt` is present in both, `there.txt` in origin
 * only, `sub/ünlocked file.bin` is unlocked and present in both, `plain.txt` is in git.
 */
export function makePeerClone(scratch: Scratch): ScratchRepo {
  const origin = scratch.repo('origin')
  origin.realAnnex('init', 'the origin')
  origin.write('here.txt', 'content that is here\n')
  origin.write('there.txt', 'content that is there')
  origin.write('sub/ünlocked file.bin', 'x'.repeat(1999))
  origin.realAnnex('add', '.')
  origin.realAnnex('unlock', 'sub')
  origin.write('plain.txt', 'plain\n')
  origin.realGit('-c', 'annex.largefiles=nothing', 'add', '.')
  origin.realGit('commit', '-qm', 'files')
  scratch.run(['git', 'clone', '-q', origin.dir, scratch.path('clone')], { program: 'real' })
  const clone = scratch.open('clone')
  clone.realAnnex('init', 'the clone')
  clone.realAnnex('get', 'here.txt', 'sub')
  return clone
}

/** A repository with one commit, initialised by git-annex under a name. */
export function makePeerAnnex(scratch: Scratch, name: string): ScratchRepo {
  const repo = scratch.repo(name)
  repo.realAnnex('init', name)
  repo.write('file', 'content of the file\n')
  repo.realAnnex('add', 'file')
  repo.realGit('commit', '-qm', 'file')
  return repo
}

/**
 * Runs one command line with both programs and expects the same output, messages and exit status;
 * JSON is compared as values.
 * @returns what ours answered
 */
export function expectLikeGitAnnex(
  repo: ScratchRepo,
  args: readonly string[],
  options: RunOptions = {},
): RunResult {
  const argv = ['git', 'annex', ...args]
  const ours = repo.tryRun(argv, options)
  const real = repo.tryRun(argv, { ...options, program: 'real' })
  expect({ args, ...comparable(ours) }).toEqual({ args, ...comparable(real) })
  return ours
}

function comparable({ status, stdout, stderr }: RunResult) {
  return { status, stderr, stdout: stdout.split('\n').map(parseLine) }
}

function parseLine(line: string): unknown {
  return line.startsWith('{') ? JSON.parse(line) : line
}
