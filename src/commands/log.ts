/** `git annex log [PATH …]`: when contents came to repositories and went from them. */
import {
  keyOfChange,
  type LoggedChange,
  readHistory,
  readVersions,
} from '../branch/location-history.js'
import type { Annex } from '../cli/annex.js'
import { type Action, type Command, jsonOptions } from '../cli/command.js'
import { getNamedRepository } from '../cli/named-repository.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { type Found, seek, seekOptions } from '../cli/seek.js'
import { sizeLines } from '../cli/size-history.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { presentItems } from '../model/logs/presence.js'
import type { Uuid } from '../model/uuid.js'

const { 'batch-keys': _, ...keyOptions } = seekOptions

const options = {
  ...jsonOptions,
  ...keyOptions,
  since: { type: 'string', value: 'DATE', summary: 'only what was committed since' },
  after: { type: 'string', value: 'DATE', summary: 'the same' },
  until: { type: 'string', value: 'DATE', summary: 'only what was committed until then' },
  before: { type: 'string', value: 'DATE', summary: 'the same' },
  'max-count': { type: 'number', value: 'N', summary: 'only the last N changes of each' },
  'raw-date': { type: 'boolean', summary: 'dates as seconds since 1970' },
  gource: { type: 'boolean', summary: 'in the format of gource' },
  sizesof: { type: 'string', value: 'REPOSITORY', summary: 'how much a repository held' },
  sizes: { type: 'boolean', summary: 'how much each repository held, as CSV' },
  totalsizes: { type: 'boolean', summary: 'how much all repositories held together' },
  interval: { type: 'duration', value: 'TIME', summary: 'least time between two sizes' },
  received: { type: 'boolean', summary: 'sizes of what came, instead' },
  gnuplot: { type: 'boolean', summary: 'draw the sizes with gnuplot' },
  bytes: { type: 'boolean', summary: 'sizes as numbers of bytes' },
} as const

const DATE_FORMAT = '%a, %d %b %Y %H:%M:%S %Z'

type Given = Parameters<typeof log.run>[1]['options']

export const log: Command<typeof options, 'annex'> = {
  name: 'log',
  section: 'query',
  summary: 'shows when contents came and went',
  usage: '[PATH …]',
  needs: 'annex',
  matching: true,
  options,
  async *run(annex, args) {
    const given = args.options
    // What other clones have recorded is merged, what is pending committed: only commits have dates.
    annex.mergeBranches()
    annex.branch.commit()
    const names = await RepositoryNames.read(annex)
    const { sizes, totalsizes, sizesof } = given
    if (sizes || totalsizes || sizesof !== undefined) {
      const of =
        sizesof !== undefined ? getNamedRepository(names, sizesof) : sizes ? 'all' : 'total'
      yield sizesAction(annex, given, of)
      return
    }
    const show = new ChangeShower(names, given)
    if (given.all && args.matching.length === 0) yield* showAll(annex, given, show)
    else
      yield* showChosen(
        annex,
        [...seek(annex, args)].flatMap((found) => found ?? []),
        { given, show },
      )
  },
}

/** The newest changes first, whatever key they are of. */
function* showAll(annex: Annex, given: Given, show: ChangeShower): Iterable<Action> {
  const { 'max-count': count } = given
  const args = [...dateArgs(given), ...(count === undefined ? [] : [`--max-count=${count}`])]
  const changes = [...readHistory(annex.repository, { args, dateFormat: DATE_FORMAT })]
  const contentOf = readVersions(annex.repository, changes)
  for (const change of changes) {
    const keyText = keyOfChange(change)
    if (keyText === undefined) continue
    const [before, after] = [contentOf(change.from), contentOf(change.to)].map(presentItems)
    yield* show.difference({ change, before: before!, after: after! }, { file: null, keyText })
  }
}

/** Thing by thing; what a version is compared with is the one before it of that key. */
function* showChosen(
  annex: Annex,
  chosen: readonly Found[],
  { given, show }: { given: Given; show: ChangeShower },
): Iterable<Action> {
  const { branch, repository } = annex
  const paths = chosen.map(({ keyText }) => branch.logPath(keyText))
  const byPath = new Map<Bytes, LoggedChange[]>()
  const question = { paths, args: dateArgs(given), dateFormat: DATE_FORMAT }
  for (const change of readHistory(repository, question)) {
    const changes = byPath.get(change.path)
    if (!changes) byPath.set(change.path, [change])
    else if (changes.length < (given['max-count'] ?? Number.POSITIVE_INFINITY)) changes.push(change)
  }
  const contentOf = readVersions(repository, [...byPath.values()].flat())
  for (const [i, found] of chosen.entries()) {
    const changes = byPath.get(paths[i]!) ?? []
    const versions = [...changes.map(({ to }) => to), changes.at(-1)?.from]
    const states = versions.map((oid) => presentItems(contentOf(oid)))
    for (const [n, change] of changes.entries())
      yield* show.difference({ change, before: states[n + 1]!, after: states[n]! }, found)
  }
}

function dateArgs(given: Given): string[] {
  return (['since', 'after', 'until', 'before'] as const).flatMap((name) => {
    const date = given[name]
    return date === undefined ? [] : [`--${name}=${date}`]
  })
}

interface Difference {
  readonly change: LoggedChange
  readonly before: readonly Uuid[]
  readonly after: readonly Uuid[]
}

type Subject = Pick<Found, 'file' | 'keyText'> & Partial<Pick<Found, 'label' | 'input'>>

/** Shows what changed in the way that was asked for. */
class ChangeShower {
  readonly #names: RepositoryNames
  readonly #given: Given

  constructor(names: RepositoryNames, given: Given) {
    this.#names = names
    this.#given = given
  }

  *difference({ change, before, after }: Difference, subject: Subject): Iterable<Action> {
    const added = after.filter((uuid) => !before.includes(uuid))
    const removed = before.filter((uuid) => !after.includes(uuid))
    if (added.length > 0) yield this.#action(change, subject, { uuids: added, isAdded: true })
    if (removed.length > 0) yield this.#action(change, subject, { uuids: removed, isAdded: false })
  }

  #action(
    change: LoggedChange,
    subject: Subject,
    { uuids, isAdded }: { uuids: readonly Uuid[]; isAdded: boolean },
  ): Action {
    const name =
      subject.label === undefined ? (subject.file ?? subject.keyText) : bytesFromText(subject.label)
    return {
      command: 'log',
      item: subject,
      perform: (ui) => {
        for (const uuid of uuids) ui.line(this.#line(change, { name, uuid, isAdded }))
        ui.silent()
        ui.fields(() => ({
          logged: isAdded ? 'addition' : 'removal',
          date: change.seconds,
          locations: uuids.map((uuid) => this.#names.object(uuid)),
        }))
        return true
      },
    }
  }

  #line(
    { seconds, date }: LoggedChange,
    { name, uuid, isAdded }: { name: Bytes; uuid: Uuid; isAdded: boolean },
  ): Bytes {
    const described = bytesFromText(this.#names.describe(uuid)) || uuid
    if (this.#given.gource) return `${seconds}|${described}|${isAdded ? 'A' : 'M'}|${name}`
    const time = this.#given['raw-date'] ? `${seconds}s` : bytesFromText(date)
    return `${isAdded ? '+' : '-'} ${time} ${name} | ${bytesToText(uuid)} -- ${described}`
  }
}

function sizesAction(annex: Annex, given: Given, of: Uuid | 'all' | 'total'): Action {
  const { interval = 1, received, bytes, gnuplot, 'raw-date': rawDate } = given
  return {
    command: 'log',
    item: {},
    answer: true,
    perform(ui) {
      const question = {
        of,
        intervalSeconds: interval,
        received,
        inBytes: bytes || gnuplot,
        rawDate: rawDate && !gnuplot,
      }
      for (const line of sizeLines(annex, question, gnuplot)) ui.line(line)
      return true
    },
  }
}
