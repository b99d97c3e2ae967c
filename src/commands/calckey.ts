/** `git annex calckey`: the key that a file would get; nothing is stored. */
import { needsPreparing, newHasher, prepareHasher } from '../backends/registry.js'
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import { type Action, batchOptions, type Command } from '../cli/command.js'
import { topPath } from '../git/list-files.js'
import { absolute } from '../git/repository.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { KeyMaker } from '../worktree/new-key.js'

const BUFFER_BYTES = 1 << 20
const SECOND_NS = 1_000_000_000n

export const calckey: Command<typeof batchOptions, 'repository'> = {
  name: 'calckey',
  section: 'plumbing',
  summary: 'calculates the key that a file would get',
  usage: '[FILE …]',
  needs: 'repository',
  options: batchOptions,
  async *run(annex, { words, options }) {
    const { config } = annex
    const option = options.backend === undefined ? undefined : bytesFromText(options.backend)
    // As in git-annex, the attributes of the file do not count here.
    const maker = new KeyMaker({ config, option, attribute: () => undefined })
    const requests = options.batch ? readRequests(options) : words.map(bytesFromText)
    for (const file of requests) {
      const keyText = await calculate(annex, maker, file)
      yield options.batch && keyText === undefined ? undefined : answer(keyText)
    }
  },
}

/** A file that cannot be read fails without a word, as with git-annex. */
function answer(keyText: Bytes | undefined): Action {
  return {
    command: 'calckey',
    item: {},
    answer: true,
    perform(ui) {
      if (keyText !== undefined) ui.line(keyText)
      return keyText !== undefined
    },
  }
}

async function calculate(annex: Annex, maker: KeyMaker, file: Bytes): Promise<Bytes | undefined> {
  const place = absolute(annex.cwd, file)
  const stat = files.stat(place)
  if (!stat?.isFile()) return undefined
  const path = topPath(annex.repository, place) ?? place
  const backend = maker.backendFor(path, undefined)
  if (needsPreparing(backend)) await prepareHasher(backend)
  return maker.keyTextFor(backend, {
    path,
    sizeBytes: Number(stat.size),
    digestHex: () => hashFile(place, newHasher(backend)),
    mtimeSeconds: () => stat.mtimeNs / SECOND_NS,
    file: () => place,
  })
}

function hashFile(path: Bytes, hasher: ReturnType<typeof newHasher>): string {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  const fd = files.open(path, 'r')
  try {
    for (let count = files.readSome(fd, buffer); count > 0; count = files.readSome(fd, buffer))
      hasher.update(buffer.subarray(0, count))
    return hasher.digestHex()
  } finally {
    files.close(fd)
  }
}
