/** `gcryptsetup DIRECTORY ID`: git-annex's encrypted repositories; refused. */
import { AnnexError } from '../model/errors.js'
import type { ShellCommand } from './command.js'

export const gcryptsetup: ShellCommand = {
  name: 'gcryptsetup',
  parameters: 'VALUE',
  summary: 'sets up gcrypt repository (not built)',
  changes: 'sets-up',
  needsAnnex: false,
  run() {
    throw new AnnexError(
      'NOT_BUILT_YET',
      'gcryptsetup is not built: this git-annex-shell cannot make encrypted git repositories',
      { hint: 'Use the git-annex-shell of git-annex 10 on this machine for gcrypt remotes' },
    )
  },
}
