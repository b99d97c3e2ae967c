/**
 * Downloading a url to a file: from the web, taken up where an earlier attempt ended if the server can
 * do that, or from the file system where `file:` urls are allowed.
 */
import { fileURLToPath } from 'node:url'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import type { DownloadFile } from './download-file.js'
import type { HttpAnswer } from './http-answer.js'
import type { HttpClient } from './http-client.js'
import type { Pace } from './remote.js'

const BUFFER_BYTES = 1 << 20
const PARTIAL = 206
const RANGE_NOT_SATISFIABLE = 416

/** What is known of a url's content before it comes. */
export interface UrlInfo {
  readonly sizeBytes: number | undefined
  /** The name that the server proposes, as it stands in its answer. */
  readonly suggestedName: Bytes | undefined
}

export interface DownloadOptions {
  /** Goes on behind what the file holds. */
  readonly resumes?: boolean
  /** Called before the content is read; what it throws ends the download. */
  readonly onInfo?: (info: UrlInfo) => void
  /** Called with the bytes done so far, and all of them when that is known. */
  readonly onProgress?: (doneBytes: number, totalBytes?: number) => void
  readonly pace?: Pace
}

/**
 * Downloads a url.
 * @returns when the file holds everything that the server promised; it may still be the wrong content
 * @throws AnnexError URL_REFUSED, REMOTE_UNAVAILABLE, CONTENT_MISSING (the server has none),
 *   CONTENT_MISMATCH (it is longer than expected)
 */
export async function download(
  client: HttpClient,
  url: URL,
  { file, ...options }: DownloadOptions & { readonly file: DownloadFile },
): Promise<void> {
  client.rules.checkScheme(url)
  if (url.protocol === 'file:') return copyLocal(url, file, options)
  refuseUnbuilt(url)
  const earlierBytes = options.resumes ? file.earlierBytes() : 0
  const headers = earlierBytes > 0 ? { Range: `bytes=${earlierBytes}-` } : {}
  const signal = options.pace?.signal
  const answer = await client.send({ method: 'GET', url, headers, signal })
  try {
    if (answer.status === RANGE_NOT_SATISFIABLE && earlierBytes > 0)
      return await afterUselessRange(client, url, { answer, file, earlierBytes, ...options })
    requireSuccess(answer)
    await readInto(file, answer, { earlierBytes, ...options })
  } catch (error) {
    answer.discard()
    throw error
  }
}

async function readInto(
  file: DownloadFile,
  answer: HttpAnswer,
  { earlierBytes, onInfo, onProgress, pace }: DownloadOptions & { readonly earlierBytes: number },
): Promise<void> {
  // A server that does not know ranges answers with everything.
  const isRest = answer.status === PARTIAL && rangeStart(answer) === earlierBytes
  const length = contentLength(answer)
  const totalBytes = length === undefined ? undefined : length + (isRest ? earlierBytes : 0)
  if (totalBytes !== undefined) file.refuseMore(totalBytes)
  onInfo?.({ sizeBytes: totalBytes, suggestedName: suggestedName(answer) })
  file.begin(isRest ? 'end' : 'start')
  onProgress?.(file.doneBytes, totalBytes)
  await answer.read((chunk) => {
    file.write(chunk)
    onProgress?.(file.doneBytes, totalBytes)
  }, pace)
}

/** What is there may be everything; if not, it is the beginning of something else. */
async function afterUselessRange(
  client: HttpClient,
  url: URL,
  retry: DownloadOptions & {
    readonly answer: HttpAnswer
    readonly file: DownloadFile
    readonly earlierBytes: number
  },
): Promise<void> {
  const { answer, file, earlierBytes, ...options } = retry
  const total = /^bytes \*\/(\d+)$/.exec(answer.headers['content-range'] ?? '')?.[1]
  answer.discard()
  if (Number(total) === earlierBytes) {
    file.begin('end')
    options.onProgress?.(file.doneBytes, file.doneBytes)
    return
  }
  await download(client, url, { ...options, file, resumes: false })
}

function copyLocal(url: URL, file: DownloadFile, options: DownloadOptions): void {
  const path = localPath(url)
  const sizeBytes = localSize(path)
  file.refuseMore(sizeBytes)
  options.onInfo?.({ sizeBytes, suggestedName: undefined })
  const fd = files.open(path, 'r')
  try {
    file.begin('start')
    const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
    for (let count = files.readSome(fd, buffer); count > 0; count = files.readSome(fd, buffer)) {
      file.write(buffer.subarray(0, count))
      options.onProgress?.(file.doneBytes, sizeBytes)
    }
  } finally {
    files.close(fd)
  }
}

/**
 * Asks about a url without downloading it.
 * @returns undefined when there is nothing at it
 * @throws AnnexError URL_REFUSED, REMOTE_UNAVAILABLE
 */
export async function inquire(client: HttpClient, url: URL): Promise<UrlInfo | undefined> {
  client.rules.checkScheme(url)
  if (url.protocol === 'file:') {
    const stat = files.stat(localPath(url))
    return stat?.isFile() ? { sizeBytes: Number(stat.size), suggestedName: undefined } : undefined
  }
  refuseUnbuilt(url)
  const head = await client.send({ method: 'HEAD', url })
  head.discard()
  if (isSuccess(head)) return { sizeBytes: contentLength(head), suggestedName: suggestedName(head) }
  if (isAbsent(head)) return undefined
  // Not every server wants to answer HEAD; the first byte tells as much.
  const first = await client.send({ method: 'GET', url, headers: { Range: 'bytes=0-0' } })
  first.discard()
  if (isAbsent(first)) return undefined
  requireSuccess(first)
  const whole = /\/(\d+)$/.exec(first.headers['content-range'] ?? '')?.[1]
  const sizeBytes = whole === undefined ? contentLength(first) : Number(whole)
  return { sizeBytes, suggestedName: suggestedName(first) }
}

const isSuccess = ({ status }: HttpAnswer): boolean => status >= 200 && status < 300
const isAbsent = ({ status }: HttpAnswer): boolean => status === 404 || status === 410

function requireSuccess(answer: HttpAnswer): void {
  if (isSuccess(answer)) return
  throw new AnnexError(isAbsent(answer) ? 'CONTENT_MISSING' : 'REMOTE_UNAVAILABLE', answer.reason)
}

function contentLength({ status, headers }: HttpAnswer): number | undefined {
  const length = headers['content-length']
  // Of a compressed body we would not know the size.
  if (length === undefined || headers['content-encoding'] || status === 204) return undefined
  return /^\d+$/.test(length) ? Number(length) : undefined
}

function rangeStart({ headers }: HttpAnswer): number | undefined {
  const start = /^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1]
  return start === undefined ? undefined : Number(start)
}

/** Header values are bytes in the form of characters. */
function suggestedName({ headers }: HttpAnswer): Bytes | undefined {
  return /^attachment; filename="(.*)"$/s.exec(headers['content-disposition'] ?? '')?.[1]
}

function refuseUnbuilt(url: URL): void {
  if (url.protocol === 'http:' || url.protocol === 'https:') return
  throw new AnnexError(
    'URL_REFUSED',
    `Cannot download ${url.href}: only http, https and file urls are built yet`,
  )
}

function localPath(url: URL): Bytes {
  try {
    return bytesFromText(fileURLToPath(url))
  } catch (error) {
    throw new AnnexError('URL_REFUSED', `bad url ${url.href}`, { cause: error })
  }
}

function localSize(path: Bytes): number {
  const stat = files.stat(path)
  if (stat?.isFile()) return Number(stat.size)
  throw new AnnexError('CONTENT_MISSING', 'there is no such file')
}
