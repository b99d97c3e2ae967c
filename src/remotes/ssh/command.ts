/**
 * The command lines by which ssh is run: git-annex's own when nothing is said, git's form for a program
 * that the user has chosen. Pure. Implements spec: transfer, section 3.
 */
import type { GitConfig } from '../../git/config.js'
import { type Bytes, bytesFromText, bytesToText } from '../../model/bytes.js'
import type { SshPlace } from './url.js'

/** How to reach a remote. */
export interface SshAccess {
  readonly place: SshPlace
  /** A program of the user's choice instead of ssh. */
  readonly custom: CustomSsh | undefined
  /** `annex-ssh-options`. */
  readonly options: readonly string[]
  /** `annex-ssh-prefer-aes`: see cipher.ts. */
  readonly prefersAes: boolean
  /** The program to be run there, verbatim. */
  readonly shell: string
}

/** What git would run in place of ssh. */
export interface CustomSsh {
  readonly argv: readonly [string, ...string[]]
  /** How it takes a port; undefined: not at all. */
  readonly portOption: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads how a remote is to be reached.
 * @param name of the remote
 */
export function readSshAccess(
  config: GitConfig,
  name: string,
  { place, env }: { readonly place: SshPlace; readonly env: Environment },
): SshAccess {
  const own = `remote.${bytesFromText(name)}.annex-`
  const setting = (variable: string) => {
    const value = config.get(`${own}${variable}`) ?? config.get(`annex.${variable}`)
    return value === undefined ? undefined : bytesToText(value)
  }
  const isOn = (variable: string) =>
    config.getBoolean(`${own}${variable}`) ?? config.getBoolean(`annex.${variable}`) ?? true
  return {
    place,
    custom: findCustom(config, env),
    options: (setting('ssh-options') ?? '').split(/\s+/).filter(Boolean),
    prefersAes: isOn('ssh-prefer-aes'),
    shell: setting('shell') ?? 'git-annex-shell',
  }
}

/** The program that git itself would use, in git's order. */
function findCustom(config: GitConfig, env: Environment): CustomSsh | undefined {
  const configured = config.get('core.sshcommand')
  const line = env['GIT_SSH_COMMAND'] || (configured && bytesToText(configured))
  const variant = env['GIT_SSH_VARIANT'] ?? bytesToText(config.get('ssh.variant') ?? 'auto')
  if (line) {
    // A line of shell, as git has it; our arguments are never part of it.
    const argv = ['sh', '-c', `${line} "$@"`, 'ssh'] as const
    return { argv, portOption: portOption(variant, /^\s*(\S+)/.exec(line)?.[1] ?? '') }
  }
  const program = env['GIT_SSH']
  // git-annex sets it to itself when it runs git, to share its connections.
  if (!program || env['GIT_ANNEX_SSHOPTION'] !== undefined) return undefined
  return { argv: [program], portOption: portOption(variant, program) }
}

function portOption(variant: string, program: string): string | undefined {
  if (variant === 'simple') return undefined
  const isPlink = /(?:^|[/\\])(?:tortoise)?plink(?:\.exe)?$/i.test(program)
  return variant === 'auto' ? (isPlink ? '-P' : '-p') : variant === 'ssh' ? '-p' : '-P'
}

/** A command for the other side's git-annex-shell. */
export interface RemoteCommand {
  readonly name: string
  /** Quoted one by one. */
  readonly parameters: readonly Bytes[]
  /** Words appended as they are, such as `--uuid U`. */
  readonly words?: readonly string[]
  /** Nothing will be written to its standard input. */
  readonly isReadOnly: boolean
}

/**
 * The whole command line.
 * @param master options of ours for the connection: that share it, and that choose its cipher
 * @returns as text
 */
export function sshArgv(
  { place, custom, options, shell }: SshAccess,
  { name, parameters, words = [], isReadOnly }: RemoteCommand,
  master: readonly string[],
): [string, ...string[]] {
  const quoted = [name, place.path, ...parameters].map(quote)
  const line = bytesToText([bytesFromText(shell), ...quoted, ...words].join(' '))
  const noInput = isReadOnly ? ['-n'] : []
  if (custom) {
    const { argv, portOption } = custom
    const port = place.port && portOption ? [portOption, place.port] : []
    return [...argv, ...noInput, ...port, place.host, line] as [string, ...string[]]
  }
  const port = place.port ? ['-p', place.port] : []
  return ['ssh', place.host, ...master, ...options, ...port, ...noInput, '-T', line]
}

function quote(word: Bytes): Bytes {
  return `'${word.replaceAll("'", `'"'"'`)}'`
}
