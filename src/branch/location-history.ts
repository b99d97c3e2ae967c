/**
 * How the location logs came to be what they are: the history of the git-annex branch, read with one
 * `git log` and one `git cat-file` for any number of keys.
 */
import type { Repository } from '../git/repository.js'
import { gitBulk } from '../git/run.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { locationLogKey } from '../model/logs/branch-paths.js'
import { readObjects, type Sha } from './objects.js'

/** A change of one file of the branch in one commit. */
export interface LoggedChange {
  readonly path: Bytes
  /** When it was committed: seconds since 1970, as decimal text. */
  readonly seconds: string
  /** The same as people read it, in the local time zone and the wanted form. */
  readonly date: string
  /** Undefined: it was not there before. */
  readonly from: Sha | undefined
  /** Undefined: it was removed. */
  readonly to: Sha | undefined
}

export interface HistoryQuestion {
  /** Only these files of the branch; undefined: all of them. */
  readonly paths?: readonly Bytes[]
  /** Further arguments of git log, as text: `--since=DATE`, `--reverse` … */
  readonly args?: readonly string[]
  /** As for strftime. */
  readonly dateFormat: string
}

const BRANCH = 'refs/heads/git-annex'
/** A path spec is compared with every name: with more, git takes longer than to say everything. */
const MANY_PATHS = 20
const ABSENT = /^0+$/
const HEADER = /^@(\d+) (.*)$/s

/**
 * Reads the changes, those of the newest commit first unless `--reverse` is asked for.
 * @throws AnnexError GIT_FAILED, for a date that git does not understand, say
 */
export function* readHistory(
  repository: Repository,
  { paths, args = [], dateFormat }: HistoryQuestion,
): Generator<LoggedChange> {
  if (paths?.length === 0) return
  const wanted = paths && new Set(paths)
  const limits = wanted && wanted.size <= MANY_PATHS ? [...wanted].map(bytesToText) : []
  // These files are never removed but by a rewrite of everything: git need not look further back.
  if (limits.length > 0) limits.unshift('--remove-empty', BRANCH, '--')
  else limits.push(BRANCH, '--')
  const format = ['-z', '--format=@%ct %cd', `--date=format-local:${dateFormat}`]
  const diff = ['--raw', '--no-abbrev', '--no-renames', '--no-textconv']
  const { stdout } = gitBulk(repository, ['log', ...format, ...diff, ...args, ...limits], {
    env: { GIT_LITERAL_PATHSPECS: '1' },
  })
  for (const change of parseLog(stdout.toString('latin1')))
    if (!wanted || wanted.has(change.path)) yield change
}

/** `@TIME DATE NUL [\n]:MODE MODE FROM TO STATUS NUL PATH NUL …` */
function* parseLog(text: Bytes): Generator<LoggedChange> {
  let [seconds, date] = ['', '']
  let start = 0
  const next = () => {
    const end = text.indexOf('\0', start)
    if (end < 0) return undefined
    const token = text.slice(start, end)
    start = end + 1
    return token
  }
  for (let token = next(); token !== undefined; token = next()) {
    const header = HEADER.exec(token)
    if (header) {
      seconds = header[1]!
      date = bytesToText(header[2]!)
      continue
    }
    const [, , from, to] = token.slice(token.indexOf(':')).split(' ')
    const path = next()
    if (path === undefined) return
    yield { path, seconds, date, from: oidOf(from), to: oidOf(to) }
  }
}

const oidOf = (oid: Bytes | undefined) => (oid && !ABSENT.test(oid) ? oid : undefined)

/** The keys whose location logs changed; changes of other files are left out. */
export function keyOfChange({ path }: LoggedChange): Bytes | undefined {
  return locationLogKey(path)
}

/**
 * Reads the contents that changes lead from and to.
 * @returns a reader of what was read; empty for what is not there
 */
export function readVersions(
  repository: Repository,
  changes: readonly LoggedChange[],
): (oid: Sha | undefined) => Bytes {
  const oids = new Set<Sha>()
  for (const { from, to } of changes) for (const oid of [from, to]) if (oid) oids.add(oid)
  const names = [...oids]
  const contents = readObjects(repository, names)
  const known = new Map(names.map((oid, i) => [oid, contents[i] ?? '']))
  return (oid) => (oid === undefined ? '' : (known.get(oid) ?? ''))
}
