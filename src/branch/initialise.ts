/**
 * Makes a git repository an annex: identity, configuration, filter, hooks, description.
 *
 * Running it again is harmless. It never scans the work tree. Implements spec: repository layout,
 * section 2, with one difference: new files are pointers by default (`annex.addunlocked`).
 */
import { type GitConfig, setConfig } from '../git/config.js'
import { configureFilter } from '../git/filter-settings.js'
import { installHooks } from '../git/hooks.js'
import type { Repository } from '../git/repository.js'
import { git } from '../git/run.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { generateUuid, type Uuid } from '../model/uuid.js'
import * as files from '../platform/files.js'
import { makeAnnexDirs } from '../platform/make-dirs.js'
import { probeFileSystem } from '../platform/probe.js'
import { loginName } from '../platform/user.js'
import type { AnnexBranch } from './branch.js'

/** The repository version that we make; 8 and 9 are worked on, never made. */
export const REPOSITORY_VERSION = '10'
const SUPPORTED_VERSIONS = ['8', '9', '10']

export interface InitialiseOptions {
  readonly repository: Repository
  readonly config: GitConfig
  /** Opens the branch for a uuid; called once the uuid is known. */
  readonly openBranch: (uuid: Uuid) => AnnexBranch
  /** Undefined: a generated one, unless one is recorded already. */
  readonly description?: Bytes | undefined
  /** `USER@HOST:PATH`; undefined: a repository without a description stays so. */
  readonly defaultDescription: Bytes | undefined
  /** Absolute path of our executable, as text. */
  readonly executable: string
}

/** What init has to say. */
export interface Initialised {
  readonly uuid: Uuid
  readonly branch: AnnexBranch
  readonly warnings: readonly string[]
}

/**
 * Initialises a repository, or brings one up to date that was before.
 * @throws AnnexError CONFIG_INVALID when `.noannex` forbids it or the file system is read-only,
 *   REPOSITORY_VERSION when the version is one we do not know
 */
export function initialise(options: InitialiseOptions): Initialised {
  const { repository, config } = options
  refuseNoAnnex(repository)
  checkRepositoryVersion(repository, config)
  const isShared = isSharedClone(repository)
  const fileSystem = probe(repository)
  const uuid = config.get('annex.uuid') || generateUuid()
  const branch = options.openBranch(uuid)
  nameCommitter(repository, config)
  branch.create()
  if (config.get('annex.uuid') !== uuid) setConfig(repository, config, 'annex.uuid', uuid)
  if (fileSystem === 'crippled') markCrippled(repository, config)
  const warnings = repository.workTree === undefined ? [] : setUpWorkTree(options)
  if (config.get('annex.version') === undefined)
    setConfig(repository, config, 'annex.version', REPOSITORY_VERSION)
  writeSentinel(repository.annexDir)
  if (isShared) shareObjects(options, branch, uuid)
  describe(options, branch, uuid)
  branch.commit()
  return { uuid, branch, warnings }
}

/**
 * Refuses what no version between 8 and 10 is. Nothing is upgraded on the way: versions 8 and 9 are
 * worked on as they are, whatever annex.autoupgraderepository says.
 * @throws AnnexError REPOSITORY_VERSION
 */
export function checkRepositoryVersion({ workTree, gitDir }: Repository, config: GitConfig): void {
  const version = config.get('annex.version')
  if (version === undefined || SUPPORTED_VERSIONS.includes(version)) return
  const [place, text] = [workTree ?? gitDir, version].map(bytesToText)
  if (!/^\d+$/.test(version))
    throw new AnnexError('REPOSITORY_VERSION', `annex.version is "${text}", which is no version`, {
      hint: `Set back annex.version of ${place} to what it was; new repositories have version 10`,
    })
  const isNew = Number(version) > Number(REPOSITORY_VERSION)
  throw new AnnexError(
    'REPOSITORY_VERSION',
    `Repository ${place} is at unsupported version ${text}.${isNew ? ' Upgrade git-annex.' : ''}`,
    isNew
      ? { hint: 'A newer program made this repository' }
      : { hint: 'Run the upgrade of git-annex (Haskell) once: this program works on 8 to 10' },
  )
}

function refuseNoAnnex({ workTree }: Repository): void {
  if (workTree === undefined) return
  const reason = files.readFile(`${workTree}/.noannex`)
  if (reason === undefined) return
  const text = reason.toString('utf8').trim()
  throw new AnnexError(
    'CONFIG_INVALID',
    `Initialization prevented by .noannex file${text ? `: ${text}` : ''}`,
    { hint: 'Remove the file .noannex to use git-annex here' },
  )
}

/** Git commits nothing for somebody it does not know; git-annex calls them by their login name. */
function nameCommitter(repository: Repository, config: GitConfig): void {
  if (config.get('user.name') && config.get('user.email')) return
  const { status } = git(repository, ['var', 'GIT_COMMITTER_IDENT'], { okStatus: [0, 128] })
  if (status === 0 || config.getBoolean('user.useconfigonly') === true) return
  const login = bytesFromText(loginName())
  for (const name of ['user.name', 'user.email']) setConfig(repository, config, name, login)
}

function probe(repository: Repository): 'ordinary' | 'crippled' {
  const kind = files.isWritable(repository.commonDir) ? tryProbe(repository) : 'read-only'
  if (kind !== 'read-only') return kind
  throw new AnnexError(
    'CONFIG_INVALID',
    `Cannot initialise ${bytesToText(repository.commonDir)}: it is read-only`,
  )
}

function tryProbe({ annexDir }: Repository): 'ordinary' | 'crippled' | 'read-only' {
  makeAnnexDirs(annexDir)
  return probeFileSystem(annexDir)
}

function markCrippled(repository: Repository, config: GitConfig): void {
  setConfig(repository, config, 'annex.crippledfilesystem', 'true')
  setConfig(repository, config, 'core.symlinks', 'false')
}

function setUpWorkTree({ repository, config, executable }: InitialiseOptions): readonly string[] {
  const hooks = installHooks(repository, config, { executable: bytesFromText(executable) })
  const warnings = configureFilter(repository, config, executable)
  if (config.get('annex.addunlocked') === undefined)
    setConfig(repository, config, 'annex.addunlocked', 'true')
  return [...hooks.warnings, ...warnings]
}

/**
 * An empty file whose inode tells git-annex whether inode numbers still mean the same. Only before
 * there are objects: a sentinel made later would vouch for inodes that it has not seen.
 */
function writeSentinel(annexDir: Bytes): void {
  const path = `${annexDir}/sentinal`
  if (files.exists(path) || files.exists(`${annexDir}/objects`)) return
  files.writeFile(path, '')
  const { ino, mtimeNs } = files.lstat(path)!
  const seconds = mtimeNs / 1_000_000_000n
  const fraction = String(mtimeNs % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '')
  files.writeFile(`${annexDir}/sentinal.cache`, `${ino} 0 ${seconds} ${fraction}`)
}

/** Made by `git clone --shared`: objects come from elsewhere, and none are its own yet. */
function isSharedClone({ commonDir }: Repository): boolean {
  if (!files.exists(`${commonDir}/objects/info/alternates`)) return false
  return files
    .listDir(`${commonDir}/objects`)
    .every(
      ({ name }) => name === 'info' || (name === 'pack' && isEmptyDir(`${commonDir}/objects/pack`)),
    )
}

function isEmptyDir(path: Bytes): boolean {
  return files.listDir(path).length === 0
}

/** Such a clone hard links content, so its copies are none that others may count on. */
function shareObjects(
  { repository, config }: InitialiseOptions,
  branch: AnnexBranch,
  uuid: Uuid,
): void {
  setConfig(repository, config, 'annex.hardlink', 'true')
  branch.edit('trust.log', { kind: 'uuid', uuid, value: '0' })
}

function describe(options: InitialiseOptions, branch: AnnexBranch, uuid: Uuid): void {
  const { description, defaultDescription } = options
  if (description === undefined && branch.descriptions().has(uuid)) return
  const text = description ?? defaultDescription
  if (text === undefined) return
  // A line feed would break the line; newer git-annex writes it as these two characters, too.
  const value = text.replaceAll('\n', '\\n')
  branch.edit('uuid.log', { kind: 'uuid', uuid, value })
}
