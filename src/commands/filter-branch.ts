/** `git annex filter-branch`: a commit with a part of what the git-annex branch says, to be given away. */
import { makeSeparateCommit } from '../branch/separate-commit.js'
import type { Annex } from '../cli/annex.js'
import type { Command, OptionSpecs, OptionValues } from '../cli/command.js'
import { getNamedRepository } from '../cli/named-repository.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { type Choice, seek, seekOptions } from '../cli/seek.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { escapeKeyFile } from '../model/key.js'
import { GLOBAL_LOGS, KEY_LOG_SUFFIXES, REPOSITORY_LOGS } from '../model/logs/branch-paths.js'
import { filterLog } from '../model/logs/filter-log.js'
import type { Uuid } from '../model/uuid.js'

const { all, branch, unused, key } = seekOptions

const options = {
  all,
  branch,
  unused,
  key,
  'include-key-information-for': {
    type: 'strings',
    value: 'REPOSITORY',
    summary: 'what keys say about this repository',
  },
  'exclude-key-information-for': {
    type: 'strings',
    value: 'REPOSITORY',
    summary: 'nothing that keys say about this repository',
  },
  'include-all-key-information': {
    type: 'boolean',
    summary: 'what keys say about all other repositories',
  },
  'include-repo-config-for': {
    type: 'strings',
    value: 'REPOSITORY',
    summary: 'the configuration of this repository',
  },
  'exclude-repo-config-for': {
    type: 'strings',
    value: 'REPOSITORY',
    summary: 'no configuration of this repository',
  },
  'include-all-repo-config': {
    type: 'boolean',
    summary: 'the configuration of all other repositories',
  },
  'include-global-config': {
    type: 'boolean',
    summary: "configuration that is no single repository's",
  },
} as const satisfies OptionSpecs

export const filterBranch: Command<typeof options, 'annex'> = {
  name: 'filter-branch',
  section: 'plumbing',
  summary: 'makes a commit with a part of the git-annex branch',
  usage: '[PATH …]',
  needs: 'annex',
  matching: true,
  options,
  async *run(annex, args) {
    const names = await RepositoryNames.read(annex)
    const contents = collect(annex, args, names)
    const message = annex.config.get('annex.commitmessage')
    const text = message === undefined ? 'update' : bytesToText(message)
    yield {
      command: 'filter-branch',
      item: {},
      answer: true,
      perform(ui) {
        ui.line(makeSeparateCommit(annex.repository, contents, text))
        return true
      },
    }
  },
}

type Chosen = OptionValues<typeof options>

/** The files that are asked for, each without the repositories that are not. */
function collect(
  annex: Annex,
  { words, options, matching }: Choice & { readonly options: Chosen },
  names: RepositoryNames,
): Map<Bytes, Bytes> {
  const contents = new Map<Bytes, Bytes>()
  const add = (paths: readonly Bytes[], isRemoved: (uuid: Uuid) => boolean): void => {
    for (const [path, text] of annex.branch.readMany(paths)) {
      const kept = text === '' ? '' : filterLog(path, text, isRemoved)
      if (kept !== '') contents.set(path, kept)
    }
  }
  const { all, branch, unused, key } = options
  // Without them there are no keys, rather than all of the current directory.
  if (words.length > 0 || all || branch !== undefined || unused || key)
    add(
      [...keyLogs(annex, seek(annex, { words, options, matching }))],
      keyFilter(annex, names, options),
    )
  add(REPOSITORY_LOGS, configFilter(annex, names, options))
  if (options['include-global-config']) add(GLOBAL_LOGS, () => false)
  return contents
}

/** Every file that may say something about a key. */
function keyLogs({ branch }: Annex, found: ReturnType<typeof seek>): Set<Bytes> {
  const paths = new Set<Bytes>()
  for (const item of found) {
    if (!item) continue
    const { keyText } = item
    const location = branch.logPath(keyText)
    for (const suffix of KEY_LOG_SUFFIXES) paths.add(branch.logPath(keyText, suffix))
    // Where urls were kept long ago, under either name.
    const keyFile = escapeKeyFile(keyText)
    const dirs = location.slice(0, -`${keyFile}.log`.length)
    for (const name of [keyText, keyFile]) paths.add(`remote/web/${dirs}${name}.log`)
  }
  return paths
}

function keyFilter(annex: Annex, names: RepositoryNames, chosen: Chosen) {
  return removedBy(annex, names, {
    include: chosen['include-key-information-for'],
    exclude: chosen['exclude-key-information-for'],
    all: chosen['include-all-key-information'],
  })
}

function configFilter(annex: Annex, names: RepositoryNames, chosen: Chosen) {
  return removedBy(annex, names, {
    include: chosen['include-repo-config-for'],
    exclude: chosen['exclude-repo-config-for'],
    all: chosen['include-all-repo-config'],
  })
}

interface Wanted {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly all: boolean
}

/** What is true of the store that a remote shares with another is true of the remote as well. */
function removedBy(
  { branch }: Annex,
  names: RepositoryNames,
  { include, exclude, all }: Wanted,
): (uuid: Uuid) => boolean {
  const find = (words: readonly string[]) =>
    new Set(words.map((word) => getNamedRepository(names, word)))
  const [included, excluded] = [find(include), find(exclude)]
  const sameAs = new Map<Uuid, Uuid>()
  for (const [uuid, config] of branch.remoteConfigs()) {
    const other = config.get('sameas-uuid')
    if (other !== undefined) sameAs.set(uuid, other)
  }
  return (uuid) => {
    const both = [uuid, sameAs.get(uuid) ?? uuid]
    return both.some((one) => excluded.has(one)) || !(all || both.some((one) => included.has(one)))
  }
}
