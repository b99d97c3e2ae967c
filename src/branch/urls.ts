/**
 * Urls of keys in the git-annex branch, and the web's presence that goes with them.
 * Implements spec: the git-annex branch, section 4.2.
 */
import type { Bytes } from '../model/bytes.js'
import { WEB_UUID } from '../model/uuid.js'
import type { AnnexBranch } from './branch.js'

/** Whether a recorded url is one for the web remote; others begin with a colon. */
export function isWebUrl(url: Bytes): boolean {
  return !url.startsWith(':')
}

/** The urls by which the web has a key. */
export function webUrls(branch: AnnexBranch, keyText: Bytes): Bytes[] {
  return branch.urls(keyText).filter(isWebUrl)
}

/** Records that a key can be had at a url. */
export function recordUrl(branch: AnnexBranch, keyText: Bytes, url: Bytes): void {
  setUrl(branch, keyText, { url, isPresent: true })
  if (isWebUrl(url)) branch.setPresence(keyText, WEB_UUID, true)
}

/** Records that a key cannot be had at a url; the web is no place for a key without urls. */
export function forgetUrl(branch: AnnexBranch, keyText: Bytes, url: Bytes): void {
  if (branch.urls(keyText).includes(url)) setUrl(branch, keyText, { url, isPresent: false })
  if (webUrls(branch, keyText).length === 0 && branch.locations(keyText).includes(WEB_UUID))
    branch.setPresence(keyText, WEB_UUID, false)
}

function setUrl(
  branch: AnnexBranch,
  keyText: Bytes,
  { url, isPresent }: { url: Bytes; isPresent: boolean },
): void {
  const status = isPresent ? '1' : '0'
  branch.edit(branch.logPath(keyText, '.log.web'), { kind: 'presence', item: url, status })
}
