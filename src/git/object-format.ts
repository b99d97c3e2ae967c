/** Which hash names a repository's objects, found without starting git. */

import type { Bytes } from '../model/bytes.js'
import { digestOf, startDigest } from '../model/digest.js'
import * as files from '../platform/files.js'
import type { Repository } from './repository.js'

/** Also the name under which `node:crypto` knows the hash. */
export type ObjectFormat = 'sha1' | 'sha256'

export const OID_BYTES = { sha1: 20, sha256: 32 } as const satisfies Record<ObjectFormat, number>

const known = new Map<Bytes, ObjectFormat>()

/** The object format of a repository; remembered, because it never changes. */
export function objectFormat(repository: Repository): ObjectFormat {
  const { commonDir } = repository
  let format = known.get(commonDir)
  if (format === undefined) {
    const config = files.readFile(`${commonDir}/config`)?.toString('latin1') ?? ''
    format = /^\s*objectformat\s*=\s*"?sha256\b/im.test(config) ? 'sha256' : 'sha1'
    known.set(commonDir, format)
  }
  return format
}

/**
 * The id that git gives a blob.
 * @param content the whole blob
 * @returns lower case hexadecimal
 */
export function blobOid(content: Uint8Array, format: ObjectFormat): Bytes {
  return startDigest(format).update(`blob ${content.length}\0`).update(content).digest('hex')
}

/** The same for a short text. */
export function textOid(text: Bytes, format: ObjectFormat): Bytes {
  return digestOf(format, `blob ${text.length}\0${text}`).toString('hex')
}
