/**
 * IP addresses as bytes, and which of them belong to nobody on the public internet.
 * Pure. Implements spec: numcopies, section 10.2 (allowed-ip-addresses).
 */

/** An address: 4 or 16 bytes. */
export type IpAddress = readonly number[]

/** A block of addresses: those that begin with `bits` bits of `start`. */
type Block = readonly [start: IpAddress, bits: number]

/** Own machine, local networks, links; and blocks that lead nowhere or to many. */
const LOCAL_V4: readonly Block[] = [
  [[0], 8],
  [[10], 8],
  [[100, 64], 10],
  [[127], 8],
  [[169, 254], 16],
  [[172, 16], 12],
  [[192, 0, 0], 24],
  [[192, 168], 16],
  [[198, 18], 15],
  [[224], 3],
]

const ZEROS = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

const LOCAL_V6: readonly Block[] = [
  [ZEROS, 128],
  [[...ZEROS.slice(1), 1], 128],
  [[0xfc], 7],
  [[0xfe, 0x80], 10],
  [[0xfe, 0xc0], 10],
  [[0xff], 8],
]

/** Blocks whose addresses stand for an IPv4 address, and where in them it is. */
const EMBEDDING: readonly (readonly [block: Block, at: number])[] = [
  [[ZEROS, 96], 12],
  [[[...ZEROS.slice(0, 10), 0xff, 0xff], 96], 12],
  [[[...ZEROS.slice(0, 8), 0xff, 0xff, 0, 0], 96], 12],
  [[[0, 0x64, 0xff, 0x9b, ...ZEROS.slice(0, 8)], 96], 12],
  [[[0x20, 0x02], 16], 2],
]

/**
 * Reads an address.
 * @param text IPv4 in four decimals, or IPv6 without brackets, perhaps with a zone
 * @returns undefined when it is neither
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  const v4 = parseV4(text)
  if (v4) return v4
  const address = text.replace(/%.*$/, '')
  const [head, tail, ...more] = address.split('::')
  if (more.length > 0 || !address.includes(':')) return undefined
  const start = parseGroups(head!)
  if (tail === undefined) return start?.length === 16 ? start : undefined
  const end = parseGroups(tail)
  if (!start || !end || start.length + end.length > 14) return undefined
  return [...start, ...ZEROS.slice(start.length + end.length), ...end]
}

function parseV4(text: string): IpAddress | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined
  const bytes = text.split('.').map(Number)
  return bytes.every((byte) => byte < 256) ? bytes : undefined
}

/** Groups of an IPv6 address as bytes; the last one may be an IPv4 address. */
function parseGroups(text: string): IpAddress | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [i, group] of groups.entries()) {
    const v4 = i === groups.length - 1 ? parseV4(group) : undefined
    if (v4) bytes.push(...v4)
    else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 0xff)
    } else return undefined
  }
  return bytes
}

/** Whether two texts are the same address. */
export function isSameAddress(a: string, b: string): boolean {
  const [first, second] = [parseIpAddress(a), parseIpAddress(b)]
  return first !== undefined && second !== undefined && first.join() === second.join()
}

/**
 * Whether an address is not one of the public internet: loopback, private, link-local and the like,
 * also as part of an IPv6 address.
 */
export function isLocalAddress(address: IpAddress): boolean {
  if (address.length === 4) return LOCAL_V4.some((block) => isIn(address, block))
  if (LOCAL_V6.some((block) => isIn(address, block))) return true
  return EMBEDDING.some(
    ([block, at]) => isIn(address, block) && isLocalAddress(address.slice(at, at + 4)),
  )
}

function isIn(address: IpAddress, [start, bits]: Block): boolean {
  for (let done = 0, i = 0; done < bits; done += 8, i++) {
    const mask = 0xff & (0xff << Math.max(0, 8 - (bits - done)))
    if ((address[i]! & mask) !== ((start[i] ?? 0) & mask)) return false
  }
  return true
}
