/**
 * One life of a repository, step by step: added, committed, looked at, restored, cloned, dropped.
 * A step's result is checked before its time counts; a failed check ends that life.
 *
 * Of many small files nothing is removed before the last life is over, see `FileSet.moveAway`.
 */
import { existsSync, readdirSync } from 'node:fs'
import type { Scratch, ScratchRepo } from '../test/support/scratch-repo.js'
import { FileSet } from './file-set.js'
import { measure, type Sample, settle } from './measure.js'
import type { Program, Step } from './programs.js'

export interface Workload {
  readonly files: number
  readonly sizeBytes: number
  /** In order; each builds on those before it. */
  readonly steps: readonly Step[]
  /** The files go into git itself, through a filter that would take others. */
  readonly isOrdinary?: boolean
}

/** Whether a program takes part in a workload. */
export function takesPart(program: Program, { isOrdinary, files, steps }: Workload): boolean {
  if (isOrdinary && !program.setUpOrdinary) return false
  if (program.name === 'coreutils' && files > 1) return false
  return steps.some((step) => program.lines[step] !== undefined)
}

const WHEREIS = /^whereis .* \(2 copies\)/

export type OnSample = (step: Step, sample: Sample) => void

/**
 * Runs the steps of a workload in a fresh repository.
 * @param scratch empty; the caller removes it
 * @throws Error when a step failed, or did not do what it says
 */
export async function runLife(
  scratch: Scratch,
  { program, workload }: { program: Program; workload: Workload },
  onSample: OnSample,
): Promise<void> {
  const life = new Life(scratch, program, workload)
  for (const step of workload.steps) {
    const sample = await life.run(step)
    if (sample) onSample(step, sample)
  }
}

/** Steps that make a clone, and its directory. */
const CLONES: Readonly<Partial<Record<Step, string>>> = {
  'clone-get': 'clone',
  'clone-autoget': 'clone2',
}
/** Steps in the first clone. */
const IN_CLONE: ReadonlySet<Step> = new Set(['find', 'whereis', 'sync', 'drop'])

class Life {
  readonly #scratch: Scratch
  readonly #program: Program
  readonly #files: FileSet
  readonly #source: ScratchRepo
  readonly #clone: ScratchRepo
  readonly #isOrdinary: boolean

  constructor(scratch: Scratch, program: Program, workload: Workload) {
    const { files, sizeBytes, isOrdinary = false } = workload
    this.#scratch = scratch
    this.#program = program
    this.#source = scratch.repo('source')
    this.#clone = scratch.open('clone')
    this.#isOrdinary = isOrdinary
    if (isOrdinary) program.setUpOrdinary?.(this.#source)
    else program.setUp(this.#source)
    this.#files = new FileSet(files, sizeBytes)
    this.#files.write(this.#source.dir)
  }

  async run(step: Step): Promise<Sample | undefined> {
    const line = this.#program.lines[step]
    if (line === undefined) return undefined
    await this.#before(step, line)
    settle()
    const measured = await measure(line, this.#place(step))
    this.#check(step, measured.stdout)
    return measured
  }

  #place(step: Step) {
    const repo = IN_CLONE.has(step) ? this.#clone : this.#source
    const cwd = step in CLONES ? this.#scratch.dir : repo.dir
    return { scratch: this.#scratch, program: this.#program.path, cwd }
  }

  async #before(step: Step, line: string): Promise<void> {
    if (step === 'status-touched') this.#files.touch(this.#source.dir)
    if (step === 'checkout') this.#files.moveAway(this.#source.dir, this.#scratch.path('trash'))
    // The first one has something to do.
    if (step === 'sync') await measure(line, this.#place(step))
  }

  #check(step: Step, stdout: string): void {
    const { paths } = this.#files
    if (step.endsWith('add')) this.#checkStored(this.#source)
    if (step === 'commit') expectCount('committed files', this.#committed(), paths.length)
    if (step.startsWith('status')) expectCount('changed files', countLines(stdout), 0)
    if (step === 'checkout') this.#files.verify(this.#source.dir)
    const clone = CLONES[step]
    if (clone !== undefined) this.#files.verify(this.#scratch.path(clone))
    if (step === 'find') expectCount('files', countLines(stdout, /\.dat$/), paths.length)
    if (step === 'whereis') expectCount('files', countLines(stdout, WHEREIS), paths.length)
    if (step === 'drop') expectCount('objects', countObjects(this.#clone, this.#program), 0)
  }

  #checkStored(repo: ScratchRepo): void {
    const { paths } = this.#files
    const { store, pointer } = this.#program
    if (store === undefined || pointer === undefined || this.#isOrdinary) return
    expectCount('objects', countObjects(repo, this.#program), paths.length)
    const staged = repo.git('cat-file', 'blob', `:${paths.at(-1)}`).stdout
    if (!staged.startsWith(pointer)) throw new Error(`git add staged no pointer: ${staged}`)
  }

  #committed(): number {
    return countLines(this.#source.git('ls-tree', '-r', '--name-only', 'HEAD').stdout, /\.dat$/)
  }
}

function countLines(text: string, pattern = /./): number {
  return text.split('\n').filter((line) => pattern.test(line)).length
}

function countObjects(repo: ScratchRepo, { store }: Program): number {
  const dir = repo.path('.git', store ?? 'objects')
  if (!existsSync(dir)) return 0
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).length
}

function expectCount(what: string, found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${found} ${what} instead of ${wanted}`)
}
