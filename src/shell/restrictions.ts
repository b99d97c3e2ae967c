/**
 * What the environment forbids: variables that the server's owner sets, in `authorized_keys` for
 * instance. Implements spec: transfer, section 2.2.
 */
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { ServerMode } from '../remotes/p2p/served-content.js'
import type { Changes } from './command.js'
import { expandDirectory } from './directory.js'
import type { Environment } from './environment.js'

const READONLY = 'GIT_ANNEX_SHELL_READONLY'
const APPENDONLY = 'GIT_ANNEX_SHELL_APPENDONLY'
const LIMITED = 'GIT_ANNEX_SHELL_LIMITED'
const DIRECTORY = 'GIT_ANNEX_SHELL_DIRECTORY'

/** Whether anything may be changed, or at least added. */
export function serverMode(env: Environment): ServerMode {
  if (env[READONLY]) return 'read-only'
  return env[APPENDONLY] ? 'append-only' : 'full'
}

/** @throws AnnexError USAGE when a command of this kind is forbidden */
export function checkChanges(changes: Changes, env: Environment): void {
  if (changes === 'nothing') return
  if (env[READONLY]) throw blocked(READONLY)
  if (changes === 'removes' && env[APPENDONLY]) throw blocked(APPENDONLY)
}

/** @throws AnnexError USAGE when git's own commands are forbidden */
export function checkNotLimited(env: Environment): void {
  if (env[LIMITED]) throw blocked(LIMITED)
}

function blocked(variable: string): AnnexError {
  return new AnnexError('USAGE', `Action blocked by ${variable}`)
}

/**
 * Checks that a directory may be used.
 * @param directory as it was typed; undefined: the command line has none
 * @throws AnnexError USAGE
 */
export function checkDirectory(directory: string | undefined, env: Environment): void {
  const allowed = env[DIRECTORY]
  if (!allowed) return
  if (directory === undefined)
    throw new AnnexError(
      'USAGE',
      `Only allowed to access ${allowed} and could not determine directory from command line`,
    )
  const [only, wanted] = [allowed, directory].map((path) => expandDirectory(path, env))
  // Git would follow a link before it goes up from there: the text alone does not tell where to.
  const isClear = !directory.split('/').includes('..')
  if (only === wanted && isClear) return
  throw new AnnexError('USAGE', `Only allowed to access ${show(only!)} not ${show(wanted!)}`)
}

function show(path: Bytes): string {
  return bytesToText(path)
}
