/**
 * Finds the git repository around a directory without starting git (a hook or filter start pays for
 * every process). Handles work trees, bare repositories, `.git` files (linked worktrees, submodules,
 * --separate-git-dir) and GIT_DIR / GIT_WORK_TREE as git exports them to hooks and filters.
 */
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'

export interface Repository {
  /** Absolute path of this work tree's git directory (per worktree: HEAD, index). */
  readonly gitDir: Bytes
  /** Absolute path of the shared git directory (objects, refs, config, annex). */
  readonly commonDir: Bytes
  /** Absolute path of the top of the work tree; undefined in a bare repository. */
  readonly workTree: Bytes | undefined
  /** Absolute path of the directory with the annex objects. */
  readonly annexDir: Bytes
  /** The index file git uses now: GIT_INDEX_FILE or `gitDir/index`. */
  readonly indexFile: Bytes
}

export interface Surroundings {
  /** Absolute path of the current directory. */
  readonly cwd: Bytes
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Finds the repository that git itself would use.
 * @throws AnnexError NOT_A_REPOSITORY
 */
export function findRepository({ cwd, env }: Surroundings): Repository {
  const gitDirEnv = env['GIT_DIR']
  const found = gitDirEnv
    ? fromEnvironment(absolute(cwd, bytesFromText(gitDirEnv)), cwd, env)
    : searchUpwards(cwd)
  if (!found) throw new AnnexError('NOT_A_REPOSITORY', 'Not in a git repository.')
  const { gitDir, workTree } = found
  const commonDir = readCommonDir(gitDir)
  const indexEnv = env['GIT_INDEX_FILE']
  return {
    gitDir,
    commonDir,
    workTree,
    annexDir: `${commonDir}/annex`,
    indexFile: indexEnv ? absolute(workTree ?? cwd, bytesFromText(indexEnv)) : `${gitDir}/index`,
  }
}

/** Opens the repository whose work tree or git directory this is; undefined when it is none. */
export function openRepositoryAt(path: Bytes): Repository | undefined {
  const found = examine(path) ?? examineBare(path)
  if (!found) return undefined
  const commonDir = readCommonDir(found.gitDir)
  return { ...found, commonDir, annexDir: `${commonDir}/annex`, indexFile: `${found.gitDir}/index` }
}

interface Found {
  gitDir: Bytes
  workTree: Bytes | undefined
}

function searchUpwards(start: Bytes): Found | undefined {
  let dir = start
  for (;;) {
    const found = examine(dir) ?? examineBare(dir)
    if (found) return found
    if (dir === '/' || dir === '') return undefined
    dir = parentDir(dir)
  }
}

function examine(dir: Bytes): Found | undefined {
  const dotGit = join(dir, '.git')
  const stat = files.lstat(dotGit)
  if (!stat) return undefined
  if (stat.isDirectory()) return isGitDir(dotGit) ? withWorkTree(dotGit, dir) : undefined
  if (stat.isSymbolicLink()) {
    const gitDir = files.realPath(dotGit)
    return gitDir && isGitDir(gitDir) ? withWorkTree(gitDir, dir) : undefined
  }
  const text = files.readHead(dotGit, 8192)?.toString('latin1') ?? ''
  const match = /^gitdir: (.+?)\r?\n?$/.exec(text)
  if (!match) return undefined
  const gitDir = files.realPath(absolute(dir, match[1]!))
  return gitDir ? withWorkTree(gitDir, dir) : undefined
}

function withWorkTree(gitDir: Bytes, workTree: Bytes): Found {
  return { gitDir, workTree: configuredWorkTree(gitDir) ?? workTree }
}

/** `dir` itself as a git directory: a bare repository, or the `.git` of a work tree above. */
function examineBare(dir: Bytes): Found | undefined {
  if (!isGitDir(dir)) return undefined
  if (isConfiguredBare(dir)) return { gitDir: dir, workTree: undefined }
  const top = dir.endsWith('/.git') ? dir.slice(0, -'/.git'.length) || '/' : undefined
  return { gitDir: dir, workTree: configuredWorkTree(dir) ?? top }
}

function fromEnvironment(path: Bytes, cwd: Bytes, env: Surroundings['env']): Found | undefined {
  if (!isGitDir(path)) return undefined
  // What a link leads to: the paths in its files are relative to there.
  const gitDir = files.lstat(path)?.isSymbolicLink() ? (files.realPath(path) ?? path) : path
  const workTreeEnv = env['GIT_WORK_TREE']
  if (workTreeEnv) return { gitDir, workTree: absolute(cwd, bytesFromText(workTreeEnv)) }
  if (isConfiguredBare(gitDir)) return { gitDir, workTree: undefined }
  const configured = configuredWorkTree(gitDir)
  if (configured !== undefined) return { gitDir, workTree: configured }
  // Hooks run at the top of the work tree with GIT_DIR set, so does a filter, and some hooks run in
  // the git directory. Anywhere else the current directory is the work tree, as it is to git.
  const top = topFor(path) ?? topFor(gitDir)
  const isNear = top !== undefined && (isWithin(cwd, top) || isWithin(cwd, gitDir))
  return { gitDir, workTree: isNear ? top : cwd }
}

function isWithin(path: Bytes, dir: Bytes): boolean {
  return path === dir || path.startsWith(join(dir, ''))
}

function topFor(gitDir: Bytes): Bytes | undefined {
  if (gitDir.endsWith('/.git')) return gitDir.slice(0, -'/.git'.length) || '/'
  const back = files.readFile(`${gitDir}/gitdir`)?.toString('latin1').trim()
  return back?.endsWith('/.git') ? back.slice(0, -'/.git'.length) : undefined
}

function isGitDir(dir: Bytes): boolean {
  if (!files.exists(`${dir}/HEAD`)) return false
  return (
    (files.exists(`${dir}/objects`) && files.exists(`${dir}/refs`)) ||
    files.exists(`${dir}/commondir`)
  )
}

function isConfiguredBare(gitDir: Bytes): boolean {
  const config = files.readFile(`${gitDir}/config`)?.toString('latin1') ?? ''
  return /^\s*bare\s*=\s*(true|yes|on|1)\s*$/im.test(config)
}

/** `core.worktree`, absolute; git does not heed it in linked work trees. */
function configuredWorkTree(gitDir: Bytes): Bytes | undefined {
  const read = (name: string) => files.readFile(`${gitDir}/${name}`)?.toString('latin1') ?? ''
  const config = read('config')
  const isSplit = /^\s*worktreeConfig\s*=\s*(true|yes|on|1)\s*$/im.test(config)
  const texts = isSplit ? [read('config.worktree'), config] : [config]
  for (const text of texts) {
    const value = /^\s*\[core\][^[]*?^\s*worktree[ \t]*=[ \t]*(.+?)[ \t\r]*$/im.exec(text)?.[1]
    if (value !== undefined)
      return absolute(gitDir, value.replace(/^"(.*)"$/, '$1').replace(/\\(["\\])/g, '$1'))
  }
  return undefined
}

function readCommonDir(gitDir: Bytes): Bytes {
  const text = files
    .readFile(`${gitDir}/commondir`)
    ?.toString('latin1')
    .replace(/\r?\n$/, '')
  if (text === undefined) return gitDir
  return files.realPath(absolute(gitDir, text)) ?? gitDir
}

/** Joins two paths with exactly one slash. */
export function join(dir: Bytes, name: Bytes): Bytes {
  return dir.endsWith('/') ? dir + name : `${dir}/${name}`
}

/** The directory above; `/` above itself, `.` above a plain name. */
export function parentDir(path: Bytes): Bytes {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '.' : slash === 0 ? '/' : path.slice(0, slash)
}

/** Makes a path absolute against a directory and takes `.`, `..` and doubled slashes out. */
export function absolute(base: Bytes, path: Bytes): Bytes {
  const parts: Bytes[] = []
  for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** The path to `to` seen from the directory `from`; both absolute and clean. `.` when equal. */
export function relative(from: Bytes, to: Bytes): Bytes {
  const a = from === '/' ? [] : from.split('/').slice(1)
  const b = to === '/' ? [] : to.split('/').slice(1)
  let common = 0
  while (common < a.length && common < b.length && a[common] === b[common]) common++
  const path = [...Array<string>(a.length - common).fill('..'), ...b.slice(common)].join('/')
  return path === '' ? '.' : path
}

/** Where git runs for this repository, as text for a child process. */
export function gitCwd(repository: Repository): string {
  return bytesToText(repository.workTree ?? repository.gitDir)
}
