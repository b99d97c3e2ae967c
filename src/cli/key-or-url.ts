/** A key as a person or a script gives it: serialized, or a url that stands for its URL key. */
import { backendOfKey } from '../backends/registry.js'
import { urlKeyText } from '../backends/url.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatKey, parseKey } from '../model/key.js'

const URL_FORM = /^[a-z][a-z0-9+.-]*:\S+$/i

/**
 * The serialized key that a text means.
 * @throws AnnexError KEY_INVALID
 */
export function keyOrUrl(text: Bytes): Bytes {
  const key = parseKey(text)
  // A url with two dashes parses as a key, too; a known backend tells them apart.
  if (key && (backendOfKey(key.backend) || !URL_FORM.test(text))) return formatKey(key)
  if (URL_FORM.test(text)) return urlKeyText('URL', text)
  throw new AnnexError('KEY_INVALID', `bad key/url ${bytesToText(text)}`)
}
