/**
 * The settings that `vicfg` shows and records: those of the git-annex branch that people edit, each a
 * `setting field = value`. Implements spec: CLI, section 11.4 (vicfg).
 */
import type { AnnexBranch } from '../branch/branch.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError, errorMessage } from '../model/errors.js'
import { parseExpression } from '../model/expression.js'
import { formatGroups, formatTrust, parseGroups, type TrustLevel } from '../model/logs/trust-log.js'
import { termParser } from '../model/matching-terms.js'
import { normaliseSchedule } from '../model/schedule.js'

/** From best to worst. */
export const TRUST_LEVELS: readonly TrustLevel[] = ['trusted', 'semitrusted', 'untrusted', 'dead']

export const SETTING_NAMES = [
  'trust',
  'group',
  'wanted',
  'groupwanted',
  'required',
  'schedule',
  'numcopies',
  'mincopies',
  'config',
] as const
export type SettingName = (typeof SETTING_NAMES)[number]

/** The values of each setting, by field: a uuid, a group, the name of a configuration, `default`. */
export type SharedSettings = Readonly<Record<SettingName, ReadonlyMap<Bytes, Bytes>>>

/** The file of the branch that each setting of repositories, groups and names is kept in. */
const LOGS = {
  group: 'group.log',
  wanted: 'preferred-content.log',
  groupwanted: 'group-preferred-content.log',
  required: 'required-content.log',
  schedule: 'schedule.log',
  config: 'config.log',
} as const

/** Reads all of them; what is empty counts as not set. */
export function readSharedSettings(branch: AnnexBranch): SharedSettings {
  const ofUuids = (log: Bytes) => new Map([...branch.uuidLog(log)].filter(([, value]) => value))
  const single = (value: number | undefined) =>
    new Map(value === undefined ? [] : [['default', String(value)]])
  return {
    trust: branch.trustLevels(),
    group: ofUuids(LOGS.group),
    wanted: ofUuids(LOGS.wanted),
    groupwanted: branch.mapLog(LOGS.groupwanted),
    required: ofUuids(LOGS.required),
    schedule: ofUuids(LOGS.schedule),
    config: branch.configs(),
    numcopies: single(branch.numcopies()),
    mincopies: single(branch.mincopies()),
  }
}

/**
 * Checks a value and gives it the form in which it is recorded.
 * @throws AnnexError EXPRESSION_INVALID, in git-annex's words
 */
export function checkSetting(name: SettingName, value: Bytes): Bytes {
  const invalid = (text: string) => new AnnexError('EXPRESSION_INVALID', text)
  switch (name) {
    case 'trust':
      if (TRUST_LEVELS.some((level) => level === value)) return value
      throw invalid(`unknown trust value "${value}"`)
    case 'group':
      return formatGroups(parseGroups(value))
    case 'schedule':
      return normaliseSchedule(value)
    case 'config':
      return value
    case 'numcopies':
    case 'mincopies':
      if (/^\d+$/.test(value)) return String(Math.max(1, Number(value)))
      throw invalid('parse error (expected an integer)')
    default:
      try {
        parseExpression(value, termParser('preferred'))
      } catch (error) {
        throw invalid(errorMessage(error))
      }
      return value
  }
}

/** Records what is different; a setting that is in `after` no more gets its default. */
export function recordSharedSettings(
  branch: AnnexBranch,
  before: SharedSettings,
  after: SharedSettings,
): void {
  for (const name of SETTING_NAMES) {
    const fields = new Set([...before[name].keys(), ...after[name].keys()])
    for (const field of fields) {
      const value = after[name].get(field)
      if (value !== before[name].get(field)) record(branch, name, { field, value })
    }
  }
}

function record(
  branch: AnnexBranch,
  name: SettingName,
  { field, value }: { field: Bytes; value: Bytes | undefined },
): void {
  switch (name) {
    case 'trust': {
      const level = (value ?? 'semitrusted') as TrustLevel
      branch.edit('trust.log', { kind: 'uuid', uuid: field, value: formatTrust(level) })
      return
    }
    case 'numcopies':
    case 'mincopies':
      // There is no way to unset it; who takes the line out leaves it as it is.
      if (value !== undefined) branch.edit(`${name}.log`, { kind: 'number', value: Number(value) })
      return
    case 'groupwanted':
    case 'config':
      branch.edit(LOGS[name], { kind: 'map', field, value: value ?? '' })
      return
    default:
      branch.edit(LOGS[name], { kind: 'uuid', uuid: field, value: value ?? '' })
  }
}
