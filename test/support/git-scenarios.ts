/**
 * What a user does with git in an annex, as a table of shell lines: each line runs in a fresh copy of
 * one repository, and afterwards the contents must be right, what git has must be pointers, and
 * `git status` must say what it should without starting the filter once more.
 *
 * Every scenario has a small annexed file, which the filter answers to git, and a large one, which it
 * puts in place itself (`annex.smudge-inline-max` is 10 kB).
 */
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from '@jest/globals'
import { expectContent } from './expect.js'
import { GITS, type Git, isSince, MISSING_GITS } from './gits.js'
import { Scratch, ScratchRepo, someBytes } from './scratch-repo.js'

export interface Scenario {
  /** What the user does; the name of the test. */
  readonly name: string
  /** Shell code run in the repository; `put CONTENT FILE` writes a file. */
  readonly run: string
  /** Files and the contents they must have; default: those of the last commit. */
  readonly has?: Readonly<Record<string, string>>
  /** What `git status --porcelain` must say; default: nothing. */
  readonly status?: readonly string[]
  /** A directory below the repository to look at instead. */
  readonly in?: string
  /** The oldest git that can do this. */
  readonly since?: string
  /** Git itself may look at files again, through the filter. Says why. */
  readonly mayFilter?: string
}

const HAS = { small: 'small2', large: 'large2' }
/**
 * `calm STATUS`: git status says so (default: nothing) and starts no filter. `is A B`: they are equal.
 * `put` keeps the old date of the content, so that no file is young enough to be racy.
 */
const PRELUDE = `
put() { mkdir -p "$(dirname -- "$2")"; cp -p "$CONTENTS/$1" "./$2"; }
commit() { git add -A; git commit -qm "$1"; }
calm() {
  rm -f "$CONTENTS/../calm"
  GIT_TRACE="$CONTENTS/../calm" git status --porcelain >"$CONTENTS/../said"
  is "$(cat "$CONTENTS/../said")" "\${1-}"
  is "$(grep -c 'run_command:.*filter-process' "$CONTENTS/../calm")" 0
}
is() { [ "$1" = "$2" ] || { echo "found: $1" >&2; echo "wanted: $2" >&2; return 1; }; }
`
const YEAR_2001 = 1_000_000_000
let count = 0

/**
 * Declares a test for each scenario and each git that is here.
 * @param gits only those; the machine's own where versions hardly matter
 */
export function testScenarios(title: string, scenarios: readonly Scenario[], gits = GITS): void {
  describe.each(gits)(`${title}, $name${MISSING_GITS}:`, (git) => {
    const scratch = Scratch.make(git.env)
    afterAll(() => scratch.remove())
    let template: ScratchRepo | undefined

    for (const scenario of scenarios) {
      const declare = isSince(git, scenario.since ?? '2.0') ? test : test.skip
      declare(scenario.name, () => {
        template ??= makeTemplate(scratch, git)
        play(copyOf(template), scenario)
      })
    }
  })
}

function play(repo: ScratchRepo, scenario: Scenario): void {
  repo.run(['sh', '-ec', PRELUDE + scenario.run], { env: { CONTENTS: repo.scratch.path('c') } })
  const place =
    scenario.in === undefined ? repo : new ScratchRepo(repo.scratch, repo.path(scenario.in))
  expectState(place, scenario)
}

function expectState(repo: ScratchRepo, { has = HAS, status = [], mayFilter }: Scenario): void {
  const paths = Object.keys(has)
  for (const [path, content] of Object.entries(has))
    expectContent(repo, path, readFileSync(repo.scratch.path('c', content)))
  const trace = repo.scratch.path('trace')
  rmSync(trace, { force: true })
  const said = repo.run(['git', 'status', '--porcelain'], { env: { GIT_TRACE: trace } }).stdout
  expect(said.split('\n').slice(0, -1)).toEqual(status)
  if (mayFilter === undefined) expect(filterStarts(trace)).toBe(0)
  // Git has pointers, never contents.
  for (const path of paths)
    expect(repo.git('cat-file', 'blob', `:${path}`).stdout).toMatch(/^\/annex\/objects\/[^\n]+\n$/)
}

/** How often git starts the filter, by its trace. */
function filterStarts(trace: string): number {
  return readFileSync(trace, 'utf8').match(/run_command:.*filter-process/g)?.length ?? 0
}

function copyOf(template: ScratchRepo): ScratchRepo {
  const dir = template.scratch.path(`s${count++}`, 'repo')
  mkdirSync(template.scratch.path(`s${count - 1}`))
  template.scratch.run(['cp', '-a', template.dir, dir])
  const repo = new ScratchRepo(template.scratch, dir)
  // The files have other inodes now.
  repo.git('update-index', '-q', '--refresh')
  return repo
}

/**
 * `main` has two commits, `side` and `clash` one each beside the second of `main`: `side` adds files,
 * `clash` changes those that `main` has changed.
 */
function makeTemplate(scratch: Scratch, git: Git): ScratchRepo {
  mkdirSync(scratch.path('c'))
  for (let i = 0; i < 10; i++) {
    writeContent(scratch, `small${i}`, someBytes(3000 + i, 1 + i))
    writeContent(scratch, `large${i}`, someBytes(40_000 + i, 100 + i))
    writeContent(
      scratch,
      `text${i}`,
      Array.from({ length: 9 }, (_, n) => `line ${n === 4 ? -i : n}\n`).join(''),
    )
  }
  const repo = scratch.repo('template')
  repo.annex('init', '-q', git.name)
  const settings = { 'annex.largefiles': 'largerthan=1kb', 'annex.smudge-inline-max': '10kB' }
  for (const [name, value] of Object.entries(settings)) repo.git('config', name, value)
  const code = `
    put small1 small; put large1 large; put text1 text; put small5 dir/small; put large5 dir/large
    commit one
    git checkout -qb side; put small6 side-small; put large6 side-large; commit side
    git checkout -qb clash main; put small8 small; put large8 large; commit clash
    git checkout -q main; put small2 small; put large2 large; commit two`
  repo.run(['sh', '-ec', PRELUDE + code], { env: { CONTENTS: scratch.path('c') } })
  return repo
}

function writeContent(scratch: Scratch, name: string, content: string | Uint8Array): void {
  const path = scratch.path('c', name)
  writeFileSync(path, content)
  utimesSync(path, YEAR_2001, YEAR_2001)
}
