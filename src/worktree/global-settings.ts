/**
 * Settings that `git annex config` records in the git-annex branch, read without opening the branch:
 * from a copy of its config.log as of the branch's commit, else with one process.
 *
 * The copy is disposable: `COMMIT LF CONTENT` under the annex directory.
 */
import { CommittedContent } from '../branch/committed.js'
import { readBranchHead } from '../branch/refs.js'
import { parentDir, type Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { isDiskFull } from '../model/errors.js'
import { parseMapLog } from '../model/logs/map-log.js'
import { isReadOnly } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import { makeAnnexDirs } from '../platform/make-dirs.js'

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
  const commit = readBranchHead(repository)
  if (commit === undefined) return ''
  const copyFile = `${repository.annexDir}/annexe/cache/config-log`
  const copy = files.readFile(copyFile)?.toString('latin1')
  if (copy?.startsWith(`${commit}\n`)) return copy.slice(commit.length + 1)
  const text = new CommittedContent(repository, commit).read(CONFIG_LOG)
  keepCopy(copyFile, `${commit}\n${text}`)
  return text
}

function keepCopy(path: Bytes, content: Bytes): void {
  try {
    makeAnnexDirs(parentDir(path))
    files.replaceFile(path, Buffer.from(content, 'latin1'))
  } catch (error) {
    if (!isReadOnly(error) && !isDiskFull(error)) throw error
  }
}
