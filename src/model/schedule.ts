/**
 * Scheduled activities of schedule.log: `fsck self|UUID DURATION RECURRENCE at TIME`, several separated
 * by `; `. Read and written in the form that git-annex gives them. Pure. Implements spec: CLI, 11.4.
 */
import type { Bytes } from './bytes.js'
import { AnnexError } from './errors.js'
import { formatDuration, parseDuration } from './units.js'

const SEPARATOR = '; '

/**
 * Reads activities and writes them in their canonical form.
 * @param text empty: none
 * @throws AnnexError EXPRESSION_INVALID, in git-annex's words
 */
export function normaliseSchedule(text: Bytes): Bytes {
  if (text.trim() === '') return ''
  return text.split(SEPARATOR).map(normaliseActivity).join(SEPARATOR)
}

function normaliseActivity(text: Bytes): Bytes {
  const fail = (problem: string) => new AnnexError('EXPRESSION_INVALID', `${problem} in "${text}"`)
  const [activity, who, duration, ...rest] = text.split(/\s+/).filter(Boolean)
  if (activity !== 'fsck' || who === undefined || duration === undefined)
    throw fail('unknown activity')
  const at = rest.indexOf('at')
  const words = (from: number, to?: number) => rest.slice(from, to).join(' ')
  const [when, time] = at < 0 ? [words(0), ''] : [words(0, at), words(at + 1)]
  const recurrence = normaliseRecurrence(when)
  if (recurrence === undefined) throw fail(`bad recurrance: ${when}`)
  const hour = normaliseTime(time)
  if (hour === undefined) throw fail(`bad time of day: ${time}`)
  const seconds = parseDuration(duration)
  if (seconds === undefined)
    throw fail(`failed to parse duration "${duration}" (expected eg "5m" or "1h5m")`)
  return `fsck ${who} ${formatDuration(seconds)} ${recurrence} at ${hour}`
}

/** `every day`, `on day 3 of every week`, `on day 1 of months divisible by 2` and the like. */
function normaliseRecurrence(text: Bytes): Bytes | undefined {
  if (text === 'every day') return text
  const days = /^days divisible by (\d+)$/.exec(text)
  if (days) return Number(days[1]) > 0 ? `days divisible by ${Number(days[1])}` : undefined
  const match = /^(?:on day (\d+) of )?(every )?(week|month|year)s?(?: divisible by (\d+))?$/.exec(
    text,
  )
  if (!match) return undefined
  const [, day, every, unit, divisor] = match
  const prefix = day === undefined ? '' : `on day ${Number(day)} of `
  if (divisor !== undefined)
    return Number(divisor) > 0 ? `${prefix}${unit}s divisible by ${Number(divisor)}` : undefined
  return every === undefined ? undefined : `${prefix}every ${unit}`
}

/** `any time`, `14`, `14:30`, `2 PM`, `2:30 pm`. */
function normaliseTime(text: Bytes): Bytes | undefined {
  if (text === 'any time') return text
  const match = /^(\d+)(?::(\d+))?(?: ([ap])m)?$/i.exec(text)
  if (!match) return undefined
  const [minute, half] = [Number(match[2] ?? 0), match[3]?.toLowerCase()]
  const hour =
    half === undefined ? Number(match[1]) : (Number(match[1]) % 12) + (half === 'p' ? 12 : 0)
  const minutes = minute > 0 ? `:${String(minute).padStart(2, '0')}` : ''
  return `${hour % 12 || 12}${minutes} ${hour < 12 ? 'AM' : 'PM'}`
}
