/**
 * What every git command that meets an annexed file pays: starting the program, the filter process
 * for a git that asks nothing, and hooks that find nothing to do.
 */
import { existsSync } from 'node:fs'
import { Scratch } from '../test/support/scratch-repo.js'
import type { Program } from './programs.js'
import type { Table } from './table.js'

const HANDSHAKE =
  '0016git-filter-client\n000eversion=2\n0000' +
  '0015capability=clean\n0016capability=smudge\n0015capability=delay\n0000'

const VERSION = { git: 'git version', 'git-lfs': 'git-lfs version' } as const
const FILTER = { 'git-lfs': 'git-lfs filter-process' } as const
const HOOKS = {
  'post-checkout': ['HEAD', 'HEAD', '1'],
  'pre-commit': [],
  'pre-push': ['origin', '.'],
} as const
const RUNS = 21

interface Case {
  readonly row: string
  readonly program: Program
  readonly argv: readonly string[]
  readonly scratch: Scratch
  readonly input?: string
}

export function measureStartup(programs: readonly Program[], table: Table): void {
  const scratches = programs.map(() => Scratch.make())
  try {
    const cases = programs.flatMap((program, i) => listCases(program, scratches[i]!))
    cases.sort((a, b) => (a.row < b.row ? -1 : a.row > b.row ? 1 : 0))
    for (let run = 0; run <= RUNS; run++)
      for (const { row, program, argv, scratch, input = '' } of cases) {
        const start = process.hrtime.bigint()
        scratch.run(argv, { cwd: scratch.path('r'), program: program.path, input })
        const seconds = Number(process.hrtime.bigint() - start) / 1e9
        // The first run warms the caches of the file system.
        if (run > 0) table.add(row, program.name, { seconds, peakBytes: 0, gitPeakBytes: 0 })
      }
  } finally {
    for (const scratch of scratches) scratch.remove()
  }
}

function listCases(program: Program, scratch: Scratch): Case[] {
  const repo = scratch.repo('r')
  program.setUp(repo)
  repo.run(['git', 'commit', '-q', '--allow-empty', '-m', 'one'], { program: program.path })
  repo.git('remote', 'add', 'origin', repo.dir)
  const annex = program.store === 'annex/objects'
  const version = annex ? 'git-annex version --raw' : VERSION[program.name as 'git' | 'git-lfs']
  const filter = annex ? 'git-annex filter-process' : FILTER[program.name as 'git-lfs']
  const cases: Case[] = [{ row: 'version', program, scratch, argv: version.split(' ') }]
  if (filter) {
    const row = 'filter-process, empty session'
    cases.push({ row, program, scratch, argv: filter.split(' '), input: HANDSHAKE })
  }
  for (const [hook, args] of Object.entries(HOOKS))
    if (existsSync(repo.path('.git/hooks', hook)))
      cases.push({ row: `hook ${hook}`, program, scratch, argv: [`.git/hooks/${hook}`, ...args] })
  return cases
}
