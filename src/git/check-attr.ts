/**
 * Git attributes of many paths with one process, and a cheap way to find out that none is needed.
 */
import { type Bytes, bytesFromText } from '../model/bytes.js'
import * as files from '../platform/files.js'
import type { GitConfig } from './config.js'
import { indexEnv } from './index-file.js'
import type { IndexEntry } from './index-format.js'
import { entriesAt } from './list-files.js'
import { absolute, parentDir, type Repository } from './repository.js'
import { git } from './run.js'

/** Values by attribute name: text, `set` or `unset`; an unspecified attribute is left out. */
export type Attributes = Readonly<Record<string, Bytes>>

/**
 * Looks up attributes.
 * @param paths relative to the top of the work tree; they need not exist
 * @param names such as `annex.largefiles`
 * @returns attributes by path, an empty record where none is specified
 */
export function checkAttributes(
  repository: Repository,
  paths: Iterable<Bytes>,
  names: readonly string[],
): Map<Bytes, Attributes> {
  const found = new Map<Bytes, Record<string, Bytes>>()
  for (const path of paths) found.set(path, {})
  if (found.size === 0 || names.length === 0) return found
  const input = Buffer.from([...found.keys(), ''].join('\0'), 'latin1')
  const args = ['check-attr', '-z', '--stdin', ...names]
  const output = git(repository, args, { input, env: indexEnv(repository) }).stdout
  const fields = output.toString('latin1').split('\0')
  for (let i = 0; i + 2 < fields.length; i += 3) {
    const [path, name, value] = fields.slice(i, i + 3) as [Bytes, string, Bytes]
    const attributes = found.get(path)
    if (attributes && value !== 'unspecified') attributes[name] = value
  }
  return found
}

export interface AttributeSearch {
  /** Text to look for, such as `annex.`. */
  readonly text: string
  /** Relative to the top; attributes files in the directories above them count. */
  readonly paths: Iterable<Bytes>
  readonly config: GitConfig
  readonly env: Readonly<Record<string, string | undefined>>
  /** The index: git reads an attributes file from there when the work tree lacks it. */
  readonly entries?: readonly IndexEntry[]
}

/**
 * Whether any file that git takes attributes from mentions a text. False means that asking git would
 * be in vain. True is only a maybe.
 */
export function mayHaveAttribute(repository: Repository, search: AttributeSearch): boolean {
  const mentions = (file: Bytes) => files.readFile(file)?.includes(search.text) ?? false
  if (sharedFiles(repository, search).some(mentions)) return true
  // Git may be told to take them from a tree instead, which only git reads.
  if (search.env.GIT_ATTR_SOURCE || search.config.get('attr.tree')) return true
  const { workTree } = repository
  if (workTree === undefined) return false
  for (const dir of directoriesOf(search.paths)) {
    const path = dir === '' ? '.gitattributes' : `${dir}/.gitattributes`
    const content = files.readFile(`${workTree}/${path}`)
    if (content?.includes(search.text)) return true
    if (!content && entriesAt(search.entries ?? [], path).length > 0) return true
  }
  return false
}

/** Attributes files that are not part of the work tree. */
function sharedFiles(repository: Repository, { config, env }: AttributeSearch): Bytes[] {
  const home = bytesFromText(env.HOME ?? '')
  const xdg = env.XDG_CONFIG_HOME ? bytesFromText(env.XDG_CONFIG_HOME) : `${home}/.config`
  const configured = config.get('core.attributesfile')
  const user = configured?.replace(/^~(?=\/)/, home) ?? `${xdg}/git/attributes`
  const shared = [
    `${repository.commonDir}/info/attributes`,
    absolute(repository.workTree ?? repository.gitDir, user),
  ]
  return env.GIT_ATTR_NOSYSTEM ? shared : [...shared, '/etc/gitattributes']
}

/** The directories above the paths, each once; the top is the empty path. */
function directoriesOf(paths: Iterable<Bytes>): Set<Bytes> {
  const directories = new Set<Bytes>([''])
  for (const path of paths) {
    let dir = path
    while (dir.includes('/')) {
      dir = parentDir(dir)
      if (directories.has(dir)) break
      directories.add(dir)
    }
  }
  return directories
}
