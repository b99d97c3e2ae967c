/** An index full of pointers, a filter that counts how often git asks, and what git makes of it all. */
import { chmodSync, existsSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { expect } from '@jest/globals'
import { readIndexEntries } from '../../src/git/index-file.js'
import type { IndexRefresh } from '../../src/git/index-refresh.js'
import { openRepositoryAt } from '../../src/git/repository.js'
import { lstat } from '../../src/platform/files.js'
import type { Scratch, ScratchRepo } from './scratch.js'

export const open = (repo: ScratchRepo) => openRepositoryAt(repo.dir)!
export const NAMES = ['a', 'dir/b', 'dir/sub/c', 'e']
export const now = () => Date.now() / 1000

/** Stands for the annex: the pointer of every file, and a note that git asked. */
const CLEAN = `#!/bin/sh
echo "$1" >> "$(git rev-parse --git-common-dir)/asked"
cat > /dev/null
echo "/annex/objects/SHA256-s9--$(basename "$1")"
`

/** Pointers in the index and the work tree, everything clean and nothing racy. */
export function pointerRepo(scratch: Scratch, name: string, ...initArgs: string[]): ScratchRepo {
  const repo = scratch.repo(name, ...initArgs)
  repo.write('.git/clean.sh', CLEAN)
  chmodSync(repo.path('.git/clean.sh'), 0o755)
  repo.git('config', 'filter.annex.clean', `${repo.path('.git/clean.sh')} %f`)
  repo.git('config', 'filter.annex.smudge', 'cat')
  repo.git('config', 'filter.annex.required', 'true')
  repo.write('.git/info/attributes', '* filter=annex\n')
  for (const path of NAMES) {
    repo.write(path, `/annex/objects/SHA256-s9--${path.replace(/.*\//, '')}\n`)
    utimesSync(repo.path(path), now() - 100, now() - 100)
  }
  repo.git('add', '.')
  repo.git('commit', '-qm', 'x')
  return repo
}

/** Makes the index look as if it had been written some seconds ago. */
export function ageIndex(repo: ScratchRepo, seconds: number): void {
  utimesSync(repo.path('.git/index'), now() - seconds, now() - seconds)
}

/** Replaces pointers by content of another size, as populating does. */
export function putContent(repo: ScratchRepo, paths = NAMES, mtime = now() - 2): IndexRefresh[] {
  const entries = new Map(readIndexEntries(open(repo)).map((e) => [e.path, e]))
  return paths.map((path) => {
    const temp = repo.path('.git/temp')
    writeFileSync(temp, `the long content of ${path}, which is no pointer`.repeat(20))
    utimesSync(temp, mtime, mtime)
    renameSync(temp, repo.path(path))
    return { path, oid: entries.get(path)!.oid, stat: lstat(repo.path(path))! }
  })
}

/** How often git ran the filter since the last call. */
export function timesAsked(repo: ScratchRepo): number {
  const file = repo.path('.git/asked')
  if (!existsSync(file)) return 0
  const count = readFileSync(file, 'latin1').split('\n').length - 1
  writeFileSync(file, '')
  return count
}

/** Git finds everything clean, without asking the filter, and its index sound. */
export function expectSettled(repo: ScratchRepo): void {
  timesAsked(repo)
  expect(repo.git('status', '--porcelain', '-uno').stdout).toBe('')
  expect(repo.git('diff', '--stat').stdout).toBe('')
  expect(timesAsked(repo)).toBe(0)
  expect(existsSync(repo.path('.git/index.lock'))).toBe(false)
  expect(repo.git('fsck', '--strict').stderr).toBe('')
}

/** `git ls-files --debug` shows the stat of these files. */
export function expectGitSees(repo: ScratchRepo, refreshes: readonly IndexRefresh[]): void {
  for (const { path, stat } of refreshes) {
    const { stdout } = repo.git('ls-files', '--debug', path)
    const time = (ns: bigint) => `${ns / 1_000_000_000n}:${ns % 1_000_000_000n}`
    expect(stdout.split('\n').slice(1, 6)).toEqual([
      `  ctime: ${time(stat.ctimeNs)}`,
      `  mtime: ${time(stat.mtimeNs)}`,
      `  dev: ${stat.dev}\tino: ${stat.ino}`,
      `  uid: ${stat.uid}\tgid: ${stat.gid}`,
      expect.stringMatching(`^  size: ${stat.size}\t`),
    ])
  }
}
