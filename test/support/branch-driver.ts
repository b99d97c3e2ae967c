/**
 * Drives one AnnexBranch from outside, under Bun: locks need the runtime of the executable.
 * Arguments: the repository, then a JSON list of steps `[method, …arguments]`. Prints the results of
 * all steps as a JSON list; maps and iterators become lists.
 */
import { AnnexBranch, type BranchOptions } from '../../src/branch/branch.js'
import { openRepositoryAt } from '../../src/git/repository.js'
import type { Difference } from '../../src/model/logs/difference-log.js'
import { parseClock } from '../../src/model/vector-clock.js'

interface Options {
  clock?: string
  privateUuids?: string[]
  differences?: Difference[]
}

const [dir, stepsJson, optionsJson = '{}'] = process.argv.slice(2)
const { clock, privateUuids, differences } = JSON.parse(optionsJson) as Options
const options: BranchOptions = {
  ...(clock !== undefined && { clock: parseClock(clock)! }),
  ...(privateUuids && { privateUuids: new Set(privateUuids) }),
  ...(differences && { differences: new Set(differences) }),
}
const branch = new AnnexBranch(openRepositoryAt(dir!)!, options)

type Method = (...args: unknown[]) => unknown
const methods = branch as unknown as Record<string, Method>

function plain(value: unknown): unknown {
  if (value === undefined) return null
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (Symbol.iterator in value) return [...(value as Iterable<unknown>)].map(plain)
  return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, plain(v)]))
}

const results = (JSON.parse(stepsJson!) as [string, ...unknown[]][]).map(([name, ...args]) => {
  // Long loops inside one process: ['repeat', count, method, ...arguments with # for the number].
  if (name !== 'repeat') return plain(methods[name]!.call(branch, ...args))
  const [count, method, ...rest] = args as [number, string, ...unknown[]]
  for (let i = 0; i < count; i++) {
    const numbered = rest.map((arg) => (typeof arg === 'string' ? arg.replace('#', `${i}`) : arg))
    methods[method]!.call(branch, ...numbered)
  }
  return null
})
process.stdout.write(JSON.stringify(results))
