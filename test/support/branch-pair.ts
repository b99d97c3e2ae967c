/** One git-annex branch, two programs: ours under Bun, and the Haskell git-annex. */

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { BUN } from './bun.js'
import { PROJECT, type Scratch, type ScratchRepo } from './scratch.js'

export const DRIVER = join(PROJECT, 'test/support/branch-driver.ts')
/** Two repositories that nobody has. */
export const A = 'aaaaaaaa-0000-4000-8000-00000000000a'
export const B = 'bbbbbbbb-0000-4000-8000-00000000000b'

/** A method of AnnexBranch and its arguments. */
export type Step = readonly [method: string, ...args: unknown[]]

/** Runs steps on one AnnexBranch of ours. */
export function ours(repo: ScratchRepo, steps: readonly Step[], options: object = {}): unknown[] {
  const argv = [BUN, 'run', DRIVER, repo.dir, JSON.stringify(steps), JSON.stringify(options)]
  return JSON.parse(repo.run(argv).stdout) as unknown[]
}

let made = 0

/** For the next repository. */
export function nextName(): string {
  return `r${made++}`
}

/** A repository that the real program initialised. */
export function realRepo(scratch: Scratch): ScratchRepo {
  const repo = scratch.repo(nextName())
  repo.realAnnex('init', '-q', 'here')
  return repo
}

/** Adds a file with the real program. @returns its key */
export function addFile(repo: ScratchRepo, name: string, content = name): string {
  repo.write(name, content)
  repo.realAnnex('add', '-q', name)
  repo.run(['git', 'commit', '-qm', `add ${name}`], { program: 'real' })
  return repo.realAnnex('lookupkey', name).stdout.trim()
}

/** Where the real program thinks that a key is; uuids, sorted. */
export function realLocations(repo: ScratchRepo, key: string): string[] {
  const { stdout } = repo.tryRealAnnex('whereis', '--json', '--key', key)
  const { whereis } = JSON.parse(stdout) as { whereis: { uuid: string }[] }
  return whereis.map(({ uuid }) => uuid).sort()
}

export const journalFiles = (repo: ScratchRepo, name: string) => {
  const dir = repo.path('.git/annex', name)
  return existsSync(dir) ? readdirSync(dir) : []
}
/** Names of our journal segments. */
export const segments = (repo: ScratchRepo) => journalFiles(repo, 'annexe/journal')
/** Messages of the commits on the branch, newest first. */
export const subjects = (repo: ScratchRepo) =>
  repo.git('log', '--format=%s', 'git-annex').stdout.trim().split('\n')
/** A file of the branch. */
export const show = (repo: ScratchRepo, path: string) =>
  repo.git('show', `git-annex:${path}`).stdout

/** Two clones of one origin, each with a change of its own. */
export function twoClones(scratch: Scratch): { a: ScratchRepo; b: ScratchRepo; key: string } {
  const a = realRepo(scratch)
  const key = addFile(a, 'f')
  const b = scratch.clone(a, nextName())
  b.realAnnex('init', '-q', 'there')
  return { a, b, key }
}
