/** The MIME type and encoding of content, by the program `file`, which brings libmagic. */
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { MAX_MIME_HEAD_BYTES } from '../model/mime-head.js'
import * as files from '../platform/files.js'
import { runSync } from '../platform/subprocess.js'

/** What libmagic says, looked up when one of the two is first asked for. Costs one process. */
export class ContentMime {
  readonly #head: Uint8Array
  #found: { readonly type: Bytes; readonly encoding: Bytes } | undefined

  /** @param head the content, or as much of it as is at hand; libmagic looks at the first MiB */
  constructor(head: Uint8Array) {
    this.#head = head
  }

  /** Such as `image/png`. @throws AnnexError EXPRESSION_INVALID when there is no program `file` */
  get type(): Bytes {
    this.#found ??= detect(this.#head)
    return this.#found.type
  }

  /** Such as `binary` or `us-ascii`. @throws AnnexError EXPRESSION_INVALID, as {@link type} */
  get encoding(): Bytes {
    this.#found ??= detect(this.#head)
    return this.#found.encoding
  }
}

function detect(head: Uint8Array): { type: Bytes; encoding: Bytes } {
  const { status, stdout } = runSync(['file', '--brief', '--mime', '-'], { input: head })
  const match = /^(.*?); charset=(\S+)/s.exec(stdout.toString('latin1'))
  if (status === 0 && match) return { type: match[1]!, encoding: match[2]! }
  throw new AnnexError(
    'EXPRESSION_INVALID',
    'cannot find out the MIME type: the program "file" is missing or failed',
    { hint: 'Install "file", or use an annex.largefiles without mimetype and mimeencoding' },
  )
}

/**
 * What expressions ask about a file on disk; it is read when its type is first asked for.
 * @param options path: relative to the top; file: absolute, where the content is
 */
export function factsOf({
  path,
  sizeBytes,
  file,
}: {
  readonly path: Bytes
  readonly sizeBytes: bigint
  readonly file: Bytes
}) {
  let mime: ContentMime | undefined
  const look = () => {
    mime ??= new ContentMime(files.readHead(file, MAX_MIME_HEAD_BYTES) ?? Buffer.alloc(0))
    return mime
  }
  return {
    path,
    sizeBytes,
    get mimeType() {
      return look().type
    },
    get mimeEncoding() {
      return look().encoding
    },
  }
}
