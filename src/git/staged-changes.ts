/** What the next commit would change, from one `git diff-index`. */
import type { Bytes } from '../model/bytes.js'
import { indexEnv } from './index-file.js'
import type { Repository } from './repository.js'
import { git, gitOutput } from './run.js'

const NOTHING = Buffer.alloc(0)

/** A path that is new or other in the index. */
export interface StagedChange {
  /** Relative to the top. */
  readonly path: Bytes
  /** As in the index. */
  readonly mode: number
  readonly oid: Bytes
}

/**
 * Files that the index has and a commit has not, or not so; deletions are left out.
 * @param commit such as `HEAD`; one that does not exist has no files
 */
export function listStagedChanges(repository: Repository, commit: string): StagedChange[] {
  const args = ['diff-index', '--cached', '-z', '--no-renames', '--diff-filter=AMT']
  const options = { okStatus: [0, 128], env: indexEnv(repository) }
  const asked = git(repository, [...args, commit], options)
  let { stdout } = asked
  if (asked.status !== 0) {
    const empty = gitOutput(repository, ['hash-object', '-t', 'tree', '--stdin'], {
      input: NOTHING,
    })
    stdout = git(repository, [...args, empty], options).stdout
  }
  const fields = stdout.toString('latin1').split('\0')
  const changes: StagedChange[] = []
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, mode, , oid] = fields[i]!.split(' ')
    changes.push({ path: fields[i + 1]!, mode: Number.parseInt(mode!, 8), oid: oid! })
  }
  return changes
}
