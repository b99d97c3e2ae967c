/**
 * Downloading the content of a key from a url: it is hashed on the way, and gone on with where an
 * earlier attempt ended.
 */
import { verifyDigest } from '../backends/hash-key.js'
import { backendOfKey } from '../backends/registry.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { Key } from '../model/key.js'
import * as files from '../platform/files.js'
import { startHashing } from '../store/long-hasher.js'
import { download } from './download.js'
import { DownloadFile } from './download-file.js'
import type { HttpClient } from './http-client.js'
import type { OnProgress, Received } from './remote.js'

export interface KeyDownload {
  readonly key: Key
  /** Absolute path; may hold the beginning. */
  readonly destination: Bytes
  readonly onProgress: OnProgress
}

/**
 * Downloads a url as the content of a key; the hasher must be ready (`prepareVerification`).
 * @throws AnnexError CONTENT_MISMATCH, and what `download` throws
 */
export async function downloadKey(
  client: HttpClient,
  url: URL,
  request: KeyDownload,
): Promise<Received> {
  const { key, destination, onProgress } = request
  const backend = backendOfKey(key.backend)
  const isHashed = backend?.digest !== undefined
  const sizeBytes = key.sizeBytes === undefined ? undefined : Number(key.sizeBytes)
  using file = new DownloadFile(destination, {
    startHashing: isHashed ? () => startHashing(backend, sizeBytes) : undefined,
    sizeBytes,
  })
  // Only a hash tells whether the rest of a content fits its beginning.
  const resumes = isHashed && file.earlierBytes() > 0
  await download(client, url, { file, resumes, onProgress, pace: onProgress })
  const isComplete = file.sizeBytes === undefined || file.doneBytes === file.sizeBytes
  if (isComplete && (!isHashed || verifyDigest(key, file.digestHex()!)))
    return { verified: isHashed }
  files.remove(destination)
  if (resumes) return await downloadKey(client, url, request)
  throw new AnnexError('CONTENT_MISMATCH', 'verification of content failed')
}
