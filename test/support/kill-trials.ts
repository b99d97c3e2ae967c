/**
 * Killing a program in the middle, again and again, in copies of one pair of repositories: after each
 * kill nothing may be lost or wrong, and the same command must then do what it should have done.
 */
import { existsSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import {
  type AnnexPair,
  copyPair,
  findLost,
  findMisplaced,
  makePair,
  removePair,
} from './annex-pair.js'
import { Random } from './random.js'
import { OUR_BIN, type Scratch, type ScratchRepo } from './scratch-repo.js'
import { findBadObjects, findFaults, findPlainFaults, listFiles } from './soundness.js'
import { killedAfter, killedBefore, notingChanges, takeChanges, whyNoTrace } from './tracing.js'

export interface Killing {
  /** What is run in the clone. */
  readonly argv: readonly string[]
  /** Kills the filter that git starts instead of the program itself. */
  readonly killsFilter?: boolean
  /** Git itself may leave its lock when it is killed; git's users know. */
  readonly mayLeaveLock?: boolean
  readonly isLocked?: boolean
  /** What is staged in the end is committed before git is asked what was modified. */
  readonly isToCommit?: boolean
  prepare?(pair: AnnexPair): void
  /** Where the contents should be in the end. */
  readonly ends: { readonly clone: boolean; readonly origin: boolean }
}

/** How a trial goes: the words before the command line, and a name for messages. */
interface Kill {
  readonly prefix: readonly string[]
  readonly name: string
  readonly killsAll: boolean
}

/** Every third kill takes the programs with it that the program has started. */
const ALL_EVERY = 3
/** How often both `fsck` look; the number shares no factor with the other. */
const FSCK_EVERY = 4

let counter = 0

/** Kills a program at random moments. @returns everything that went wrong, with the moment */
export function tryKills(
  scratch: Scratch,
  killing: Killing,
  { kills, random }: { kills: number; random: Random },
): string[] {
  counter++
  const template = makePair(scratch, `template${counter}`, killing.isLocked ?? false)
  killing.prepare?.(template)
  const chooseKill = planKills(scratch, killing, template)
  const problems = Array.from({ length: kills }, (_, i) => {
    const kill = chooseKill(random, i % ALL_EVERY === 0)
    const pair = copyPair(scratch, template, `trial${counter}.${i}`)
    const found = tryKill(pair, killing, kill, i % FSCK_EVERY === 0 ? findFaults : findPlainFaults)
    removePair(pair)
    return found.map((problem) => `killed ${kill.name}: ${problem}`)
  })
  removePair(template)
  return problems.flat()
}

/** Runs it once to its end, to know when it can be killed. */
function planKills(scratch: Scratch, killing: Killing, template: AnnexPair) {
  const log = scratch.path('changes')
  const pair = copyPair(scratch, template, `whole${counter}`)
  const before = performance.now()
  const prefix = whyNoTrace === undefined ? notingChanges(log) : []
  const { status, stderr } = start(pair.clone, killing, prefix)
  const seconds = (performance.now() - before) / 1000
  const wrong = [...findMisplacedIn(pair, killing), ...findFaults(pair.clone)]
  if (status !== 0 || wrong.length > 0)
    throw new Error(`${killing.argv.join(' ')} exited ${status} ${stderr} ${wrong.join('; ')}`)
  removePair(pair)
  const changes = whyNoTrace === undefined ? takeChanges(log) : []
  return (random: Random, killsAll: boolean): Kill => {
    if (killsAll || changes.length === 0) {
      const after = (seconds * (1 + random.below(1000))) / 1000
      return { prefix: killedAfter(after), name: `after ${after.toFixed(4)} s`, killsAll: true }
    }
    const change = random.pick(changes)
    const name = `before ${change.call} number ${change.nth}`
    return { prefix: killedBefore(change), name, killsAll: false }
  }
}

function tryKill(
  pair: AnnexPair,
  killing: Killing,
  kill: Kill,
  judge: (repo: ScratchRepo) => string[],
): string[] {
  const { clone, origin } = pair
  const changed = changedBy(killing, pair)
  start(clone, killing, kill.prefix)
  awaitProcesses(pair.dir)
  const problems = [...changed.flatMap(findBadObjects), ...findLost(pair)]
  // What our program leaves is the next command's to remove; what git leaves is the user's.
  if (killing.mayLeaveLock || kill.killsAll) removeLocks(pair)
  const { status, stderr } = clone.tryRun(killing.argv)
  if (status !== 0) problems.push(`trying again exited ${status}: ${stderr}`)
  if (changed.includes(origin)) tellEachOther(pair)
  const faults = changed.flatMap(judge)
  return [...problems, ...faults, ...findLost(pair), ...findMisplacedIn(pair, killing)]
}

function start(clone: ScratchRepo, { argv, killsFilter }: Killing, prefix: readonly string[]) {
  if (!killsFilter) return clone.tryRun([...prefix, ...argv])
  const filter = [...prefix, `${OUR_BIN}/git-annex`, 'filter-process']
  const usual = clone.git('config', 'filter.annex.process').stdout.trim()
  clone.git('config', 'filter.annex.process', filter.map((word) => `'${word}'`).join(' '))
  const result = clone.tryRun(argv)
  clone.git('config', 'filter.annex.process', usual)
  return result
}

/** Waits for processes in a directory: who is killed along with others may take a moment to go. */
function awaitProcesses(dir: string): void {
  for (let i = 0; i < 1000 && hasProcesses(dir); i++)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
}

function hasProcesses(dir: string): boolean {
  return readdirSync('/proc').some((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`).startsWith(dir)
    } catch {
      return false
    }
  })
}

function removeLocks({ clone, origin }: AnnexPair): void {
  for (const repo of [clone, origin]) {
    const lock = repo.path('.git/index.lock')
    if (existsSync(lock)) rmSync(lock)
    for (const path of listFiles(repo.path('.git/refs'))) if (path.endsWith('.lock')) rmSync(path)
  }
}

/** Each must know the other's copies, or git-annex calls the contents lost. */
function tellEachOther({ clone, origin }: AnnexPair): void {
  clone.git('fetch', '-q', 'origin')
  clone.annex('merge')
  origin.git('fetch', '-q', '../clone', 'git-annex:refs/remotes/clone/git-annex')
  origin.annex('merge')
}

function findMisplacedIn(pair: AnnexPair, killing: Killing): string[] {
  const { ends, isToCommit } = killing
  if (isToCommit) pair.clone.tryGit('commit', '-qm', 'end')
  return changedBy(killing, pair).flatMap((repo) => {
    const isClone = repo === pair.clone
    const name = isClone ? 'clone' : 'origin'
    const problems = findMisplaced(repo, isClone ? ends.clone : ends.origin)
    return problems.map((problem) => `${name}: ${problem}`)
  })
}

/** The repositories that the command may change. */
function changedBy({ argv }: Killing, { clone, origin }: AnnexPair): ScratchRepo[] {
  return argv.some((word) => word.endsWith('origin')) ? [clone, origin] : [clone]
}

/** From the environment, so that a failure can be had again and a night can be spent. */
export const KILLS = Number(process.env.ANNEXE_FAULT_KILLS ?? 10)
export const SEED = Number(process.env.ANNEXE_FAULT_SEED ?? Date.now() % 100_000)

export { Random }
