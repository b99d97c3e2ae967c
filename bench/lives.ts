/** Runs a workload with each program, taking turns, and prints the table. */
import { Scratch } from '../test/support/scratch-repo.js'
import { type Program, STEPS, type Step } from './programs.js'
import { Table } from './table.js'
import { runLife, takesPart, type Workload } from './workload.js'

export interface LivesOptions {
  readonly programs: readonly Program[]
  readonly repeatsOf: (program: Program, workload: Workload) => number
  /** Gets what is to be removed when everything is measured; see `FileSet.moveAway`. */
  readonly leftovers: Scratch[]
}

/** Measures one workload. */
export async function measureLives(
  title: string,
  workload: Workload,
  { programs, repeatsOf, leftovers }: LivesOptions,
): Promise<void> {
  const taking = programs.filter((program) => takesPart(program, workload))
  const repeats = taking.map((program) => repeatsOf(program, workload))
  const table = new Table(STEPS)
  for (let run = 1; run <= Math.max(0, ...repeats); run++)
    for (const [i, program] of taking.entries()) {
      if (run > repeats[i]!) continue
      const scratch = Scratch.make()
      leftovers.push(scratch)
      await measureLife({ scratch, program, workload, run }, table)
      // One file is 5 GiB of copies, but few inodes.
      if (workload.files === 1) leftovers.pop()?.remove()
    }
  showTable(title, table, taking)
}

interface Life {
  readonly scratch: Scratch
  readonly program: Program
  readonly workload: Workload
  readonly run: number
}

async function measureLife({ scratch, program, workload, run }: Life, table: Table): Promise<void> {
  let last: Step | undefined
  try {
    await runLife(scratch, { program, workload }, (step, sample) => {
      last = step
      table.add(step, program.name, sample)
      process.stderr.write(`${program.name} ${run} ${step} ${sample.seconds.toFixed(3)}\n`)
    })
  } catch (error) {
    const failed = nextStep(program, workload, last)
    table.fail(failed, program.name)
    process.stderr.write(`${program.name} ${run} ${failed} failed: ${String(error)}\n`)
  }
}

/** The step that was under way when a run ended after `last`. */
function nextStep({ lines }: Program, { steps }: Workload, last: Step | undefined): Step {
  const done = last === undefined ? 0 : steps.indexOf(last) + 1
  return steps.slice(done).find((step) => lines[step] !== undefined) ?? steps[0]!
}

/** Prints a table under its title. */
export function showTable(title: string, table: Table, programs: readonly Program[]): void {
  console.log(`\n## ${title}\n\n${table.format(programs.map((program) => program.name))}`)
}
