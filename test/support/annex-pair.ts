/**
 * An annex and a clone of it, made once and copied for each trial of a fault, and what must be true of
 * their contents. Asks git, git-annex itself and the disk, never our own code. Does without jest.
 */
import { lstatSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Scratch, type ScratchRepo, someBytes } from './scratch-repo.js'
import { listFiles } from './soundness.js'

/** Short and long, one twice, one executable. */
export const CONTENTS: Readonly<Record<string, Buffer>> = {
  tiny: Buffer.from('x\n'),
  'small.txt': someBytes(300, 2),
  'mid.bin': someBytes(20_000, 3),
  'd/mid2.bin': someBytes(70_000, 4),
  'd/twin': someBytes(20_000, 3),
  big: someBytes(2_500_000, 5),
  'run.sh': someBytes(400, 6),
}

export interface AnnexPair {
  readonly dir: string
  readonly origin: ScratchRepo
  readonly clone: ScratchRepo
}

/** Makes the two: origin has all contents, the clone none. */
export function makePair(scratch: Scratch, name: string, isLocked: boolean): AnnexPair {
  scratch.run(['mkdir', scratch.path(name)])
  const origin = scratch.repo(`${name}/origin`)
  origin.annex('init', 'origin')
  settle(origin, isLocked)
  writeContents(origin)
  origin.annex('add', '.')
  origin.git('commit', '-qm', 'files')
  scratch.run(['git', 'clone', '-q', 'origin', 'clone'], { cwd: scratch.path(name) })
  const clone = scratch.open(`${name}/clone`)
  clone.git('config', 'remote.origin.url', '../origin')
  clone.annex('init', 'clone')
  settle(clone, isLocked)
  return { dir: scratch.path(name), origin, clone }
}

function settle(repo: ScratchRepo, isLocked: boolean): void {
  repo.git('config', 'annex.largefiles', 'anything')
  repo.git('config', 'annex.addunlocked', String(!isLocked))
}

/** Writes all contents to the work tree, as files that git-annex has never seen. */
export function writeContents(repo: ScratchRepo): void {
  for (const [path, content] of Object.entries(CONTENTS)) {
    rmSync(repo.path(path), { force: true })
    repo.write(path, content)
  }
  repo.run(['chmod', '+x', 'run.sh'])
}

/** Copies both, the clone with an index that fits the copied files. */
export function copyPair(scratch: Scratch, { dir }: AnnexPair, name: string): AnnexPair {
  scratch.run(['cp', '-a', dir, scratch.path(name)])
  const [origin, clone] = [scratch.open(`${name}/origin`), scratch.open(`${name}/clone`)]
  clone.git('status', '--short')
  return { dir: scratch.path(name), origin, clone }
}

export function removePair({ dir, clone }: AnnexPair): void {
  clone.run(['chmod', '-R', 'u+w', dir])
  rmSync(dir, { recursive: true })
}

/** Contents that no file of the two has, wherever it lies but among our temporary ones. */
export function findLost({ dir }: AnnexPair): string[] {
  const lost = new Map(Object.entries(CONTENTS))
  const sizes = new Set(Object.values(CONTENTS).map((content) => content.length))
  for (const file of listFiles(dir, 'annexe')) {
    const stat = lstatSync(file)
    if (!stat.isFile() || !sizes.has(stat.size)) continue
    const found = readFileSync(file)
    for (const [path, content] of lost) if (content.equals(found)) lost.delete(path)
  }
  return [...lost.keys()].map((path) => `${path} is lost`)
}

/** What is wrong when a repository should have all contents (or none), and know it. */
export function findMisplaced(repo: ScratchRepo, isHere: boolean): string[] {
  const files = Object.keys(CONTENTS).flatMap((path) => {
    const problem = judgeFile(repo, path, isHere)
    return problem === undefined ? [] : [`${path} ${problem}`]
  })
  const wrongly = isHere ? ['--not', '--in=here'] : ['--in=here']
  const log = repo.tryRealAnnex('find', ...wrongly).stdout.trim()
  const status = repo.git('status', '--porcelain').stdout.trim()
  return [
    ...files,
    ...(log === '' ? [] : [`the location log is wrong about ${log}`]),
    ...(status === '' ? [] : [`git status says ${status}`]),
  ]
}

function judgeFile(repo: ScratchRepo, path: string, isHere: boolean): string | undefined {
  const found = readIfThere(repo, path)
  if (isHere) return found?.equals(CONTENTS[path]!) ? undefined : 'has not its content'
  if (found === undefined && isAnnexLink(join(repo.dir, path))) return undefined
  return found?.toString('latin1').startsWith('/annex/objects/') ? undefined : 'is no pointer'
}

function readIfThere(repo: ScratchRepo, path: string): Buffer | undefined {
  try {
    return repo.read(path)
  } catch {
    return undefined
  }
}

function isAnnexLink(path: string): boolean {
  try {
    return readlinkSync(path).includes('annex/objects')
  } catch {
    return false
  }
}
