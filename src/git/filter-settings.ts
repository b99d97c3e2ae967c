/**
 * Telling git about the filter: commands in the configuration and one line of attributes.
 *
 * The commands find the executable by the path it had at `init`, then on PATH; a git command in a
 * repository whose tool is gone then ends with one sentence that helps instead of a shell's error.
 * `required` makes git refuse to store raw content when the filter fails, and lets it stream.
 * Implements spec: repository layout, sections 2.3 and 2.4, and git filter, traps 2 to 5.
 */
import { type Bytes, bytesFromText } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { makeDirsIn, shareFileIn } from '../platform/make-dirs.js'
import { type GitConfig, setConfig, unsetConfig } from './config.js'
import { ATTRIBUTES_FILE, findOtherFilter, hasPointerFiles } from './other-filters.js'
import type { Repository } from './repository.js'

/** The slowest compiler never pays for itself in a filter: 0.35 s of CPU for 10,000 files. */
const FILTER_TUNING = 'BUN_JSC_useFTLJIT=0 '
const ATTRIBUTE = 'filter=annex'
const ATTRIBUTE_LINE = `* ${ATTRIBUTE}`
const TEXTCONV = 'diff.annex.textconv'
const OUR_TEXTCONV = / diffdriver --describe /

/**
 * Sets the filter's configuration where it differs.
 * @param executable absolute path, as text
 * @returns warnings for the user, one line each
 */
export function configureFilter(
  repository: Repository,
  config: GitConfig,
  executable: string,
): readonly string[] {
  const settings: [string, string][] = [
    ['filter.annex.smudge', filterCommand(executable, 'smudge -- %f')],
    ['filter.annex.clean', filterCommand(executable, 'smudge --clean -- %f')],
    ['filter.annex.process', filterCommand(executable, 'filter-process', FILTER_TUNING)],
    ['filter.annex.required', 'true'],
  ]
  for (const [name, value] of settings)
    if (config.get(name) !== bytesFromText(value))
      setConfig(repository, config, name, bytesFromText(value))
  configureDiff(repository, config, executable)
  return addAttribute(repository)
}

/**
 * Sets the configuration of the diff driver `annex`, which attributes attach to annexed files only:
 * git starts it for every file it is attached to. A driver of the user's own is left alone.
 */
export function configureDiff(repository: Repository, config: GitConfig, executable: string): void {
  const command = diffCommand(executable)
  const found = config.get(TEXTCONV)
  if (found === bytesFromText(command)) return
  if (found === undefined || OUR_TEXTCONV.test(found))
    setConfig(repository, config, TEXTCONV, bytesFromText(command))
}

/** Takes back what {@link configureFilter} did. */
export function removeFilter(repository: Repository, config: GitConfig): void {
  for (const name of ['smudge', 'clean', 'process', 'required'])
    unsetConfig(repository, config, `filter.annex.${name}`)
  if (OUR_TEXTCONV.test(config.get(TEXTCONV) ?? '')) unsetConfig(repository, config, TEXTCONV)
  removeCatchAll(repository)
}

/** Whether our line sends every file through the filter. */
export function hasCatchAll(repository: Repository): boolean {
  return readAttributes(repository).split('\n').includes(ATTRIBUTE_LINE)
}

/** Adds that line, if it is not there. */
export function addCatchAll(repository: Repository): void {
  if (hasCatchAll(repository)) return
  const path = attributesPath(repository)
  makeDirsIn(repository.commonDir, path.slice(0, path.lastIndexOf('/')))
  const text = `${readAttributes(repository)}\n${ATTRIBUTE_LINE}\n`
  files.replaceFile(path, Buffer.from(text, 'latin1'))
  shareFileIn(repository.commonDir, path)
}

/** Removes that line: only what other attributes say goes through the filter then. */
export function removeCatchAll(repository: Repository): void {
  if (!hasCatchAll(repository)) return
  const path = attributesPath(repository)
  const kept = readAttributes(repository)
    .split('\n')
    .filter((line) => line !== ATTRIBUTE_LINE && line !== '')
  if (kept.length === 0) files.remove(path)
  else {
    files.replaceFile(path, Buffer.from(`${kept.join('\n')}\n`, 'latin1'))
    shareFileIn(repository.commonDir, path)
  }
}

/** What git shows when the tool is gone, or is another git-annex, is the file as it is. */
function diffCommand(executable: string): string {
  const quoted = quoteForShell(executable)
  return `a=${quoted}; test -x "$a" || a=git-annex; "$a" diffdriver --describe "$1" 2>/dev/null || cat`
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** The shell command for git's configuration. */
function filterCommand(executable: string, args: string, tuning = ''): string {
  const quoted = quoteForShell(executable)
  const missing =
    'git-annex, which keeps large files here, was not found: install it again or put it on PATH'
  return (
    `a=${quoted}; test -x "$a" || a=git-annex; command -v "$a" >/dev/null || ` +
    `{ echo "${missing}" >&2; exit 1; }; ${tuning}exec "$a" ${args}`
  )
}

function attributesPath(repository: Repository): Bytes {
  return `${repository.commonDir}/info/attributes`
}

function readAttributes(repository: Repository): Bytes {
  return files.readFile(attributesPath(repository))?.toString('latin1') ?? ''
}

/** Attaches the filter to every path, unless it is attached to some already or others have theirs. */
function addAttribute(repository: Repository): readonly string[] {
  const committed = repository.workTree
    ? files.readFile(`${repository.workTree}/${ATTRIBUTES_FILE}`)?.toString('latin1')
    : undefined
  if (committed?.includes(ATTRIBUTE)) return []
  const other = findOtherFilter(repository)
  if (other === undefined) {
    if (!readAttributes(repository).includes(ATTRIBUTE)) addCatchAll(repository)
    return []
  }
  if (hasPointerFiles(repository)) {
    addCatchAll(repository)
    return [
      `Annexed files match no tracked pattern, so that all files go through git-annex's filter, also those with ${other}. To give those back: git annex track PATTERN, for the annexed ones`,
    ]
  }
  removeCatchAll(repository)
  return [
    `Files with ${other} are left to that filter. Through git-annex's go only files of patterns that are tracked: git annex track PATTERN`,
  ]
}
