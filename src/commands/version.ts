/** `git annex version`: which formats, backends and remotes this program knows. */
import { backendNames } from '../backends/registry.js'
import type { Action, Command, Surround } from '../cli/command.js'
import { readConfig } from '../git/config.js'
import { findRepository } from '../git/repository.js'
import { bytesFromText, bytesToText } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import { REPOSITORY_VERSIONS, UPGRADABLE_VERSIONS, VERSION } from '../model/version.js'

const options = {
  raw: { type: 'boolean', summary: 'print the version number only, without a newline' },
} as const

export const version: Command<typeof options, 'nothing'> = {
  name: 'version',
  section: 'query',
  summary: 'shows the version, and what it supports',
  usage: '',
  needs: 'nothing',
  options,
  async *run(surround, args) {
    yield answer(surround, args.options.raw)
  },
}

function answer(surround: Surround, raw: boolean): Action {
  return {
    command: 'version',
    item: {},
    answer: true,
    perform(ui) {
      if (raw) ui.verbatim(VERSION)
      else for (const line of describeProgram(surround)) ui.line(bytesFromText(line))
      return true
    },
  }
}

function describeProgram(surround: Surround): string[] {
  const localVersion = readLocalVersion(surround)
  return [
    `git-annex version: ${VERSION}`,
    'build flags: Annexe',
    `key/value backends: ${backendNames().map(bytesToText).join(' ')}`,
    'remote types: git web',
    `operating system: ${process.platform} ${process.arch === 'x64' ? 'x86_64' : process.arch}`,
    `supported repository versions: ${REPOSITORY_VERSIONS.join(' ')}`,
    `upgrade supported from repository versions: ${UPGRADABLE_VERSIONS.join(' ')}`,
    ...(localVersion === undefined ? [] : [`local repository version: ${localVersion}`]),
  ]
}

/** The version of the repository we are in, if it is an annex. */
function readLocalVersion(surround: Surround): string | undefined {
  try {
    const value = readConfig(findRepository(surround)).get('annex.version')
    return value === undefined ? undefined : bytesToText(value)
  } catch (error) {
    if (isAnnexError(error, 'NOT_A_REPOSITORY')) return undefined
    throw error
  }
}
