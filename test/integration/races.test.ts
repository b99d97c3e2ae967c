/**
 * Two repositories that give up the last two copies at the same moment: never both. ANNEXE_RACES sets
 * how many races there are (scripts/races), ANNEXE_FAULT_SEED repeats their timing.
 */
import { describe, expect, test } from '@jest/globals'
import {
  type Course,
  makeCourse,
  overSsh,
  type Program,
  type Racer,
  race,
} from '../support/races.js'
import { Random } from '../support/random.js'
import { useScratch } from '../support/scratch.js'
import { SshServer, whyNoSshd } from '../support/ssh-server.js'

const scratch = useScratch()
const RACES = Number(process.env['ANNEXE_RACES'] ?? 63)
const SEED = Number(process.env['ANNEXE_FAULT_SEED'] ?? 1)

/** How the two take the copies away; the names are those of the remotes in the other repository. */
const WAYS: readonly (readonly [string[], string[]])[] = [
  [['drop'], ['drop']],
  [['drop'], ['drop', '--from=a']],
  [
    ['drop', '--from=b'],
    ['drop', '--from=a'],
  ],
  [
    ['move', '--to=b'],
    ['move', '--to=a'],
  ],
  [
    ['move', '--from=b'],
    ['move', '--from=a'],
  ],
  [['move', '--to=c'], ['drop']],
  [
    ['move', '--from=b', '--to=c'],
    ['drop', '--from=a'],
  ],
]

const PAIRS: readonly (readonly [Program, Program])[] = [
  ['ours', 'ours'],
  ['ours', 'real'],
  ['real', 'ours'],
]

const random = new Random(SEED)

/** git-annex takes some 20 ms longer to get to the point. */
function delays([a, b]: readonly [Program, Program]): readonly [number, number] {
  if (a === b) return [random.below(3), random.below(3)]
  const slack = (program: Program) => random.below(program === 'ours' ? 25 : 3)
  return [slack(a), slack(b)]
}

let courses = 0

interface Season {
  readonly ways: typeof WAYS
  /** Races each way. */
  readonly each: number
  readonly settings?: readonly string[]
  readonly change?: (course: Course) => Course
}

/** Every way with every pair of programs. */
async function runAll({ ways, each, settings = [], change = (course) => course }: Season) {
  const count = each * ways.length * PAIRS.length
  const course = change(makeCourse(scratch, { top: `course${courses++}`, count, settings }))
  const lost: string[] = []
  let [next, successes] = [0, 0]
  for (const [a, b] of ways)
    for (const programs of PAIRS) {
      const files = Array.from({ length: each }, () => `${next++}`)
      const racers: [Racer, Racer] = [
        { program: programs[0], argv: a },
        { program: programs[1], argv: b },
      ]
      const results = await race(course, racers, { files, delayMs: () => delays(programs) })
      lost.push(...results.lost.map((file) => `${file}: ${programs} ${a} | ${b}`))
      successes += results.successes
    }
  expect(lost).toEqual([])
  // Where nobody ever gets anything, nothing was tried.
  expect(successes).toBeGreaterThan(count / 3)
}

const TIMEOUT_MS = 60_000 + RACES * 500

describe('of two last copies that are given up at the same moment one stays', () => {
  const each = Math.max(1, Math.round(RACES / (WAYS.length * PAIRS.length)))
  const isFull = 'ANNEXE_RACES' in process.env
  /** What takes git-annex long is done in full by scripts/races. */
  const few = { ways: isFull ? WAYS : WAYS.slice(0, 3), each: Math.ceil(each / 4) }

  test(`in ${each} races each way`, () => runAll({ ways: WAYS, each }), TIMEOUT_MS)

  test('with pid locks', () => runAll({ ...few, settings: ['annex.pidlock'] }), TIMEOUT_MS)

  const testSsh = whyNoSshd() === undefined ? test : test.skip

  testSsh(
    'over ssh, to the git-annex-shell of either program',
    async () => {
      const serverOfA = await SshServer.start(scratch, 'ours')
      const serverOfB = await SshServer.start(scratch, 'real')
      try {
        await runAll({ ...few, change: (course) => overSsh(course, [serverOfA, serverOfB]) })
      } finally {
        for (const server of [serverOfA, serverOfB]) server.stop()
      }
    },
    TIMEOUT_MS,
  )
})
