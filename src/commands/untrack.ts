/** `git annex untrack PATTERN …`: takes back what `git annex track` did. */
import { type Command, jsonOptions } from '../cli/command.js'
import { changePatterns } from '../cli/tracked-patterns.js'
import { AnnexError } from '../model/errors.js'

export const untrack: Command<typeof jsonOptions, 'annex'> = {
  name: 'untrack',
  section: 'setup',
  summary: 'no longer annexes files of these patterns',
  usage: 'PATTERN …',
  needs: 'annex',
  needsWorkTree: true,
  options: jsonOptions,
  async *run(annex, { words }) {
    if (words.length === 0)
      throw new AnnexError('USAGE', 'git annex untrack takes a pattern', {
        hint: 'git annex track lists them',
      })
    yield* changePatterns(annex, words, {
      command: 'untrack',
      change: (patterns, pattern) => patterns.untrack(pattern),
      unchanged: 'not tracked',
    })
  },
}
