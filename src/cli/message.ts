/** How messages look, in every reporter. */
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { errorHint, errorMessage } from '../model/errors.js'

/** Puts two spaces before each line; the newline at the end of the text is dropped. */
export function indent(text: string): Bytes {
  const bytes = bytesFromText(text)
  if (bytes === '') return ''
  return bytes
    .slice(0, bytes.endsWith('\n') ? -1 : bytes.length)
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
}

/** What to say about anything thrown: `git-annex: MESSAGE`, and the hint on a line of its own. */
export function formatError(error: unknown): Bytes {
  const hint = errorHint(error)
  const hintLine = hint === undefined ? '' : `  ${hint}\n`
  return bytesFromText(`git-annex: ${errorMessage(error)}\n${hintLine}`)
}
