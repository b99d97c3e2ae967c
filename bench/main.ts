/** The command line of the measurements: which programs, which workloads, how often; then tables. */
import { arch, cpus, release, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { Scratch } from '../test/support/scratch-repo.js'
import { PROGRAMS, type Program, STEPS, type Step } from './programs.js'
import { measureSsh, SSH_PROGRAMS, type SshWorkload } from './ssh.js'
import { measureStartup } from './startup.js'
import { Table } from './table.js'
import { runLife, type Workload } from './workload.js'

const USAGE = `usage: bench/run [options]

Measures plain git, git-lfs, git-annex and ours on the same work in the same run, taking turns, and
prints the median, the range and the peak memory of the largest process. A result is checked before
its time counts.

  --only LIST          of: small, big, startup, ssh (default: all but ssh)
  --programs LIST      of: ${PROGRAMS.map((program) => program.name).join(', ')} (default: all)
  --files N            files of the workload "small" (default: 10000)
  --size SIZE          size of each (default: 4KiB)
  --big SIZE           size of the one file of "big" (default: 1GiB)
  --repeats N          runs of each program (default: 3)
  --annex-repeats N    runs of git-annex on "small", where it is slow (default: 1)
  --ssh-programs LIST  for ssh, of: ${SSH_PROGRAMS.join(', ')} (default: all)
  --until STEP         stops each run after this step: ${STEPS.join(', ')}
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
    only: { type: 'string', default: 'small,big,startup' },
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
  const until = parseStep(options.until)
  const files = parseCount(options.files)
  const sizeBytes = parseSize(options.size)
  const repeats = parseCount(options.repeats)
  printMachine(programs)
  if (only.has('small')) {
    const workload = { files, sizeBytes, until }
    const annexRepeats = parseCount(options['annex-repeats'])
    const repeatsOf = ({ name }: Program) => (name === 'git-annex' ? annexRepeats : repeats)
    show(`${files} files of ${options.size}`, measureLives(programs, workload, repeatsOf), programs)
  }
  if (only.has('big')) {
    const workload = { files: 1, sizeBytes: parseSize(options.big), until }
    show(
      `one file of ${options.big}`,
      measureLives(programs, workload, () => repeats),
      programs,
    )
  }
  if (only.has('startup')) {
    const table = new Table()
    measureStartup(programs, table)
    show('start-up', table, programs)
  }
  if (only.has('ssh')) await measureOverSsh(repeats, parseCount(options['annex-repeats']))
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

function measureLives(
  programs: readonly Program[],
  workload: Workload,
  repeatsOf: (program: Program) => number,
): Table {
  const table = new Table(STEPS)
  const most = Math.max(...programs.map(repeatsOf))
  for (let run = 1; run <= most; run++)
    for (const program of programs) {
      if (run > repeatsOf(program)) continue
      let last: Step | undefined
      try {
        runLife(program, workload, (step, sample) => {
          last = step
          table.add(step, program.name, sample)
          process.stderr.write(`${program.name} ${run} ${step} ${sample.seconds.toFixed(3)}\n`)
        })
      } catch (error) {
        const failed = nextStep(program, last)
        table.fail(failed, program.name)
        process.stderr.write(`${program.name} ${run} ${failed} failed: ${String(error)}\n`)
      }
    }
  return table
}

/** The step that was under way when a run ended after `last`. */
function nextStep({ lines }: Program, last: Step | undefined): Step {
  const done = last === undefined ? 0 : STEPS.indexOf(last) + 1
  return STEPS.slice(done).find((step) => lines[step] !== undefined) ?? STEPS[0]
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

function show(title: string, table: Table, programs: readonly Program[]): void {
  console.log(`\n## ${title}\n\n${table.format(programs.map((program) => program.name))}`)
}

function parseStep(text: string): Step {
  const step = STEPS.find((name) => name === text)
  if (!step) throw new Error(`Unknown step ${text}; known: ${STEPS.join(', ')}`)
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
