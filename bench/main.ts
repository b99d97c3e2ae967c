/** The command line of the measurements: which programs, which workloads, how often; then tables. */
import { arch, cpus, release, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { Scratch } from '../test/support/scratch-repo.js'
import { measureLives, showTable } from './lives.js'
import { PROGRAMS, type Program, STEPS, type Step } from './programs.js'
import { measureSsh, SSH_PROGRAMS, type SshWorkload } from './ssh.js'
import { measureStartup } from './startup.js'
import { Table } from './table.js'
import type { Workload } from './workload.js'

/** The life of a repository; `annex-add` begins another. */
const LIFE: readonly Step[] = STEPS.filter((step) => step !== 'annex-add')
/** What the filter must look at although it is none of its business. */
const ORDINARY_LIFE: readonly Step[] = ['add', 'commit', 'status-touched', 'checkout']
/** How many more files the table about `git status` has. */
const MANY = 3

const USAGE = `usage: bench/run [options]

Measures plain git, git-lfs, git-annex and ours on the same work in the same run, taking turns, and
prints the median, the range and the peak memory of the largest process. A result is checked before
its time counts.

  --only LIST          of: small, annex-add, ordinary, big, startup, ssh (default: all but ssh)
  --programs LIST      of: ${PROGRAMS.map((program) => program.name).join(', ')} (default: all)
  --files N            files of the workloads of many small files (default: 10000)
  --size SIZE          size of each (default: 4KiB)
  --big SIZE           size of the one file of "big" (default: 1GiB)
  --repeats N          runs of each program (default: 3)
  --annex-repeats N    runs of git-annex on many files, where it is slow (default: 1)
  --ssh-programs LIST  for ssh, of: ${SSH_PROGRAMS.join(', ')} (default: all)
  --until STEP         ends "small" and "big" after this step: ${LIFE.join(', ')}
  --help
`

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  KiB: 2 ** 10,
  MB: 1e6,
  MiB: 2 ** 20,
  GB: 1e9,
  GiB: 2 ** 30,
}

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: 'small,annex-add,ordinary,big,startup' },
    programs: { type: 'string', default: PROGRAMS.map((program) => program.name).join(',') },
    files: { type: 'string', default: '10000' },
    size: { type: 'string', default: '4KiB' },
    big: { type: 'string', default: '1GiB' },
    repeats: { type: 'string', default: '3' },
    'annex-repeats': { type: 'string', default: '1' },
    'ssh-programs': { type: 'string' },
    until: { type: 'string', default: STEPS.at(-1)! },
    help: { type: 'boolean', default: false },
  },
})

if (options.help) process.stdout.write(USAGE)
else await main()

async function main(): Promise<void> {
  const only = new Set(options.only.split(','))
  const names = options.programs.split(',')
  const programs = PROGRAMS.filter((program) => names.includes(program.name))
  const repeats = parseCount(options.repeats)
  const annexRepeats = parseCount(options['annex-repeats'])
  const repeatsOf = ({ name }: Program, { files }: Workload) =>
    name === 'git-annex' && files > 1 ? annexRepeats : repeats
  printMachine(programs)
  const leftovers: Scratch[] = []
  try {
    for (const { title, workload } of workloads().filter(({ name }) => only.has(name)))
      await measureLives(title, workload, { programs, repeatsOf, leftovers })
    if (only.has('startup')) {
      const table = new Table()
      const own = programs.filter(({ name }) => name !== 'coreutils')
      measureStartup(own, table)
      showTable('start-up', table, own)
    }
    if (only.has('ssh')) await measureOverSsh(repeats, annexRepeats)
  } finally {
    for (const scratch of leftovers) scratch.remove()
  }
}

function workloads(): { name: string; title: string; workload: Workload }[] {
  const files = parseCount(options.files)
  const sizeBytes = parseSize(options.size)
  const life = LIFE.slice(0, LIFE.indexOf(parseStep(options.until)) + 1)
  const ordinary = (count: number, steps: readonly Step[]) => ({
    name: 'ordinary',
    title: `${count} ordinary files of ${options.size}, all sent through the filter`,
    workload: { files: count, sizeBytes, steps, isOrdinary: true },
  })
  return [
    {
      name: 'small',
      title: `${files} files of ${options.size}`,
      workload: { files, sizeBytes, steps: life },
    },
    {
      name: 'annex-add',
      title: `git annex add of ${files} files of ${options.size}, beside git add`,
      workload: { files, sizeBytes, steps: ['annex-add'] },
    },
    ordinary(files, ORDINARY_LIFE),
    ordinary(MANY * files, ORDINARY_LIFE.slice(0, -1)),
    {
      name: 'big',
      title: `one file of ${options.big}`,
      workload: { files: 1, sizeBytes: parseSize(options.big), steps: life },
    },
  ]
}

async function measureOverSsh(repeats: number, annexRepeats: number): Promise<void> {
  const table = new Table()
  const repeatsOf: SshWorkload['repeatsOf'] = (name) =>
    name === 'git-annex' ? annexRepeats : repeats
  const [files, sizeBytes] = [parseCount(options.files), parseSize(options.size)]
  const small = { row: `get ${files} × ${options.size}`, files, sizeBytes }
  const big = { row: `get 1 × ${options.big}`, files: 1, sizeBytes: parseSize(options.big) }
  const isWanted = (name: string) =>
    !options['ssh-programs'] || options['ssh-programs'].split(',').includes(name)
  for (const workload of [small, big]) {
    const programs = SSH_PROGRAMS.filter(
      (name) => isWanted(name) && (name !== 'scp' || workload.files === 1),
    )
    await measureSsh({ ...workload, programs, repeatsOf }, table)
  }
  console.log(`\n## over ssh\n\n${table.format(SSH_PROGRAMS)}`)
}

function printMachine(programs: readonly Program[]): void {
  const scratch = Scratch.make()
  const versions = programs.map(({ version }) => {
    const { stdout } = scratch.run(['sh', '-c', version], { program: 'real' })
    return stdout.trim()
  })
  scratch.remove()
  const cpu = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  console.log(`${cpu.length} × ${cpu[0]?.model}, ${memory}, ${release()} ${arch()}`)
  console.log(programs.map(({ name }, i) => `${name}: ${versions[i]}`).join('\n'))
}

function parseStep(text: string): Step {
  const step = LIFE.find((name) => name === text)
  if (!step) throw new Error(`Unknown step ${text}; known: ${LIFE.join(', ')}`)
  return step
}

function parseCount(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`Not a count: ${text}`)
  return Number(text)
}

function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-zA-Z]*)$/.exec(text)
  const unit = UNITS[match?.[2] ?? 'no']
  if (!match || unit === undefined) throw new Error(`Not a size: ${text}`)
  return Math.floor(Number(match[1]) * unit)
}
