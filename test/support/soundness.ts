/**
 * What must hold after any fault, whatever program had it: asked of git, of git-annex itself and of
 * SHA-256, never of our own code. Does without jest.
 */
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import type { ScratchRepo } from './scratch-repo.js'

const SHA256_KEY = /^SHA256E?-s(\d+)--([0-9a-f]{64})/

/**
 * Everything that is wrong with a repository, one sentence each; empty when it is sound. To be asked
 * after a next command of ours, which sweeps what a killed one has left.
 */
export function findFaults(repo: ScratchRepo): string[] {
  return [...findPlainFaults(repo), ...askCheckers(repo)]
}

/** The same without the two `fsck`, which take most of the time: what they would say of objects. */
export function findPlainFaults(repo: ScratchRepo): string[] {
  return [...findBadObjects(repo), ...findLeftovers(repo)]
}

/** Objects whose size or SHA-256 is not that of their key, and files that are no objects. */
export function findBadObjects(repo: ScratchRepo): string[] {
  const dir = join(commonDir(repo), 'annex/objects')
  return listFiles(dir).flatMap((path) => {
    const problem = path.endsWith('.lck') ? undefined : judgeObject(path)
    return problem === undefined ? [] : [`${relative(dir, path)} ${problem}`]
  })
}

function judgeObject(path: string): string | undefined {
  const name = basename(path)
  if (basename(resolve(path, '..')) !== name) return 'is no object'
  const [, size, wanted] = SHA256_KEY.exec(name) ?? []
  if (size === undefined) return undefined
  const stat = lstatSync(path)
  if (stat.size !== Number(size)) return `has ${stat.size} bytes`
  const digest = createHash('sha256').update(readFileSync(path)).digest('hex')
  if (digest !== wanted) return `has the digest ${digest}`
  return (stat.mode & 0o222) === 0 ? undefined : 'is writable'
}

/** What only a program that is still running may have: temporary files and locks. */
export function findLeftovers(repo: ScratchRepo): string[] {
  const common = commonDir(repo)
  const isMain = common === repo.path('.git')
  const gitDir = isMain
    ? common
    : resolve(repo.dir, repo.git('rev-parse', '--git-dir').stdout.trim())
  const temporary = [...listFiles(join(common, 'annex/annexe/tmp')), ...strays(repo, gitDir)]
  const locks = [join(gitDir, 'index.lock')]
  const left = [...temporary, ...locks.filter((path) => existsSync(path))]
  return left.map((path) => `${relative(repo.dir, path)} was left behind`)
}

/** Temporary files among the user's. */
function strays({ dir }: ScratchRepo, gitDir: string): string[] {
  if (gitDir === dir) return []
  return listFiles(dir, '.git').filter((path) => /\.tmp$|\/\.annexe-/.test(path))
}

function askCheckers(repo: ScratchRepo): string[] {
  const git = repo.tryGit('fsck', '--no-dangling', '--no-progress')
  const annex = repo.tryRealAnnex('fsck', '--quiet')
  return [
    ...complaint('git fsck', git.status, git.stdout + git.stderr),
    ...complaint('git annex fsck', annex.status, annex.stdout + annex.stderr),
  ]
}

function complaint(program: string, status: number, said: string): string[] {
  // What git-annex repairs without a word of failure is no loss, but it was wrong all the same.
  if (status === 0 && !/error|bad|missing|fixing|moved/i.test(said)) return []
  return [`${program} exited ${status}: ${said.trim()}`]
}

function commonDir(repo: ScratchRepo): string {
  const usual = repo.path('.git')
  if (existsSync(join(usual, 'HEAD'))) return usual
  return resolve(repo.dir, repo.git('rev-parse', '--git-common-dir').stdout.trim())
}

/** All files below a directory, absolute; links are files. @param except a name left out */
export function listFiles(dir: string, except?: string): string[] {
  if (!existsSync(dir)) return []
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === except) return []
    const path = join(dir, entry.name)
    return entry.isDirectory() ? listFiles(path, except) : [path]
  })
}
