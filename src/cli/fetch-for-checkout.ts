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
import { countJobs, doAtOnce, UNASKED_JOBS } from './jobs.js'
import { openAnnex } from './open-annex.js'
import { ProcessOutput } from './output.js'
import { ProgressReporter } from './reporter-progress.js'
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
 * Fetches contents from the cheapest remotes that have them, several at once (annex.jobs); a person at
 * a terminal sees how far they are.
 * @param paths a file of each content, by its key
 * @returns those that could not be had
 * @throws AnnexError when the repository cannot be opened
 */
export async function fetchForCheckout(
  paths: ReadonlyMap<Bytes, Bytes>,
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
    const jobs = countJobs(annex.config, { otherwise: UNASKED_JOBS })
    const reporter = new ProgressReporter(new ProcessOutput())
    await doAtOnce(jobs, paths, async ([keyText, path]) => {
      const item = reporter.begin({ command: 'get', item: { file: path }, perform: () => true })
      const onProgress = (done: number, total?: number) => item.progress(done, total)
      const reason = await fetchOne(annex, { keyText, path, onProgress }, remotes)
      item.finish(reason === undefined)
      if (reason !== undefined) missing.push({ keyText, reason })
    })
  } finally {
    await annex.finish({ leaveJournal: false })
  }
  return missing
}

interface WantedContent {
  readonly keyText: Bytes
  readonly path: Bytes
  readonly onProgress: (doneBytes: number, totalBytes?: number) => void
}

/** @returns why it failed; undefined when the content is here now */
async function fetchOne(
  annex: Annex,
  { keyText, path, onProgress }: WantedContent,
  remotes: readonly Remote[],
): Promise<string | undefined> {
  const problems: string[] = []
  const warning = (text: string) => problems.push(text)
  const ui = { note() {}, progress: onProgress, warning }
  // Git writes these files itself, as soon as it has our answer.
  const destination = { ...hereAsDestination(annex, { force: false }), contentArrived() {} }
  const candidates = remotesWith(annex, keyText, remotes)
  try {
    const { from } = await fetchContent(keyText, candidates, { destination, ui, file: path })
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
