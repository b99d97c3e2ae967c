/** What `info` says of transfers that go on, ours and git-annex's. */
import { bytesToText } from '../model/bytes.js'
import { isRunning } from '../transfer/running-transfer.js'
import { type Direction, listNotes, type TransferNote } from '../transfer/transfer-records.js'
import type { Annex } from './annex.js'
import type { Fact } from './facts.js'
import type { RepositoryNames } from './repository-list.js'

/** The transfers that this repository takes part in. */
export function transfersFact({ repository }: Annex, names: RepositoryNames): Fact {
  const { annexDir } = repository
  const list = (direction: Direction): TransferNote[] =>
    [...listNotes(annexDir, direction, 'running')].filter((note) => isRunning(annexDir, note))
  const [uploads, downloads] = [list('upload'), list('download')]
  const lines = [...uploads, ...downloads].map((note) => `\n\t${describe(note, names)}`)
  return {
    name: 'transfers in progress',
    json: [...downloads, ...uploads].map(({ direction, keyText, file, uuid }) => ({
      transfer: direction,
      key: bytesToText(keyText),
      file: file === undefined ? null : bytesToText(file),
      remote: bytesToText(uuid),
    })),
    text: lines.length === 0 ? 'none' : lines.join(''),
  }
}

function describe({ direction, file, keyText, uuid }: TransferNote, names: RepositoryNames) {
  const way = direction === 'upload' ? 'to' : 'from'
  const remote = names.remoteName(uuid) ?? bytesToText(uuid)
  return `${direction}ing ${bytesToText(file ?? keyText)} ${way} ${remote}`
}
