/** `git annex pre-commit`: what the hook of that name does before git commits. */
import type { Command } from '../cli/command.js'
import { readIndexEntries } from '../git/index-file.js'
import { annexedFiles } from '../worktree/annexed-files.js'
import { fixLinks, stagedLinks } from '../worktree/fix-links.js'

export const preCommit: Command<Record<never, never>, 'annex'> = {
  name: 'pre-commit',
  section: 'plumbing',
  summary: 'commits the journal and mends moved links (called by git)',
  usage: '[PATH …]',
  needs: 'annex',
  needsWorkTree: true,
  isQuiet: true,
  options: {},
  async *run(annex) {
    const { repository, blobKeys } = annex
    yield {
      command: 'pre-commit',
      item: {},
      perform() {
        const links = stagedLinks(repository)
        if (links.size === 0) return true
        const staged = readIndexEntries(repository).filter(({ path }) => links.has(path))
        fixLinks(repository, annexedFiles(staged, blobKeys))
        return true
      },
    }
  },
}
