/** What all log files share: how they are cut into lines. Spec: the git-annex branch, section 2. */
import type { Bytes } from '../bytes.js'

/** The lines of a log: any run of CR and LF ends one, empty ones do not count. */
export function splitLogLines(text: Bytes): Bytes[] {
  const lines = text.includes('\r') ? text.split(/[\r\n]+/) : text.split('\n')
  return lines.filter((line) => line !== '')
}

/** Cuts a line `CLOCK SP REST` in two; undefined when there is no space. */
export function cutFirstWord(line: Bytes): readonly [word: Bytes, rest: Bytes] | undefined {
  const space = line.indexOf(' ')
  return space < 0 ? undefined : [line.slice(0, space), line.slice(space + 1)]
}
