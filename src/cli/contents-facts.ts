/** What `info` says about the annexed files of a directory or tree. */
import type { Bytes } from '../model/bytes.js'
import { presentItems } from '../model/logs/presence.js'
import type { Uuid } from '../model/uuid.js'
import { trustOf } from '../policy/trust.js'
import type { Annex } from './annex.js'
import { CopiesPolicy } from './drop-context.js'
import { type Fact, KeyTally, listFact, type ShowSize, showSum } from './facts.js'
import type { RepositoryNames } from './repository-list.js'

/** An annexed file. */
export interface CountedFile {
  readonly keyText: Bytes
  /** Relative to the top of the work tree. */
  readonly path: Bytes
}

export interface ContentsQuestion {
  readonly files: Iterable<CountedFile>
  /** What the files are in: `working tree` or `tree`. */
  readonly place: string
  readonly names: RepositoryNames
  readonly show: ShowSize
  /** Leaves out what needs the location logs. */
  readonly isFast: boolean
  /** Compares copies with numcopies; only for files of the work tree. */
  readonly withNumcopies: boolean
}

/** Says how many files there are, how big they are, and who has them. */
export function* contentsFacts(annex: Annex, question: ContentsQuestion): Iterable<Fact> {
  const { place, show, isFast } = question
  const all = new KeyTally()
  const present = new KeyTally()
  const files = [...question.files]
  for (const { keyText } of files) {
    all.add(keyText)
    if (annex.store.has(keyText)) present.add(keyText)
  }
  yield { name: 'local annex keys', json: present.count }
  yield { name: 'local annex size', json: present.showSize(show) }
  yield { name: `annexed files in ${place}`, json: all.count }
  yield { name: `size of annexed files in ${place}`, json: all.showSize(show) }
  if (!isFast) yield* copiesFacts(annex, question, files)
}

function* copiesFacts(
  annex: Annex,
  { names, show, withNumcopies }: ContentsQuestion,
  files: readonly CountedFile[],
): Iterable<Fact> {
  const holders = new Map<Uuid, KeyTally>()
  const surplus = new Map<number, number>()
  const policy = new CopiesPolicy(annex, { numcopies: undefined, mincopies: undefined })
  for (const [{ keyText, path }, locations] of withLocations(annex, files)) {
    const alive = locations.filter((uuid) => trustOf(uuid, annex.trust) !== 'dead')
    for (const uuid of alive) {
      const tally = holders.get(uuid) ?? new KeyTally()
      tally.add(keyText)
      holders.set(uuid, tally)
    }
    if (!withNumcopies) continue
    const counted = alive.filter((uuid) => trustOf(uuid, annex.trust) !== 'untrusted')
    const difference = counted.length - policy.neededForFile(path).numcopies
    surplus.set(difference, (surplus.get(difference) ?? 0) + 1)
  }
  yield surplusFact(surplus)
  yield holdersFact(holders, names, show)
  let combined = 0n
  let unknown = 0
  for (const { sizeBytes, unknownSizes } of holders.values()) {
    combined += sizeBytes
    unknown += unknownSizes
  }
  const json = showSum(combined, unknown, show)
  yield { name: 'combined size of repositories containing these files', json }
}

/** The repositories that have each file's content; the logs are read together. */
function* withLocations(
  { branch }: Annex,
  files: readonly CountedFile[],
): Iterable<[file: CountedFile, locations: Uuid[]]> {
  const logs = branch.readMany(new Set(files.map(({ keyText }) => branch.logPath(keyText))))
  for (const file of files) yield [file, presentItems(logs.get(branch.logPath(file.keyText)) ?? '')]
}

/** How many files have how many copies more (or fewer) than wanted; most copies first. */
function surplusFact(surplus: ReadonlyMap<number, number>): Fact {
  const json = [...surplus]
    .sort(([a], [b]) => b - a)
    .map(([difference, count]) => [difference < 0 ? `${difference}` : `+${difference}`, count])
  const lines = json.map(([difference, count]) => `\n\tnumcopies ${difference}: ${count}`)
  return { name: 'numcopies stats', json, text: lines.join('') }
}

function holdersFact(
  holders: ReadonlyMap<Uuid, KeyTally>,
  names: RepositoryNames,
  show: ShowSize,
): Fact {
  const sorted = [...holders].sort(([, a], [, b]) => Number(b.sizeBytes - a.sizeBytes))
  const sizes = sorted.map(([, { sizeBytes }]) => show(sizeBytes, 'short'))
  const width = Math.max(0, ...sizes.map((size) => size.length))
  const lines = sorted.map(([uuid], i) => `\t${sizes[i]!.padStart(width)}: ${names.line(uuid)}`)
  return listFact(
    'repositories containing these files',
    sorted.map(([uuid], i) => ({ ...names.object(uuid), size: sizes[i] })),
    lines.join('\n '),
  )
}
