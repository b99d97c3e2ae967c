/** Staging files as they are: `git add` with our filter switched off for this one call. */
import { type Bytes, bytesToBuffer } from '../model/bytes.js'
import type { Repository } from './repository.js'
import { git } from './run.js'

const WITHOUT_FILTER = ['clean', 'smudge', 'process'].map((name) => `filter.annex.${name}=`)

/**
 * Adds files to the index as ordinary git content, ignored ones too.
 * @param paths relative to the top of the work tree
 * @throws AnnexError GIT_FAILED
 */
export function stageAsOrdinary(repository: Repository, paths: readonly Bytes[]): void {
  const args = ['add', '--force', '--pathspec-from-file=-', '--pathspec-file-nul']
  git(repository, ['--literal-pathspecs', ...args], {
    config: [...WITHOUT_FILTER, 'filter.annex.required=false'],
    input: bytesToBuffer(paths.join('\0')),
  })
}
