/** `git annex fix [PATH …]`: makes links lead to their objects again. */
import { type Command, jsonOptions } from '../cli/command.js'
import { seek } from '../cli/seek.js'
import { readIndexEntries } from '../git/index-file.js'
import { type AnnexedFile, annexedFiles } from '../worktree/annexed-files.js'
import { fixLinks, isMisplaced } from '../worktree/fix-links.js'

export const fix: Command<typeof jsonOptions, 'annex'> = {
  name: 'fix',
  section: 'content',
  summary: 'makes moved links lead to their contents again',
  usage: '[PATH …]',
  needs: 'annex',
  needsWorkTree: true,
  matching: true,
  leavesJournal: true,
  options: jsonOptions,
  async *run(annex, { words, matching }) {
    const { repository, blobKeys } = annex
    const links = [...annexedFiles(readIndexEntries(repository), blobKeys)].filter(
      ({ isLink }) => isLink,
    )
    const due: AnnexedFile[] = []
    annex.atEnd(() => void fixLinks(repository, due.splice(0)))
    const byPath = new Map(links.map((link) => [link.path, link]))
    for (const found of seek(annex, { words, matching, options: {} })) {
      const link = found?.path === undefined ? undefined : byPath.get(found.path)
      if (!found || !link || !isMisplaced(link, repository)) continue
      yield {
        command: 'fix',
        item: found,
        perform() {
          due.push(link)
          return true
        },
      }
    }
  },
}
