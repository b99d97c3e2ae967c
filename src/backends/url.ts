/** URL and VURL keys: made of an address; the content need not have been seen. */
import type { Bytes } from '../model/bytes.js'
import { keyName } from '../model/key-name.js'

/**
 * The serialized key of a URL (spec: keys and backends, section 6).
 * @param url exactly as given; nothing is normalized
 * @param sizeBytes when it is known
 */
export function urlKeyText(
  backend: 'URL' | 'VURL',
  url: Bytes,
  sizeBytes?: number | bigint,
): Bytes {
  return `${backend}${sizeBytes === undefined ? '' : `-s${sizeBytes}`}--${keyName(url)}`
}
