/** What `registerurl` and `unregisterurl` share: one key and one url, or a batch of them. */
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { Annex } from './annex.js'
import { readRequests } from './batch.js'
import { type Action, batchOptions, type Command, jsonOptions } from './command.js'
import { keyOrUrl } from './key-or-url.js'

const options = { ...jsonOptions, ...batchOptions } as const

export interface UrlRegistration {
  readonly name: string
  readonly summary: string
  record(annex: Annex, keyText: Bytes, url: Bytes): void
}

/** Makes a command that records something of a key and a url. */
export function urlRegistrationCommand(
  registration: UrlRegistration,
): Command<typeof options, 'annex'> {
  const { name, summary } = registration
  return {
    name,
    section: 'plumbing',
    summary,
    usage: 'KEY URL',
    needs: 'annex',
    options,
    async *run(annex, { words, options }) {
      if (options.batch) {
        for (const line of readRequests(options))
          yield recordOne(annex, splitLine(line), registration)
        return
      }
      const [key, url, ...rest] = words
      if (key === undefined || url === undefined || rest.length > 0)
        throw new AnnexError('USAGE', 'specify a key and an url')
      const request = { key: bytesFromText(key), url: bytesFromText(url), input: [key, url] }
      yield recordOne(annex, request, registration)
    },
  }
}

interface Request {
  readonly key: Bytes
  readonly url: Bytes
  readonly input: readonly string[]
}

function splitLine(line: Bytes): Request {
  const blank = line.indexOf(' ')
  if (blank < 0) throw new AnnexError('USAGE', 'Batch input parse failure: no url provided')
  return { key: line.slice(0, blank), url: line.slice(blank + 1), input: [bytesToText(line)] }
}

function recordOne(annex: Annex, { key, url, input }: Request, by: UrlRegistration): Action {
  return {
    command: by.name,
    item: { label: bytesToText(url), file: null, input },
    perform() {
      by.record(annex, keyOrUrl(key), url)
      return true
    },
  }
}
