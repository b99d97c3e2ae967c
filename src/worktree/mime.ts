/** The MIME type and encoding of content, by the program `file`, which brings libmagic. */
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
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
