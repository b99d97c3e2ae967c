/** `git annex unannex [PATH …]`: undoes an accidental add; the files become ordinary ones. */
import { type Command, jsonOptions } from '../cli/command.js'
import { seek } from '../cli/seek.js'
import { readIndexEntries } from '../git/index-file.js'
import type { Bytes } from '../model/bytes.js'
import { annexedFiles } from '../worktree/annexed-files.js'
import { forgetPaths, makeOrdinary } from '../worktree/unannex.js'

export const unannex: Command<typeof jsonOptions, 'annex'> = {
  name: 'unannex',
  section: 'content',
  summary: 'undoes an accidental add',
  usage: '[PATH …]',
  needs: 'annex',
  needsWorkTree: true,
  matching: true,
  options: jsonOptions,
  async *run(annex, { words, matching }) {
    const { repository, store, blobKeys } = annex
    const forgotten: Bytes[] = []
    annex.atEnd(() => forgetPaths(repository, forgotten.splice(0)))
    const byPath = new Map(
      [...annexedFiles(readIndexEntries(repository), blobKeys)].map((file) => [file.path, file]),
    )
    for (const found of seek(annex, { words, matching, options: {} })) {
      const file = found?.path === undefined ? undefined : byPath.get(found.path)
      if (!found || !file || !store.has(file.keyText)) continue
      yield {
        command: 'unannex',
        item: found,
        perform(ui) {
          if (makeOrdinary(file, { repository, store }) === 'ordinary') forgotten.push(file.path)
          else ui.silent()
          return true
        },
      }
    }
  },
}
