/** `git annex list`: a table of files and the remotes that have them. */
import type { Annex } from '../cli/annex.js'
import type { Action, Command } from '../cli/command.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { type Found, seek } from '../cli/seek.js'
import { bytesFromText } from '../model/bytes.js'
import { BITTORRENT_UUID, type Uuid, WEB_UUID } from '../model/uuid.js'
import { trustOf } from '../policy/trust.js'

const options = {
  allrepos: { type: 'boolean', summary: 'a column for each repository, not only for remotes' },
} as const

/** One repository of the table. */
interface Column {
  readonly uuid: Uuid
  readonly title: string
}

export const list: Command<typeof options, 'annex'> = {
  name: 'list',
  section: 'query',
  summary: 'shows which remotes have files',
  usage: '[PATH …]',
  needs: 'annex',
  needsWorkTree: true,
  matching: true,
  leavesJournal: true,
  options,
  async *run(annex, args) {
    const columns = await (args.options.allrepos ? allColumns(annex) : remoteColumns(annex))
    yield showHeading(annex, columns)
    for (const found of seek(annex, { ...args, options: {} }))
      yield found && showFile(annex, found, columns)
  },
}

async function remoteColumns(annex: Annex): Promise<Column[]> {
  const remotes = (await annex.remotes()).filter((remote) => !remote.isIgnored)
  const columns = [
    { uuid: annex.uuid, title: 'here' },
    ...remotes
      .filter(({ uuid }) => uuid !== WEB_UUID)
      .map(({ uuid, name }) => ({ uuid, title: name })),
    { uuid: WEB_UUID, title: 'web' },
    { uuid: BITTORRENT_UUID, title: 'bittorrent' },
  ]
  return columns.filter(({ uuid }) => trustOf(uuid, annex.trust) !== 'dead')
}

async function allColumns(annex: Annex): Promise<Column[]> {
  const names = await RepositoryNames.read(annex)
  const shown = await remoteColumns(annex)
  const others = [...annex.branch.descriptions().keys()]
    .filter((uuid) => shown.every((column) => column.uuid !== uuid))
    .filter((uuid) => trustOf(uuid, annex.trust) !== 'dead')
  return [...shown, ...others.sort().map((uuid) => ({ uuid, title: names.describe(uuid) }))]
}

function showHeading(annex: Annex, columns: readonly Column[]): Action {
  return {
    command: 'list',
    item: {},
    answer: true,
    perform(ui) {
      for (const [i, { uuid, title }] of columns.entries()) {
        const level = trustOf(uuid, annex.trust)
        const remark = level === 'semitrusted' ? '' : ` (${level})`
        ui.line(bytesFromText(`${'|'.repeat(i)}${title}${remark}`))
      }
      ui.line('|'.repeat(columns.length))
      return true
    },
  }
}

function showFile(annex: Annex, found: Found, columns: readonly Column[]): Action {
  return {
    command: 'list',
    item: found,
    answer: true,
    perform(ui) {
      const holders = new Set(annex.branch.locations(found.keyText))
      const marks = columns.map(({ uuid }) => {
        if (!holders.has(uuid)) return '_'
        return trustOf(uuid, annex.trust) === 'untrusted' ? 'x' : 'X'
      })
      ui.line(`${marks.join('')} ${found.file}`)
      return true
    },
  }
}
