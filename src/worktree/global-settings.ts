/**
 * Settings that `git annex config` records in the git-annex branch, read without opening the branch:
 * one process for its config.log, none when there is no branch.
 */
import { CommittedContent } from '../branch/committed.js'
import { readBranchHead } from '../branch/refs.js'
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { parseMapLog } from '../model/logs/map-log.js'
import * as files from '../platform/files.js'

const CONFIG_LOG = 'config.log'

/** Reads config.log; an empty value means that the setting is not set, and is left out. */
export function readGlobalSettings(repository: Repository): ReadonlyMap<Bytes, Bytes> {
  // A file that git-annex has not committed yet replaces the committed one.
  const pending = files.readFile(`${repository.annexDir}/journal/${CONFIG_LOG}`)
  const text = pending?.toString('latin1') ?? committedLog(repository)
  const settings = new Map<Bytes, Bytes>()
  for (const [name, { value }] of parseMapLog(text)) if (value !== '') settings.set(name, value)
  return settings
}

function committedLog(repository: Repository): Bytes {
  return new CommittedContent(repository, readBranchHead(repository)).read(CONFIG_LOG)
}
