/** `git annex unused`: lists contents that no file uses, for `dropunused` and `--unused`. */
import type { Annex } from '../cli/annex.js'
import { type Action, type Command, type ItemUi, jsonOptions } from '../cli/command.js'
import { dropUnusedAction, planUnusedDrops } from '../cli/drop-unused.js'
import { configuredRefSpec, findUnused } from '../cli/find-unused.js'
import { getNamedRepository } from '../cli/named-repository.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { namedRemote } from '../cli/transfer-context.js'
import { selectUnused, type UnusedKind, writeUnusedList } from '../cli/unused-lists.js'
import { parseUsedRefSpec, type UsedRefSpec } from '../git/used-refs.js'
import { type Bytes, bytesToText, compareBytes } from '../model/bytes.js'
import { listLeftovers } from '../store/leftovers.js'
import { listObjectKeys } from '../store/list-objects.js'

const options = {
  ...jsonOptions,
  from: { type: 'string', alias: 'f', value: 'REMOTE', summary: 'look at what a remote has' },
  'used-refspec': { type: 'string', value: 'REFSPEC', summary: 'refs that count (default: all)' },
  drop: { type: 'boolean', summary: 'also drop it, where enough other copies exist' },
} as const

export const unused: Command<typeof options, 'annex'> = {
  name: 'unused',
  section: 'content',
  summary: 'lists contents that no file uses',
  usage: '',
  needs: 'annex',
  options,
  async *run(annex, { options }) {
    const { from = '.', fast, drop, 'used-refspec': given } = options
    const spec = given === undefined ? configuredRefSpec(annex) : parseUsedRefSpec(given)
    const isHere = from === '.' || from === 'here'
    yield isHere ? findHere(annex, { spec, fast }) : findAt(annex, from, spec)
    if (!drop) return
    const place = isHere ? 'here' : await namedRemote(annex, from)
    const plan = planUnusedDrops(annex, { ...options, from: place })
    for (const found of selectUnused(annex.repository, ['all']))
      if (found.kind === '') yield dropUnusedAction(annex, found, plan)
  },
}

function findHere(annex: Annex, { spec, fast }: { spec: UsedRefSpec; fast: boolean }): Action {
  return {
    command: 'unused',
    item: { label: '.' },
    async perform(ui) {
      const { store } = annex
      let keyTexts: Bytes[] = []
      if (fast) ui.note('fast mode enabled; only finding stale files')
      else {
        ui.note('checking for unused data...')
        const present = listObjectKeys(`${store.annexDir}/objects`)
        keyTexts = await findUnused(annex, present, { spec, progress: ui })
      }
      let count = 0
      const list = (kind: UnusedKind, found: readonly Bytes[], texts: ListTexts) => {
        tellList(annex, ui, { kind, found, texts, first: count + 1 })
        count += found.length
      }
      list('', keyTexts.sort(compareBytes), texts.unused)
      list('bad', listLeftovers(store, 'bad'), texts.bad)
      list('tmp', listLeftovers(store, 'tmp'), texts.tmp)
      return true
    },
  }
}

/** What the location log says that a repository has; it need not be a remote of ours. */
function findAt(annex: Annex, name: string, spec: UsedRefSpec): Action {
  return {
    command: 'unused',
    item: { label: name },
    async perform(ui) {
      const uuid = getNamedRepository(await RepositoryNames.read(annex), name)
      ui.note('checking for unused data...')
      const { branch } = annex
      const keyTexts = [...branch.keysInBranch()]
        .filter((keyText) => branch.locations(keyText).includes(uuid))
        .sort((a, b) => compareBytes(branch.logPath(a), branch.logPath(b)))
      const found = await findUnused(annex, keyTexts, { spec, progress: ui })
      const isRemote = (await annex.remotes()).some((remote) => remote.uuid === uuid)
      const texts: ListTexts = {
        heading: `Some annexed data on ${name} is not used by any files:`,
        isHistorical: true,
        from: isRemote ? ` --from ${name}` : undefined,
      }
      tellList(annex, ui, { kind: '', found, texts, first: 1 })
      return true
    },
  }
}

interface ListTexts {
  readonly heading: string
  /** Whether a file may have used the contents once. */
  readonly isHistorical: boolean
  /** What `dropunused` needs besides the number; undefined: it cannot help. */
  readonly from: string | undefined
}

const texts: Readonly<Record<'unused' | 'bad' | 'tmp', ListTexts>> = {
  unused: {
    heading: 'Some annexed data is no longer used by any files:',
    isHistorical: true,
    from: '',
  },
  bad: {
    heading: 'Some corrupted files have been preserved by fsck, just in case:',
    isHistorical: false,
    from: '',
  },
  tmp: {
    heading: 'Some partially transferred data exists in temporary files:',
    isHistorical: false,
    from: '',
  },
}

interface List {
  readonly kind: UnusedKind
  readonly found: readonly Bytes[]
  readonly texts: ListTexts
  readonly first: number
}

/** Writes a list, also an empty one, and shows it to people when it is not. */
function tellList({ repository }: Annex, ui: ItemUi, { kind, found, texts, first }: List): void {
  const keys = writeUnusedList(repository, { kind, keyTexts: found, first })
  ui.fields(() => ({
    [`${kind === '' ? 'unused' : kind}-list`]: Object.fromEntries(
      keys.map(({ number, keyText }) => [number, bytesToText(keyText)]),
    ),
  }))
  if (keys.length === 0) return
  const rows = keys.map(({ number, keyText }) => {
    return `  ${`${number}`.padEnd(6)}  ${bytesToText(keyText)}`
  })
  const { heading, isHistorical, from } = texts
  const history =
    '(To see where this data was previously used, run: git annex whereused --historical --unused)'
  const advice =
    from === undefined
      ? []
      : ['', `To remove unwanted data: git-annex dropunused${from} NUMBER`, '', '']
  ui.advice(
    [heading, '  NUMBER  KEY', ...rows, ...(isHistorical ? [history] : []), ...advice].join('\n'),
  )
}
