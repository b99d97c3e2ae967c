/**
 * Fetching contents while git checks files out: git holds the index and writes the work tree, so only
 * the object store and the journal change here.
 */
import type { Surroundings } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { errorMessage } from '../model/errors.js'
import type { Remote } from '../remotes/remote.js'
import { fetchContent } from '../transfer/fetch.js'
import type { Annex } from './annex.js'
import { countJobs, doAtOnce } from './jobs.js'
import { openAnnex } from './open-annex.js'
import { RepositoryNames } from './repository-list.js'
import { hereAsDestination, remotesWith } from './transfer-context.js'

/** A content that could not be had. */
export interface MissingContent {
  readonly keyText: Bytes
  /** Why, and who may have it; one line. */
  readonly reason: string
}

const SILENT = { remark() {}, warning() {}, failure() {} }

/**
 * Fetches contents from the cheapest remotes that have them, several at once (annex.jobs).
 * @returns those that could not be had
 * @throws AnnexError when the repository cannot be opened
 */
export async function fetchForCheckout(
  keyTexts: readonly Bytes[],
  surroundings: Surroundings,
): Promise<readonly MissingContent[]> {
  const annex = await openAnnex({
    surround: { ...surroundings, loadCommands: async () => [] },
    settings: [],
    needs: 'annex',
    needsWorkTree: false,
    messages: SILENT,
  })
  const missing: MissingContent[] = []
  try {
    const remotes = await annex.remotes()
    await doAtOnce(countJobs(annex.config), keyTexts, async (keyText) => {
      const reason = await fetchOne(annex, keyText, remotes)
      if (reason !== undefined) missing.push({ keyText, reason })
    })
  } finally {
    await annex.finish({ leaveJournal: false })
  }
  return missing
}

/** @returns why it failed; undefined when the content is here now */
async function fetchOne(
  annex: Annex,
  keyText: Bytes,
  remotes: readonly Remote[],
): Promise<string | undefined> {
  const problems: string[] = []
  const ui = { note() {}, progress() {}, warning: (text: string) => problems.push(text) }
  // Git writes these files itself, as soon as it has our answer.
  const destination = { ...hereAsDestination(annex, { force: false }), contentArrived() {} }
  const candidates = remotesWith(annex, keyText, remotes)
  try {
    const { from } = await fetchContent(keyText, candidates, { destination, ui })
    if (from) return undefined
  } catch (error) {
    problems.push(errorMessage(error))
  }
  return [...problems, await whoHasIt(annex, keyText)].join('; ')
}

async function whoHasIt(annex: Annex, keyText: Bytes): Promise<string> {
  const names = await RepositoryNames.read(annex)
  const holders = annex.branch.locations(keyText).filter((uuid) => uuid !== annex.uuid)
  if (holders.length === 0) return 'no other repository is known to have its content'
  const described = holders.map((uuid) => names.describe(uuid) || bytesToText(uuid))
  return `its content may be in: ${described.join(', ')}`
}
