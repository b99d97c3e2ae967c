/**
 * Sending several small contents over one connection with little waiting.
 *
 * A server that is asked to take content (`PUT`) answers first from where, or that it has it: bytes that
 * came before that answer could be taken for commands, so they wait for it. What may go ahead of it to
 * any server is the next request behind the bytes: one way there and back for each content. A server of
 * ours takes a request that says how many bytes follow it, whatever it makes of them: many can be under
 * way at once. Implements spec: transfer, section 4.4; docs/ssh.md, "Beyond the protocol".
 */
import { type Bytes, bytesToBuffer } from '../../model/bytes.js'
import type { P2pConnection } from './connection.js'
import { formatMessage } from './messages.js'

/** One content to be sent. */
export interface Outgoing {
  readonly key: Bytes
  readonly sizeBytes: number
  /** Reads all of it into a buffer of its size. @returns false when that cannot be done */
  readInto(buffer: Buffer): boolean
}

/** What has come of one; undefined: the server would not have it, or it could not be read. */
export type Sent = 'there' | 'stored' | undefined

/** One that is told what has come of it. */
export interface Expected extends Outgoing {
  settle(sent: Sent): void
}

const VERDICTS = ['SUCCESS', 'SUCCESS-PLUS', 'FAILURE', 'FAILURE-PLUS'] as const
const REFUSALS = ['ALREADY-HAVE', 'ALREADY-HAVE-PLUS', 'ERROR'] as const
const PRESENT = /^(SUCCESS|ALREADY-HAVE)(-PLUS)?$/

/** Whether the server takes contents by `PUT-WHOLE`; others do not know the question. */
export async function supportsWhole(connection: P2pConnection): Promise<boolean> {
  await connection.send({ name: 'SUPPORTS', feature: 'PUT-WHOLE' })
  return (await connection.receive()).name === 'SUCCESS'
}

/** The questions which contents are there; {@link takePresence} takes the answers. */
export function presenceQuestions(contents: readonly Expected[]): Bytes {
  return contents.map(({ key }) => formatMessage({ name: 'CHECKPRESENT', key })).join('')
}

/** Takes the answers; those that are there are told of. @returns the others */
export async function takePresence(
  connection: P2pConnection,
  contents: readonly Expected[],
): Promise<Expected[]> {
  const absent: Expected[] = []
  for (const content of contents) {
    const { name } = await connection.expect(...VERDICTS, 'ERROR')
    if (PRESENT.test(name)) content.settle('there')
    else if (name === 'ERROR') content.settle(undefined)
    else absent.push(content)
  }
  return absent
}

/** Sends contents one after the other, each with the request for the next. For version 1 and later. */
export async function putInTurn(
  connection: P2pConnection,
  contents: readonly Expected[],
): Promise<void> {
  let isAsked = false
  for (const [at, content] of contents.entries()) {
    if (!isAsked) await connection.sendBytes(bytesToBuffer(putRequest(content)))
    const answer = await connection.receive()
    if (answer.name !== 'PUT-FROM') {
      isAsked = false
      content.settle(PRESENT.test(answer.name) ? 'there' : undefined)
      continue
    }
    const next = contents[at + 1]
    await connection.sendBytes(contentFrom(content, answer.offset, next ? putRequest(next) : ''))
    isAsked = next !== undefined
    const { name } = await connection.expect(...VERDICTS)
    content.settle(PRESENT.test(name) ? 'stored' : undefined)
  }
}

function putRequest({ key }: Outgoing): Bytes {
  return formatMessage({ name: 'PUT', file: '', key })
}

/** The data from an offset on, with what we say of it; nothing, invalid, when it cannot be read. */
function contentFrom(content: Outgoing, offset: number, following: Bytes): Buffer {
  const { sizeBytes } = content
  const bytes = Buffer.allocUnsafe(sizeBytes)
  const isRead = content.readInto(bytes)
  const data = bytes.subarray(isRead ? Math.min(offset, sizeBytes) : sizeBytes)
  const head = formatMessage({ name: 'DATA', length: data.length })
  const validity = formatMessage({ name: isRead ? 'VALID' : 'INVALID' })
  return Buffer.concat([bytesToBuffer(head), data, bytesToBuffer(validity + following)])
}

/**
 * Sends contents all at once, and questions about others behind them.
 * @param questions from {@link presenceQuestions}; the answers to them are left to be taken
 */
export async function putWhole(
  connection: P2pConnection,
  contents: readonly Expected[],
  questions: Bytes,
): Promise<void> {
  const { bytes, included } = wholeRequests(contents, questions)
  const sending = connection.post(bytes)
  for (const content of contents) {
    if (!included.has(content)) {
      content.settle(undefined)
      continue
    }
    const { name } = await connection.expect(...VERDICTS, ...REFUSALS)
    content.settle(PRESENT.test(name) ? 'stored' : undefined)
  }
  await sending
}

/** Requests with their contents in one buffer; a content that cannot be read is left out. */
function wholeRequests(
  contents: readonly Expected[],
  questions: Bytes,
): { bytes: Buffer; included: ReadonlySet<Expected> } {
  const heads = contents.map(({ key, sizeBytes }) =>
    formatMessage({ name: 'PUT-WHOLE', length: sizeBytes, file: '', key }),
  )
  const total = contents.reduce((sum, { sizeBytes }, at) => sum + sizeBytes + heads[at]!.length, 0)
  const bytes = Buffer.allocUnsafe(total + questions.length)
  const included = new Set<Expected>()
  let end = 0
  for (const [at, content] of contents.entries()) {
    const start = end + heads[at]!.length
    if (!content.readInto(bytes.subarray(start, start + content.sizeBytes))) continue
    bytes.write(heads[at]!, end, 'latin1')
    included.add(content)
    end = start + content.sizeBytes
  }
  end += bytes.write(questions, end, 'latin1')
  return { bytes: bytes.subarray(0, end), included }
}
