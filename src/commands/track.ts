/** `git annex track [PATTERN …]`: annexes what `git add` is given of these patterns; or lists them. */
import { type Command, jsonOptions } from '../cli/command.js'
import { changePatterns } from '../cli/tracked-patterns.js'
import { quotePattern } from '../git/attribute-lines.js'
import { bytesToText } from '../model/bytes.js'
import { listTracked } from '../worktree/tracked-patterns.js'

export const track: Command<typeof jsonOptions, 'annex'> = {
  name: 'track',
  section: 'start',
  summary: 'annexes files of these patterns, or lists the patterns',
  usage: '[PATTERN …]',
  needs: 'annex',
  needsWorkTree: true,
  options: jsonOptions,
  async *run(annex, { words }) {
    if (words.length > 0) {
      yield* changePatterns(annex, words, {
        command: 'track',
        change: (patterns, pattern) => patterns.track(pattern),
        unchanged: 'already tracked',
      })
      return
    }
    for (const { pattern, file, line } of listTracked(annex.repository))
      yield {
        command: 'track',
        item: {},
        answer: true,
        perform(ui) {
          ui.line(`${quotePattern(pattern)} (${file}:${line})`)
          ui.field('pattern', bytesToText(pattern))
          ui.field('attributes-file', bytesToText(file))
          ui.field('line', line)
          return true
        },
      }
  },
}
