/** Where keys were used that no file uses now: in which commit, under which name. */
import { type HistoryChange, streamHistory } from '../git/history.js'
import { readHead } from '../git/refs.js'
import { git } from '../git/run.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import type { Annex } from './annex.js'

/** The last commit that used a key. */
export interface HistoricalUse {
  /** As `git rev-parse` understands it: `main~2`, `HEAD@{3}`. */
  readonly revision: Bytes
  /** Relative to the top. */
  readonly paths: readonly Bytes[]
}

/** All branches and tags, ours and those of remotes, but for the logs of the annex. */
const ALL_REFS = ['--exclude=*/git-annex', '--glob=refs/*', '--']
const NOWHERE = 'undefined'

/** Finds the last use of each key; who is not in the answer was never committed, as far as git knows. */
export async function findHistoricalUses(
  annex: Annex,
  keyTexts: ReadonlySet<Bytes>,
): Promise<Map<Bytes, HistoricalUse>> {
  const committed = await findLastCommits(annex, keyTexts, { format: '%H', args: ALL_REFS })
  const names = nameCommits(annex, [...committed.values()])
  const uses = new Map<Bytes, HistoricalUse>()
  for (const [keyText, { revision, paths }] of committed) {
    const name = names.get(revision)
    if (name !== undefined) uses.set(keyText, { revision: name, paths })
  }
  if (readHead(annex.repository).oid === undefined) return uses
  const rest = new Set([...keyTexts].filter((keyText) => !uses.has(keyText)))
  const reflog = { format: '%gd', args: ['--walk-reflogs', '--'] }
  for (const [keyText, use] of await findLastCommits(annex, rest, reflog)) uses.set(keyText, use)
  return uses
}

async function findLastCommits(
  { repository, blobKeys }: Annex,
  keyTexts: ReadonlySet<Bytes>,
  request: { format: string; args: readonly string[] },
): Promise<Map<Bytes, HistoricalUse>> {
  const uses = new Map<Bytes, { revision: Bytes; paths: Bytes[] }>()
  const missing = new Set(keyTexts)
  if (missing.size === 0) return uses
  const note = ({ commit, path, to }: HistoryChange) => {
    const keyText = to && blobKeys.keyTextOf(to)
    if (keyText === undefined) return
    if (missing.delete(keyText)) uses.set(keyText, { revision: commit, paths: [path] })
    // Other files of the same commit.
    else if (uses.get(keyText)?.revision === commit) uses.get(keyText)!.paths.push(path)
  }
  for await (const changes of streamHistory(repository, request)) {
    blobKeys.resolve(changes.flatMap(({ to }) => to ?? []))
    for (const change of changes) note(change)
    if (missing.size === 0) break
  }
  return uses
}

/** Names of commits by the nearest ref; those without any are left out. */
function nameCommits({ repository }: Annex, uses: readonly HistoricalUse[]): Map<Bytes, Bytes> {
  const oids = [...new Set(uses.map(({ revision }) => revision))]
  if (oids.length === 0) return new Map()
  const input = Buffer.from(`${oids.join('\n')}\n`, 'latin1')
  const args = ['name-rev', '--peel-tag', '--name-only', '--exclude=*/git-annex', '--stdin']
  const lines = git(repository, args, { input }).stdout.toString('latin1').split('\n')
  const names = oids.map((oid, i): [Bytes, Bytes] => [oid, lines[i] ?? NOWHERE])
  return new Map(names.filter(([oid, name]) => name !== NOWHERE && name !== bytesToText(oid)))
}
