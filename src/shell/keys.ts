/** Keys on the command line of git-annex-shell. */
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatKey, parseKey } from '../model/key.js'

/** @returns serialized keys @throws AnnexError KEY_INVALID */
export function parseKeys(words: readonly string[]): Bytes[] {
  return words.map((word) => {
    const key = parseKey(bytesFromText(word))
    if (!key) throw new AnnexError('KEY_INVALID', 'bad key')
    return formatKey(key)
  })
}

/** The one key that a command takes. @throws AnnexError KEY_INVALID, USAGE */
export function parseOneKey(words: readonly string[]): Bytes {
  const keys = parseKeys(words)
  if (keys.length !== 1) throw new AnnexError('USAGE', 'bad parameters: expected one key')
  return keys[0]!
}
