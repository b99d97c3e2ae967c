/** `git annex undo [PATH …]`: takes back the last change of files; again, it takes that back. */
import type { Annex } from '../cli/annex.js'
import { type Action, type Command, jsonOptions } from '../cli/command.js'
import { type HistoryChange, streamHistory } from '../git/history.js'
import { commitStaged, listUncommitted, undoChanges } from '../git/undo.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'

const options = {
  ...jsonOptions,
  depth: { type: 'number', value: 'N', summary: 'take back the last N changes (default 1)' },
} as const

export const undo: Command<typeof options, 'annex'> = {
  name: 'undo',
  section: 'content',
  summary: 'takes back the last change of a file or directory',
  usage: '[PATH …]',
  needs: 'annex',
  needsWorkTree: true,
  options,
  async *run(annex, { words, options }) {
    const { depth = 1, force } = options
    if (words.length === 0) return
    refuseUncommitted(annex, words, force)
    // So that what is undone can be had back.
    commitStaged(annex.repository, 'commit before undo')
    for (const word of words) yield undoAction(annex, word, { depth: Math.max(1, depth), force })
  },
}

/** What is in no commit would be lost. */
function refuseUncommitted({ repository, cwd }: Annex, words: readonly string[], force: boolean) {
  const { untracked, modified } = listUncommitted(repository, words, cwd)
  refuse('that are not checked into git', untracked)
  if (!force) refuse('that were modified since they were staged (see --force)', modified)
}

function refuse(why: string, paths: readonly Bytes[]): void {
  if (paths.length === 0) return
  const names = paths.map(bytesToText).join(' ')
  throw new AnnexError('USAGE', `Cannot undo changes to files ${why}: ${names}`)
}

function undoAction(
  annex: Annex,
  word: string,
  { depth, force }: { readonly depth: number; readonly force: boolean },
): Action {
  const { repository, cwd } = annex
  return {
    command: 'undo',
    item: { label: word, input: [word] },
    async perform() {
      const changes: HistoryChange[] = []
      const args = [`--max-count=${depth}`, '--', word]
      const request = { format: '', args, cwd: bytesToText(cwd) }
      for await (const some of streamHistory(repository, request)) changes.push(...some)
      // Once more: hooks of the commit, and the history, may have taken their time.
      refuseUncommitted(annex, [word], force)
      if (changes.length > 0) undoChanges(repository, changes)
      return true
    },
  }
}
