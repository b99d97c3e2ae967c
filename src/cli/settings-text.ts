/**
 * The text that `vicfg` puts before an editor, and what comes back. The lay-out is git-annex's; what is
 * not set stands there as a comment, with its default.
 */
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { errorMessage } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import { STANDARD_GROUPS } from '../policy/standard-groups.js'
import {
  checkSetting,
  SETTING_NAMES,
  type SettingName,
  type SharedSettings,
  TRUST_LEVELS,
} from './shared-settings.js'

const INTRODUCTION = `git-annex configuration

Changes saved to this file will be recorded in the git-annex branch.

Lines in this file have the format:
  setting field = value`

const PROBLEM = `** There was a problem parsing your input!
** Search for "Parse error" to find the bad lines.
** Either fix the bad lines, or delete them (to discard your changes).`
const PROBLEM_NEXT = '# ** Parse error in next line: '

const LEVELS: readonly Bytes[] = TRUST_LEVELS

const comments = (text: string): Bytes[] => text.split('\n').map((line) => `# ${line}`)

/** Writes all settings. @param descriptions of all repositories that are known */
export function formatSettings(
  settings: SharedSettings,
  descriptions: ReadonlyMap<Uuid, Bytes>,
): Bytes {
  const groups = Object.keys(STANDARD_GROUPS)
  const ofRepositories = (name: SettingName, title: string, unset = ''): Bytes[] => [
    ...comments(title),
    ...inOrder(settings, name).flatMap(([uuid, value]) => [
      `# (for ${descriptions.get(uuid) ?? ''})`,
      `${name} ${uuid} = ${value}`,
    ]),
    ...[...descriptions.keys()]
      .filter((uuid) => !settings[name].has(uuid))
      .sort()
      .flatMap((uuid) => [`# (for ${descriptions.get(uuid)})`, `#${name} ${uuid} = ${unset}`]),
  ]
  const levels = `Repository trust configuration\n(Valid trust levels: ${TRUST_LEVELS.join(' ')})`
  const sections = [
    comments(INTRODUCTION),
    ofRepositories('trust', levels, 'semitrusted'),
    ofRepositories(
      'group',
      `Repository groups\n(Standard groups: ${groups.join(' ')})\n(Separate group names with spaces)`,
    ),
    ofRepositories(
      'wanted',
      'Repository preferred contents\n(Set to "standard" to use a repository\'s group\'s preferred contents)',
    ),
    groupSection(settings, groups),
    standardSection(),
    ofRepositories('required', 'Repository required contents'),
    ofRepositories('schedule', 'Scheduled activities\n(Separate multiple activities with "; ")'),
    copiesSection(settings),
    [
      ...comments('Other global configuration'),
      ...inOrder(settings, 'config').map(([field, value]) => `config ${field} = ${value}`),
    ],
  ]
  return sections.map((lines) => `${lines.join('\n')}\n`).join('\n')
}

/** As git-annex orders what is set: by value, then by field. */
function inOrder(settings: SharedSettings, name: SettingName): [Bytes, Bytes][] {
  const rank = (value: Bytes): Bytes => (name === 'trust' ? String(LEVELS.indexOf(value)) : value)
  const key = ([field, value]: readonly [Bytes, Bytes]) => `${rank(value)}\0${field}`
  return [...settings[name]].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

function groupSection(settings: SharedSettings, standard: readonly Bytes[]): Bytes[] {
  const used = [...settings.group.values()].flatMap((value) => value.split(' '))
  const unset = [...new Set([...standard, ...used])].filter(
    (group) => !settings.groupwanted.has(group),
  )
  return [
    ...comments(
      'Group preferred contents\n(Used by repositories with "groupwanted" in their preferred contents)',
    ),
    ...inOrder(settings, 'groupwanted').map(([group, value]) => `groupwanted ${group} = ${value}`),
    ...unset.sort().map((group) => `#groupwanted ${group} = `),
  ]
}

function standardSection(): Bytes[] {
  return [
    ...comments(
      'Standard preferred contents\n(Used by wanted or groupwanted expressions containing "standard")\n(For reference only; built-in and cannot be changed!)',
    ),
    ...Object.entries(STANDARD_GROUPS).map(([group, value]) => `# standard ${group} = ${value}`),
  ]
}

function copiesSection(settings: SharedSettings): Bytes[] {
  const line = (name: 'numcopies' | 'mincopies') => {
    const value = settings[name].get('default')
    return value === undefined ? `# ${name} default =` : `${name} default = ${value}`
  }
  return [...comments('Numcopies configuration'), line('numcopies'), line('mincopies')]
}

/** What an edited text says. */
export type ParsedSettings =
  | { readonly settings: SharedSettings }
  /** Something cannot be understood: the text again, with remarks. */
  | { readonly problems: Bytes }

/** Reads an edited text. */
export function parseSettings(text: Bytes): ParsedSettings {
  const maps = Object.fromEntries(
    SETTING_NAMES.map((name) => [name, new Map<Bytes, Bytes>()]),
  ) as Record<SettingName, Map<Bytes, Bytes>>
  const remarked = comments(PROBLEM)
  const lines = text.replace(/\n$/, '').split('\n')
  let hasProblem = false
  for (const line of lines) {
    const problem = readLine(line, maps)
    if (problem !== undefined) {
      hasProblem = true
      remarked.push(PROBLEM_NEXT + problem)
    }
    // Remarks of the time before are said anew when they are still true.
    const isRemark = line.startsWith(PROBLEM_NEXT) || comments(PROBLEM).includes(line)
    if (!isRemark) remarked.push(line)
  }
  return hasProblem ? { problems: `${remarked.join('\n')}\n` } : { settings: maps }
}

/** @returns what is wrong with the line */
function readLine(
  line: Bytes,
  maps: Readonly<Record<SettingName, Map<Bytes, Bytes>>>,
): Bytes | undefined {
  const text = line.trimStart()
  if (text === '' || text.startsWith('#')) return undefined
  const [, word = '', field = '', value = ''] =
    /^(\S+)\s*([^=]*?)\s*(?:=\s*(.*))?$/.exec(text) ?? []
  if (word === '' || field === '') return 'missing field'
  const name = SETTING_NAMES.find((one) => one === word)
  if (name === undefined) return `unknown setting "${word}"`
  try {
    const checked = checkSetting(name, value)
    if (checked !== '') maps[name].set(field, checked)
    return undefined
  } catch (error) {
    return bytesFromText(errorMessage(error))
  }
}
