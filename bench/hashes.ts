/**
 * How fast each hash backend is: ours in Bun (what is shipped) and in Node, coreutils' `…sum`, and
 * the Haskell git-annex, on one file that is in the page cache. GB/s, median of the runs.
 *
 * Decides which implementation serves a hash (src/backends/digest.ts). Peers are timed with their
 * start, ours without, which is about 0.05 s of 512 MB. Every digest is checked against the peers'.
 *
 * Run by hand: `npx bun run bench/hashes.ts [--mb=512] [--runs=3] [BACKEND …]`.
 */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { backendNames, findBackend } from '../src/backends/registry.js'
import { PROJECT, Scratch, type ScratchRepo, someBytes } from '../test/support/scratch-repo.js'

const BUN = process.execPath
const COLUMNS = ['Bun', 'Node', 'coreutils', 'git-annex'] as const
type Column = (typeof COLUMNS)[number]

interface Result {
  readonly seconds: number
  readonly digestHex: string
}

const option = (name: string, fallback: number): number => {
  const given = process.argv.find((word) => word.startsWith(`--${name}=`))
  return given ? Number(given.split('=')[1]) : fallback
}

/** The program of coreutils for a backend, where there is one. */
function coreutils(name: string): string[] | undefined {
  const blake2b = /^BLAKE2B(\d+)$/.exec(name)
  if (blake2b) return ['b2sum', '-l', blake2b[1]!]
  return /^(MD5|SHA\d+)$/.test(name) ? [`${name.toLowerCase()}sum`] : undefined
}

class Bench {
  readonly #repo: ScratchRepo
  readonly #file: string
  readonly #bundle: string

  constructor(scratch: Scratch, megabytes: number) {
    this.#repo = scratch.repo('r')
    this.#repo.realAnnex('init', '-q')
    this.#file = this.#repo.path('file')
    const megabyte = someBytes(1e6)
    writeFileSync(this.#file, '')
    for (let i = 0; i < megabytes; i++) writeFileSync(this.#file, megabyte, { flag: 'a' })
    this.#bundle = scratch.path('hash-file.mjs')
    const source = join(PROJECT, 'bench/hash-file.ts')
    scratch.run([BUN, 'build', source, '--target=node', `--outfile=${this.#bundle}`])
  }

  /** Hashes the file once. Undefined where the program has no such hash. */
  run(column: Column, name: string): Result | undefined {
    const sum = coreutils(name)
    switch (column) {
      case 'Bun':
        return this.#ours(BUN, name)
      case 'Node':
        return this.#ours('node', name)
      case 'coreutils':
        return sum && this.#peer([...sum, this.#file], /^\\?([0-9a-f]+)/)
      case 'git-annex':
        if (name.startsWith('X')) return undefined
        return this.#peer(['git-annex', 'calckey', `--backend=${name}`, 'file'], /--([0-9a-f]+)/)
    }
  }

  #ours(runtime: string, name: string): Result {
    return JSON.parse(this.#repo.run([runtime, this.#bundle, name, this.#file]).stdout)
  }

  #peer(argv: readonly string[], digest: RegExp): Result {
    const start = performance.now()
    const { stdout } = this.#repo.run(argv, { program: 'real' })
    return { seconds: (performance.now() - start) / 1000, digestHex: digest.exec(stdout)![1]! }
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}

/** One row: all programs in turn, several times. Throws when they do not agree. */
function measure(bench: Bench, name: string, runs: number): Map<Column, number[]> {
  const seconds = new Map<Column, number[]>()
  const digests = new Set<string>()
  for (let run = 0; run < runs; run++)
    for (const column of COLUMNS) {
      const result = bench.run(column, name)
      if (!result) continue
      digests.add(result.digestHex)
      seconds.set(column, [...(seconds.get(column) ?? []), result.seconds])
    }
  if (digests.size !== 1) throw new Error(`${name}: digests differ: ${[...digests].join(' ')}`)
  return seconds
}

const megabytes = option('mb', 512)
const runs = option('runs', 3)
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const names = backendNames().filter((name) => {
  const backend = findBackend(name)!
  return backend.digest && !backend.takesExtension && (!wanted.length || wanted.includes(name))
})

const scratch = Scratch.make()
try {
  const bench = new Bench(scratch, megabytes)
  console.log(`GB/s of ${megabytes} MB, median of ${runs}, ${cpus()[0]!.model}\n`)
  console.log(`| backend     | ${COLUMNS.map((column) => column.padEnd(9)).join(' | ')} |`)
  console.log(`| ----------- |${COLUMNS.map(() => ' --------: |').join('')}`)
  for (const name of names) {
    const seconds = measure(bench, name, runs)
    const cells = COLUMNS.map((column) => {
      const values = seconds.get(column)
      return (values ? (megabytes / 1000 / median(values)).toFixed(2) : '–').padStart(9)
    })
    console.log(`| ${name.padEnd(11)} | ${cells.join(' | ')} |`)
  }
} finally {
  scratch.remove()
}
