/** `git annex pre-commit`: what the hook of that name does before git commits. */
import type { Annex } from '../cli/annex.js'
import type { Command } from '../cli/command.js'
import { paysToRemember } from '../git/blob-keys.js'
import { readIndexEntries } from '../git/index-file.js'
import { absolute, join, relative } from '../git/repository.js'
import { listStagedChanges, type StagedChange } from '../git/staged-changes.js'
import { bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatBinarySize } from '../model/units.js'
import { annexedFiles } from '../worktree/annexed-files.js'
import { findLargeBlobs, guardSize } from '../worktree/commit-guard.js'
import { fixLinks } from '../worktree/fix-links.js'

const LINK = 0o120000
/** More files than these are not named one by one. */
const MAX_NAMED = 5
/** For fewer it does not matter. */
const MANY = 500

export const preCommit: Command<Record<never, never>, 'annex'> = {
  name: 'pre-commit',
  section: 'plumbing',
  summary: 'commits the journal, mends moved links, stops large blobs (called by git)',
  usage: '[PATH …]',
  needs: 'annex',
  needsWorkTree: true,
  isQuiet: true,
  options: {},
  async *run(annex) {
    yield {
      command: 'pre-commit',
      item: {},
      perform() {
        const changes = listStagedChanges(annex.repository, 'HEAD')
        mendLinks(annex, changes)
        refuseLargeBlobs(annex, changes)
        return true
      },
    }
  },
}

function mendLinks({ repository, blobKeys }: Annex, changes: readonly StagedChange[]): void {
  const links = new Set(changes.filter(({ mode }) => mode === LINK).map(({ path }) => path))
  if (links.size === 0) return
  const staged = readIndexEntries(repository).filter(({ path }) => links.has(path))
  fixLinks(repository, annexedFiles(staged, blobKeys))
}

/** Git takes 13 µs to tell the size of an object that was just added. */
function withoutPointers(annex: Annex, changes: readonly StagedChange[]): readonly StagedChange[] {
  if (changes.length < MANY || !paysToRemember(annex.repository, changes.length)) return changes
  return changes.filter((change) => !annex.blobKeys.isKnownKey(change))
}

/** @throws AnnexError TOO_LARGE_FOR_GIT */
function refuseLargeBlobs(annex: Annex, changes: readonly StagedChange[]): void {
  const { repository, config, env } = annex
  const limit = guardSize(config)
  const large = findLargeBlobs(repository, withoutPointers(annex, changes), limit)
  if (large.length === 0) return
  // Git runs hooks at the top, but tells where the user is.
  const top = repository.workTree!
  const place = absolute(top, bytesFromText(env.GIT_PREFIX ?? ''))
  const named = large.slice(0, MAX_NAMED).map(({ path, sizeBytes }) => ({
    name: quote(bytesToText(relative(place, join(top, path)))),
    size: formatBinarySize(sizeBytes),
  }))
  const more = large.length > named.length ? ` and ${large.length - named.length} more` : ''
  const list = named.map(({ name, size }) => `${name} (${size})`).join(', ')
  const names = more === '' ? named.map(({ name }) => name).join(' ') : 'FILE …'
  throw new AnnexError(
    'TOO_LARGE_FOR_GIT',
    `${list}${more} would go into git itself and stay there for ever; ` +
      `annex.guard-size is ${formatBinarySize(Number(limit))}`,
    {
      hint:
        `To annex: git rm -q --cached -- ${names} && git annex add --force-large -- ${names}\n` +
        '  To commit all the same: git commit --no-verify, or git config annex.guard-size 0',
    },
  )
}

/** As a shell takes it for one word. */
function quote(name: string): string {
  return /^[\w./@%+=:,-]+$/.test(name) && !name.startsWith('-')
    ? name
    : `'${name.replaceAll("'", "'\\''")}'`
}
