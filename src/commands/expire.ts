/** `git annex expire`: repositories that have not been active for some time count as dead. */
import type { Annex } from '../cli/annex.js'
import { type Action, type Command, jsonOptions } from '../cli/command.js'
import { getNamedRepository } from '../cli/named-repository.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatTrust, type TrustLevel } from '../model/logs/trust-log.js'
import { parseUuidLog } from '../model/logs/uuid-log.js'
import { formatDuration, parseDuration } from '../model/units.js'
import type { Uuid } from '../model/uuid.js'
import { clockToMs } from '../model/vector-clock.js'
import { trustOf } from '../policy/trust.js'

/** The activities that repositories record; only fsck is one. */
const ACTIVITIES: readonly Bytes[] = ['Fsck']

const options = {
  ...jsonOptions,
  activity: { type: 'string', value: 'NAME', summary: 'this activity prevents expiry' },
  'no-act': { type: 'boolean', summary: 'only tell what would be done' },
} as const

export const expire: Command<typeof options, 'annex'> = {
  name: 'expire',
  section: 'setup',
  summary: 'expires inactive repositories',
  usage: '[REPOSITORY:]DURATION …',
  needs: 'annex',
  options,
  async *run(annex, { words, options }) {
    if (words.length === 0) throw new AnnexError('USAGE', 'Specify an expire time.')
    const limits = parseLimits(words, await RepositoryNames.read(annex))
    const active = lastActive(annex, options.activity)
    for (const [uuid, description] of [...annex.branch.descriptions()].sort()) {
      if (uuid === annex.uuid) continue
      const limitMs = limits.has(uuid) ? limits.get(uuid) : limits.get('')
      const facts = { uuid, description, activeMs: active.get(uuid), limitMs }
      const action = judge(annex, facts, options['no-act'])
      if (action) yield action
    }
  },
}

/**
 * When a repository must have been active last, in ms since 1970, by uuid; the empty one stands for
 * all others. Undefined: any time will do.
 * @throws AnnexError USAGE, REMOTE_UNKNOWN
 */
function parseLimits(
  words: readonly string[],
  names: RepositoryNames,
): Map<Uuid, number | undefined> {
  const nowMs = Date.now()
  return new Map(
    words.map((word) => {
      const colon = word.indexOf(':')
      const uuid = colon < 0 ? '' : getNamedRepository(names, word.slice(0, colon))
      const text = word.slice(colon + 1)
      return [uuid, text === 'never' ? undefined : nowMs - 1000 * secondsOf(text)]
    }),
  )
}

function secondsOf(text: string): number {
  const seconds = parseDuration(text)
  if (seconds !== undefined) return seconds
  throw new AnnexError(
    'USAGE',
    `bad expire time: failed to parse duration "${text}" (expected eg "5m" or "1h5m")`,
  )
}

/** When each repository was active last, in ms since 1970. @throws AnnexError USAGE */
function lastActive({ branch }: Annex, only: string | undefined): Map<Uuid, number> {
  const wanted = only === undefined ? ACTIVITIES : ACTIVITIES.filter((name) => name === only)
  if (wanted.length === 0)
    throw new AnnexError('USAGE', `Unknown activity. Choose from: ${ACTIVITIES.join(' ')}`)
  const active = new Map<Uuid, number>()
  for (const [uuid, { value, clock }] of parseUuidLog(branch.read('activity.log')))
    if (wanted.includes(value) && clock !== undefined) active.set(uuid, clockToMs(clock))
  return active
}

interface Facts {
  readonly uuid: Uuid
  readonly description: Bytes
  readonly activeMs: number | undefined
  readonly limitMs: number | undefined
}

/** @returns undefined when the trust level is right already */
function judge(annex: Annex, facts: Facts, noAct: boolean): Action | undefined {
  const { uuid, description, activeMs, limitMs } = facts
  const isActive = activeMs !== undefined && (limitMs === undefined || activeMs >= limitMs)
  const isDead = trustOf(uuid, annex.trust) === 'dead'
  if (isActive !== isDead) return undefined
  const level: TrustLevel = isActive ? 'semitrusted' : 'dead'
  return {
    command: isActive ? 'unexpire' : 'expire',
    item: { label: `${bytesToText(uuid)} ${bytesToText(description)}` },
    perform(ui) {
      ui.note(activeMs === undefined ? 'no activity' : `last active: ${sinceText(activeMs)} ago`)
      if (noAct) return true
      annex.branch.edit('trust.log', { kind: 'uuid', uuid, value: formatTrust(level) })
      return true
    },
  }
}

function sinceText(thenMs: number): string {
  return formatDuration(Math.max(0, Math.round((Date.now() - thenMs) / 1000)))
}
