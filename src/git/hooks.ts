/**
 * Puts our hooks into a repository and takes them out again.
 *
 * Hooks only save work, nothing depends on them: so a hook that we cannot place without touching
 * what others own is left out with a warning. A hook that was there before is kept beside ours and
 * run by it. Implements spec: repository layout, section 2.5, and docs/hooks.md.
 */
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { shareProgramIn } from '../platform/make-dirs.js'
import type { GitConfig } from './config.js'
import { excludePaths, includePaths } from './exclude.js'
import { type HookName, hookTexts } from './hook-texts.js'
import { absolute, join, type Repository } from './repository.js'
import { git, gitOutput } from './run.js'

const MARKER = /^#![^\n]*\n# annexe hook: /
const HASKELL_MARKER = '#!/bin/sh\n# automatically configured by git-annex\n'
const PLACEHOLDER = "'@GIT_ANNEX@'"
const NAMES = Object.keys(hookTexts) as HookName[]

export interface HookChanges {
  /** The hooks that are ours now and were not, or had another text. */
  readonly written: readonly HookName[]
  /** One line each, for the user. */
  readonly warnings: readonly string[]
}

/**
 * Installs or upgrades our hooks where git looks for them (`core.hooksPath` or `hooks/`).
 * The hooks of the Haskell git-annex are replaced; anybody else's are chained.
 * @param options executable: absolute path of git-annex, tried first when a hook runs
 */
export function installHooks(
  repository: Repository,
  config: GitConfig,
  { executable }: { readonly executable: Bytes },
): HookChanges {
  const dir = findHooksDir(repository, config)
  if (dir.refusal !== undefined) return { written: [], warnings: [dir.refusal] }
  files.makeDirs(dir.path)
  const tracked = dir.inWorkTree ? listTracked(repository, dir.path) : new Set<Bytes>()
  const written: HookName[] = []
  const warnings: string[] = []
  for (const name of NAMES) {
    const path = join(dir.path, name)
    const outcome = tracked.has(path)
      ? 'it is committed to this repository'
      : installHook(path, hookText(name, executable))
    if (outcome === 'written') {
      written.push(name)
      shareProgramIn(repository.commonDir, path)
    } else if (outcome !== 'current')
      warnings.push(
        `${name} hook (${bytesToText(path)}) already exists, not configuring: ${outcome}`,
      )
  }
  if (dir.inWorkTree) excludePaths(repository, ourPaths(dir.path))
  return { written, warnings }
}

/**
 * Removes our hooks, and those of the Haskell git-annex, and puts back what was there before.
 * @returns the names of the hooks removed, once for each place
 */
export function removeHooks(repository: Repository, config: GitConfig): readonly HookName[] {
  const dir = findHooksDir(repository, config)
  const places = new Set([`${repository.commonDir}/hooks`])
  if (dir.refusal === undefined) places.add(dir.path)
  const removed: HookName[] = []
  for (const place of places)
    for (const name of NAMES) if (removeHook(join(place, name))) removed.push(name)
  if (dir.inWorkTree) includePaths(repository, ourPaths(dir.path))
  return removed
}

/** Whether a hook's text is ours, of any version. */
export function isOurHook(text: Bytes): boolean {
  return MARKER.test(text)
}

/** Whether a hook's text is one that the Haskell git-annex writes. */
export function isHaskellHook(text: Bytes): boolean {
  return text.startsWith(HASKELL_MARKER)
}

function hookText(name: HookName, executable: Bytes): Bytes {
  const quoted = `'${executable.replaceAll("'", "'\\''")}'`
  return bytesFromText(hookTexts[name]).replace(PLACEHOLDER, () => quoted)
}

/** Does what can be done for one hook; any other answer than the two is the reason why not. */
function installHook(path: Bytes, text: Bytes): 'written' | 'current' | string {
  if (files.lstat(path) !== undefined) {
    const found = files.readHead(path, 65536)?.toString('latin1') ?? ''
    if (found === text) return 'current'
    if (!isOurHook(found) && !isHaskellHook(found)) {
      if (files.lstat(beforePath(path)) !== undefined)
        return `it would replace ${bytesToText(beforePath(path))}`
      files.rename(path, beforePath(path))
    }
  }
  files.replaceFile(path, Buffer.from(text, 'latin1'), 0o777)
  return 'written'
}

function removeHook(path: Bytes): boolean {
  const found = files.readHead(path, 65536)?.toString('latin1')
  if (found === undefined || !(isOurHook(found) || isHaskellHook(found))) return false
  files.remove(path)
  if (files.lstat(beforePath(path)) !== undefined) files.rename(beforePath(path), path)
  return true
}

function beforePath(path: Bytes): Bytes {
  return `${path}.before-annexe`
}

interface HooksDir {
  /** Absolute. */
  readonly path: Bytes
  readonly inWorkTree: boolean
  /** Why nothing may be written there. */
  readonly refusal?: string
}

function findHooksDir(repository: Repository, config: GitConfig): HooksDir {
  const { commonDir, gitDir, workTree } = repository
  if (config.get('core.hooksPath') === undefined)
    return { path: `${commonDir}/hooks`, inWorkTree: false }
  const configured = gitOutput(repository, ['config', '--type=path', '--get', 'core.hooksPath'])
  const path = absolute(workTree ?? gitDir, configured)
  const isBelow = (dir: Bytes | undefined) => dir !== undefined && path.startsWith(`${dir}/`)
  const inGitDir = isBelow(commonDir) || isBelow(gitDir)
  const dir = { path, inWorkTree: !inGitDir && isBelow(workTree) }
  const shown = bytesToText(path)
  const stat = files.stat(path)
  if (stat && !stat.isDirectory())
    return { ...dir, refusal: `Hooks are off, because core.hooksPath is ${shown}: not configuring` }
  if (!inGitDir && !dir.inWorkTree && !isSetLocally(repository))
    return {
      ...dir,
      refusal: `Hooks in ${shown} (core.hooksPath) serve other repositories too: not configuring`,
    }
  return dir
}

function isSetLocally(repository: Repository): boolean {
  const args = ['config', '--local', '--get', 'core.hooksPath']
  return git(repository, args, { okStatus: [0, 1] }).status === 0
}

/** Absolute paths of the files below a directory that git tracks. */
function listTracked(repository: Repository, dir: Bytes): ReadonlySet<Bytes> {
  const args = ['ls-files', '-z', '--', bytesToText(dir)]
  // 128: the directory lies behind a symbolic link, so nothing in it is tracked.
  const listing = git(repository, args, { okStatus: [0, 128] }).stdout
  const top = repository.workTree ?? ''
  return new Set(
    listing
      .toString('latin1')
      .split('\0')
      .map((path) => `${top}/${path}`),
  )
}

function ourPaths(dir: Bytes): Bytes[] {
  return NAMES.flatMap((name) => [join(dir, name), beforePath(join(dir, name))])
}
