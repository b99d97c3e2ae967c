/**
 * Which refs count as users of contents: the refspecs of `unused --used-refspec` and
 * `annex.used-refspec`, which are git-annex's own and not git's.
 *
 *     +refs/heads/*:+HEAD^:-refs/heads/old:reflog
 *
 * Parts add refs by glob or by name, or take those that were added away again, from left to right.
 */
import { type Bytes, bytesFromText, bytesToBuffer } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { compileGlob, type Glob } from '../model/glob.js'
import * as files from '../platform/files.js'
import { listRefs, type Ref, readHead } from './refs.js'
import type { Repository } from './repository.js'
import { git, gitOutput } from './run.js'

type RefSpecPart =
  | { readonly kind: 'name'; readonly name: Bytes }
  | { readonly kind: 'glob' | 'without'; readonly glob: Glob }
  | { readonly kind: 'reflog' }

export type UsedRefSpec = readonly RefSpecPart[]

/** Everything there is. */
export const ALL_REFS: UsedRefSpec = [{ kind: 'glob', glob: () => true }]

/** @throws AnnexError USAGE */
export function parseUsedRefSpec(text: string): UsedRefSpec {
  return text.split(':').map((part): RefSpecPart => {
    const rest = bytesFromText(part.slice(1))
    if (part.startsWith('+'))
      return /[*?]/.test(rest)
        ? { kind: 'glob', glob: compileGlob(rest) }
        : { kind: 'name', name: rest }
    if (part.startsWith('-')) return { kind: 'without', glob: compileGlob(rest) }
    if (part === 'reflog') return { kind: 'reflog' }
    throw new AnnexError('USAGE', `bad refspec item "${part}" (expected + or - prefix)`)
  })
}

/** What uses contents: a name that git understands, and how to call it. */
export interface UsedRef {
  readonly name: Bytes
  /** Undefined for a name as the user gave it, which may be none. */
  readonly oid: Bytes | undefined
}

/** What git-annex itself keeps, which says nothing about the files of anybody. */
const BOOKKEEPING = /\/git-annex$|^refs\/(?:synced|annex)\/|^refs\/heads\/views\//

/**
 * Applies a refspec, in the order in which git-annex looks at refs. HEAD is always among them, unless
 * a ref is at the same commit.
 */
export function selectUsedRefs(repository: Repository, spec: UsedRefSpec): UsedRef[] {
  const all = listRefs(repository).filter(({ name }) => !BOOKKEEPING.test(name))
  let chosen: UsedRef[] = []
  for (const part of spec) {
    if (part.kind === 'name') chosen.push({ name: part.name, oid: undefined })
    else if (part.kind === 'reflog') chosen.push(...readReflogs(repository, all).reverse())
    else if (part.kind === 'without') chosen = chosen.filter(({ name }) => !part.glob(name))
    else chosen.push(...all.filter(({ name }) => part.glob(name)).reverse())
  }
  // Only now: of two refs at one commit, the spec may have taken one away.
  chosen = firstOfEach(chosen.reverse()).reverse()
  const head = readHead(repository).oid
  if (head === undefined || all.some(({ oid }) => oid === head)) return chosen
  return [{ name: 'HEAD', oid: head }, ...chosen]
}

/** One ref for each commit; names that are not looked up yet stay. */
function firstOfEach<R extends UsedRef>(refs: readonly R[]): R[] {
  const seen = new Set<Bytes>()
  return refs.filter(({ oid }) => oid === undefined || (!seen.has(oid) && seen.add(oid)))
}

/**
 * Where the refs were before, as far as git still knows; HEAD, too, which git-annex leaves out: it was
 * at branches that are gone.
 */
function readReflogs(repository: Repository, refs: readonly Ref[]): UsedRef[] {
  const head = readHead(repository).oid === undefined ? [] : ['HEAD']
  const names = [...refs.map(({ name }) => name), ...head]
  if (names.length === 0) return []
  const input = bytesToBuffer(`${names.join('\n')}\n`)
  const oids = gitOutput(repository, ['log', '--walk-reflogs', '--format=%H', '--stdin'], { input })
  return oids.split('\n').flatMap((oid) => (oid === '' ? [] : [{ name: oid, oid }]))
}

/** What git shows of a ref to people: `main`, `origin/main`, `refs/tags/v1`. */
export function shortRefName(name: Bytes): Bytes {
  return name.replace(/^refs\/(?:heads|remotes)\//, '')
}

/**
 * Every stash there is, with what was staged and untracked in it: `refs/stash` is only the last one.
 * @returns commits, by id
 */
export function listStashes(repository: Repository): Bytes[] {
  return withParts(repository, ['--walk-reflogs', 'refs/stash'])
}

/** What git keeps while a merge or rebase waits for its user; the stashes it makes have no ref. */
const UNFINISHED = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'REBASE_HEAD']
const AUTOSTASHES = ['MERGE_AUTOSTASH', 'rebase-merge/autostash', 'rebase-apply/autostash']

/** Commits that an unfinished merge or rebase of this work tree will come back to, by id. */
export function listUnfinished(repository: Repository): Bytes[] {
  const read = (name: string) =>
    files
      .readFile(`${repository.gitDir}/${name}`)
      ?.toString('latin1')
      .match(/^[0-9a-f]{40,64}$/gm) ?? []
  const stashes = AUTOSTASHES.flatMap(read)
  const parts = stashes.length > 0 ? withParts(repository, ['--no-walk', ...stashes]) : []
  return [...UNFINISHED.flatMap(read), ...parts]
}

/** Stashes and their parents but the first, which is the commit that was checked out. */
function withParts(repository: Repository, revisions: readonly string[]): Bytes[] {
  const args = ['log', '--format=%H %P', ...revisions, '--']
  const { status, stdout } = git(repository, args, { okStatus: [0, 128] })
  if (status !== 0) return []
  return stdout
    .toString('latin1')
    .split('\n')
    .flatMap((line) => {
      const [stash, , ...parents] = line.split(' ')
      return stash ? [stash, ...parents] : []
    })
}
