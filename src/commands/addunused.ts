/** `git annex addunused NUMBER|RANGE|all …`: gives unused contents a file again. */
import type { Annex } from '../cli/annex.js'
import { type Action, type Command, jsonOptions } from '../cli/command.js'
import { newPath } from '../cli/new-path.js'
import { type NumberedUnused, selectUnused } from '../cli/unused-lists.js'
import { AnnexError } from '../model/errors.js'
import { escapeKeyFile } from '../model/key.js'
import * as files from '../platform/files.js'
import { makeFile } from '../worktree/change-key.js'
import { AddedFiles } from '../worktree/stage-added.js'

const options = { ...jsonOptions } as const

export const addunused: Command<typeof options, 'annex'> = {
  name: 'addunused',
  section: 'content',
  summary: 'gives contents that "unused" has listed a file again',
  usage: '[NUMBER|RANGE|all …]',
  needs: 'annex',
  needsWorkTree: true,
  options,
  async *run(annex, { words }) {
    const made = new AddedFiles(annex.repository, annex.blobKeys)
    annex.atEnd(() => made.stage())
    for (const unused of selectUnused(annex.repository, words)) yield addAction(annex, unused, made)
  },
}

function addAction(annex: Annex, unused: NumberedUnused, made: AddedFiles): Action {
  const { number, kind, keyText } = unused
  const file = `unused.${escapeKeyFile(keyText)}`
  return {
    command: 'addunused',
    item: { ...(kind === '' && { file }), label: `${number}`, input: [`${number}`] },
    perform() {
      if (kind !== '') throw new AnnexError('USAGE', `cannot addunused ${kind}content`)
      const { repository, store, branch, uuid, cwd } = annex
      branch.correctPresence(keyText, uuid, store.has(keyText))
      if (files.lstat(`${cwd}/${file}`)) return true
      const path = newPath(annex, file)
      made.push(makeFile(path, { keyText, isLocked: true }, { repository, store }))
      return true
    },
  }
}
