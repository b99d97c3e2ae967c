/**
 * Files that are written to while a command replaces them, one after the other: a new one renamed over
 * them, overwritten, appended to. What was written is in the work tree in the end, or in the annex.
 * ANNEXE_FAULT_KILLS sets how many rounds there are, ANNEXE_FAULT_SEED repeats their timing.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { Random } from '../support/random.js'
import { OUR_BIN, type ScratchRepo, useScratch } from '../support/scratch.js'
import { listFiles } from '../support/soundness.js'

const scratch = useScratch()
const ROUNDS = Math.ceil(Number(process.env['ANNEXE_FAULT_KILLS'] ?? 8) / 4)
const SEED = Number(process.env['ANNEXE_FAULT_SEED'] ?? Date.now() % 100_000)
const FILES = Array.from({ length: 60 }, (_, i) => `f${i}`)
/** Longer than what is written in place. */
const REPEATS = 30_000

function makeClone(name: string, isLocked: boolean): ScratchRepo {
  scratch.run(['mkdir', scratch.path(name)])
  const origin = scratch.repo(`${name}/origin`)
  const clone = () => scratch.clone(origin, `${name}/clone`)
  for (const make of [() => origin, clone]) {
    const repo = make()
    repo.annex('init')
    repo.git('config', 'annex.largefiles', 'anything')
    repo.git('config', 'annex.addunlocked', String(!isLocked))
    if (repo === origin) {
      for (const file of FILES) repo.write(file, `${file}\n`.repeat(REPEATS))
      repo.annex('add', '-q', '.')
      repo.git('commit', '-qm', 'files')
    } else repo.annex('get', '-q', '.')
  }
  return scratch.open(`${name}/clone`)
}

/** What a user, or an editor, would do. @returns whether the text is in the file then */
function write(path: string, text: string, random: Random): boolean {
  const way = random.below(3)
  try {
    if (way === 0 || lstatSync(path).isSymbolicLink()) {
      writeFileSync(`${path}~`, text)
      renameSync(`${path}~`, path)
    } else {
      // Not through a link that has come in the meantime: root could write to the object.
      const { O_RDWR, O_NOFOLLOW, O_APPEND } = constants
      const fd = openSync(path, O_RDWR | O_NOFOLLOW | (way === 1 ? 0 : O_APPEND))
      try {
        writeSync(fd, text)
      } finally {
        closeSync(fd)
      }
    }
    return true
  } catch (error) {
    // It is a link by now, to an object that may not be written to.
    if (['ELOOP', 'EACCES', 'EPERM', 'ENOENT'].includes((error as NodeJS.ErrnoException).code!))
      return false
    throw error
  }
}

/**
 * Runs a command while all files are written to.
 * @returns how many were, and the texts of which nothing is left
 */
async function findLost(repo: ScratchRepo, argv: readonly string[], random: Random) {
  const child = spawn(`${OUR_BIN}/git-annex`, argv, {
    cwd: repo.dir,
    env: scratch.env,
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  const texts = new Map<string, string>()
  // It takes as long until it comes to the first file.
  await sleep(10 + random.below(30))
  for (const file of FILES) {
    if (random.below(4) === 0) await sleep(1)
    if (child.exitCode !== null) break
    const text = `my work on ${file}\n`
    if (write(repo.path(file), text, random)) texts.set(file, text)
  }
  const [status] = await ended
  // What was changed is refused, or passed over.
  expect([0, 1]).toContain(status)
  const kept = listFiles(repo.path('.git/annex')).map((path) => readFileSync(path))
  const lost = [...texts].flatMap(([file, text]) => {
    const isThere = [repo.read(file), ...kept].some((content) => content.includes(text))
    return isThere ? [] : [`${argv.join(' ')}: ${text.trim()}`]
  })
  return { lost, writes: texts.size }
}

test.each([
  ['lock', false],
  ['unlock', true],
  ['drop', false],
])(
  `git annex %s keeps what is written meanwhile (${ROUNDS} rounds, seed ${SEED})`,
  async (command, isLocked) => {
    const random = new Random(SEED)
    const template = makeClone(command, isLocked)
    const lost: string[] = []
    let writes = 0
    for (let round = 0; round < ROUNDS; round++) {
      const name = `${command}/round${round}`
      scratch.run(['cp', '-a', template.dir, scratch.path(name)])
      const repo = scratch.open(name)
      repo.git('status', '--short')
      const found = await findLost(repo, [command, '.'], random)
      lost.push(...found.lost)
      writes += found.writes
    }
    expect(lost).toEqual([])
    expect(writes).toBeGreaterThan(0)
  },
  60_000 + ROUNDS * 10_000,
)
