/**
 * One life of a repository, step by step: added, committed, looked at, restored, cloned, dropped.
 * A step's result is checked before its time counts; a failed check ends that life.
 */
import { existsSync, readdirSync } from 'node:fs'
import { Scratch, type ScratchRepo } from '../test/support/scratch-repo.js'
import { FileSet } from './file-set.js'
import { measure, type Sample, settle } from './measure.js'
import { type Program, STEPS, type Step } from './programs.js'

export interface Workload {
  readonly files: number
  readonly sizeBytes: number
  /** The last step that is of interest; those before it are needed to come to it. */
  readonly until: Step
}

const WHEREIS = /^whereis .* \(2 copies\)/

export type OnSample = (step: Step, sample: Sample) => void

/**
 * Runs the steps of a workload in a fresh repository.
 * @throws Error when a step failed, or did not do what it says
 */
export function runLife(program: Program, workload: Workload, onSample: OnSample): void {
  const scratch = Scratch.make()
  try {
    const life = new Life(scratch, program, workload)
    for (const step of STEPS.slice(0, STEPS.indexOf(workload.until) + 1)) {
      const sample = life.run(step)
      if (sample) onSample(step, sample)
    }
  } finally {
    scratch.remove()
  }
}

class Life {
  readonly #scratch: Scratch
  readonly #program: Program
  readonly #files: FileSet
  readonly #source: ScratchRepo
  readonly #clone: ScratchRepo

  constructor(scratch: Scratch, program: Program, { files, sizeBytes }: Workload) {
    this.#scratch = scratch
    this.#program = program
    this.#source = scratch.repo('source')
    this.#clone = scratch.open('clone')
    program.setUp(this.#source)
    this.#files = new FileSet(files, sizeBytes)
    this.#files.write(this.#source.dir)
  }

  run(step: Step): Sample | undefined {
    const line = this.#program.lines[step]
    if (line === undefined) return undefined
    this.#before(step, line)
    settle()
    const measured = measure(line, this.#place(step))
    this.#check(step, measured.stdout)
    return measured
  }

  #place(step: Step) {
    const late = STEPS.indexOf(step) - STEPS.indexOf('clone-get')
    const cwd = late < 0 ? this.#source.dir : late === 0 ? this.#scratch.dir : this.#clone.dir
    return { scratch: this.#scratch, program: this.#program.path, cwd }
  }

  #before(step: Step, line: string): void {
    if (step === 'status-touched') this.#files.touch(this.#source.dir)
    if (step === 'checkout') this.#files.remove(this.#source.dir)
    // The first one has something to do.
    if (step === 'sync') measure(line, this.#place(step))
  }

  #check(step: Step, stdout: string): void {
    const { paths } = this.#files
    if (step === 'add') this.#checkStored(this.#source)
    if (step === 'commit') expectCount('committed files', this.#committed(), paths.length)
    if (step.startsWith('status')) expectCount('changed files', countLines(stdout), 0)
    if (step === 'checkout') this.#files.verify(this.#source.dir)
    if (step === 'clone-get') this.#files.verify(this.#clone.dir)
    if (step === 'find') expectCount('files', countLines(stdout, /\.dat$/), paths.length)
    if (step === 'whereis') expectCount('files', countLines(stdout, WHEREIS), paths.length)
    if (step === 'drop') expectCount('objects', countObjects(this.#clone, this.#program), 0)
  }

  #checkStored(repo: ScratchRepo): void {
    const { paths } = this.#files
    const { store, pointer } = this.#program
    if (store === undefined || pointer === undefined) return
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
