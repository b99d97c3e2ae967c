/**
 * Sizes and durations as people write and read them.
 *
 * Pure. Implements spec: command line, sections 2 (durations) and 5 (sizes).
 */

/** `long`: `78.08 gigabytes`; `short`: `1.02 kB`. */
export type SizeStyle = 'long' | 'short'

const STORAGE_UNITS = [
  ['YB', 'yottabyte', 24],
  ['ZB', 'zettabyte', 21],
  ['EB', 'exabyte', 18],
  ['PB', 'petabyte', 15],
  ['TB', 'terabyte', 12],
  ['GB', 'gigabyte', 9],
  ['MB', 'megabyte', 6],
  ['kB', 'kilobyte', 3],
  ['B', 'byte', 0],
] as const

const PREFIXES = 'kmgtpezyrq'
const LONG_PREFIXES = [
  'kilo',
  'mega',
  'giga',
  'tera',
  'peta',
  'exa',
  'zetta',
  'yotta',
  'ronna',
  'quetta',
]
const LONG_BINARY_PREFIXES = ['kibi', 'mebi', 'gibi', 'tebi', 'pebi', 'exbi', 'zebi', 'yobi']

/**
 * A size in powers of 1000, with at most two decimals.
 * @param sizeBytes not negative
 */
export function formatSize(sizeBytes: bigint | number, style: SizeStyle = 'long'): string {
  const size = Number(sizeBytes)
  const [short, long, power] = STORAGE_UNITS.find(([, , p]) => size >= 10 ** p) ?? STORAGE_UNITS[8]
  const amount = formatAmount(size / 10 ** power)
  return `${amount} ${style === 'short' ? short : amount === '1' ? long : `${long}s`}`
}

/** A number with at most two decimals, rounded half to even as git-annex does. */
export function formatAmount(value: number): string {
  const whole = Math.floor(value)
  const hundredths = roundHalfEven((value - whole) * 100)
  if (hundredths === 0) return String(whole)
  if (hundredths === 100) return String(whole + 1)
  return `${whole}.${String(hundredths).padStart(2, '0').replace(/0$/, '')}`
}

/** A size in powers of 1024, as transfers are shown: `23 KiB`, `1.4 GiB`. */
export function formatBinarySize(sizeBytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']
  let value = sizeBytes
  let unit = 0
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024
  const digits = unit === 0 || value >= 100 ? 0 : 1
  return `${value.toFixed(digits)} ${units[unit]}`
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}

/**
 * Reads a size such as `0.5`, `30 kB`, `1.5GiB`, `2 mebibytes`; what follows the unit is ignored.
 * @returns bytes, or undefined when the text does not begin with a size
 */
export function parseSize(text: string): bigint | undefined {
  const match = /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([a-z]*)/i.exec(text.trim())
  if (!match) return undefined
  const unit = readUnit(match[2]!.toLowerCase())
  if (unit === undefined) return undefined
  const number = match[1]!
  // A whole number of bytes keeps all its digits, however many.
  if (/^\d+$/.test(number) && !unit.isBits) return BigInt(number) * unit.factor
  return BigInt(roundHalfEven((Number(number) * Number(unit.factor)) / (unit.isBits ? 8 : 1)))
}

interface Unit {
  readonly factor: bigint
  readonly isBits: boolean
}

/** A unit given in lower case; undefined for a word that is none. */
function readUnit(word: string): Unit | undefined {
  if (/^(b|bytes?)?$/.test(word)) return { factor: 1n, isBits: false }
  const short = /^([kmgtpezyrq])(i?)(b|bits?)?$/.exec(word)
  if (short) {
    const power = BigInt(PREFIXES.indexOf(short[1]!) + 1)
    const factor = (short[2] ? 1024n : 1000n) ** power
    return { factor, isBits: short[3]?.startsWith('bit') ?? false }
  }
  const long = /^([a-z]+?)(bytes?|bits?)$/.exec(word)
  if (!long) return undefined
  const isBits = long[2]!.startsWith('bit')
  const decimal = LONG_PREFIXES.indexOf(long[1]!) + 1
  if (decimal > 0) return { factor: 1000n ** BigInt(decimal), isBits }
  const binary = LONG_BINARY_PREFIXES.indexOf(long[1]!) + 1
  return binary > 0 ? { factor: 1024n ** BigInt(binary), isBits } : undefined
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86400, y: 365 * 86400 } as const

/**
 * Reads a duration such as `5m`, `1h5m`, `10d`; a number without a unit is seconds.
 * @returns seconds, or undefined when the text is no duration
 */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+[smhdy])*(\d+)?$/.test(text) || text === '') return undefined
  let seconds = 0
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdy]?)/g))
    seconds += Number(count) * (unit ? SECONDS[unit as keyof typeof SECONDS] : 1)
  return seconds
}

/** A duration as {@link parseDuration} reads it, largest unit first: `1h5m`, `0s`. */
export function formatDuration(seconds: number): string {
  let rest = Math.floor(seconds)
  let text = ''
  for (const unit of ['y', 'd', 'h', 'm', 's'] as const) {
    const count = Math.floor(rest / SECONDS[unit])
    rest -= count * SECONDS[unit]
    if (count > 0) text += `${count}${unit}`
  }
  return text === '' ? '0s' : text
}
