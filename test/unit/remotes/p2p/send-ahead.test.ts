/** Sending contents ahead of their turns: what goes out, and what each is said to have come to. */
import { describe, expect, test } from '@jest/globals'
import { P2pClient } from '../../../../src/remotes/p2p/client.js'
import { ConnectionPool } from '../../../../src/remotes/p2p/pool.js'
import { SendAhead } from '../../../../src/remotes/p2p/send-ahead.js'
import { Answers } from '../../../support/answers.js'

const GREETING = 'AUTH-SUCCESS U\nVERSION 1\n'
const [A, B, C] = ['a', 'b', 'c'].map((name) => `SHA256-s1--${name}`) as [string, string, string]
const CHECKS = `CHECKPRESENT ${A}\nCHECKPRESENT ${B}\nCHECKPRESENT ${C}\n`
const OLD = 'ERROR unknown command\n'
const NEW = 'SUCCESS\n'

/** Contents whose bytes are the last letters of their keys. */
function outgoing(keys: readonly string[], isReadable: (key: string) => boolean = () => true) {
  return keys.map((key) => ({
    key,
    sizeBytes: 1,
    readInto: (buffer: Buffer) => buffer.write(key.slice(-1)) === 1 && isReadable(key),
  }))
}

function ahead(answers: string, greeting = GREETING) {
  const streams: Answers[] = []
  const pool = new ConnectionPool(() => {
    const stream = new Answers(greeting + answers, 5)
    streams.push(stream)
    return P2pClient.start(stream, { name: 'origin', uuid: 'U' })
  })
  return { streams, send: new SendAhead(pool), sent: () => streams.map(({ sent }) => sent) }
}

async function takeAll(send: SendAhead, keys: readonly string[]) {
  const taken: (string | undefined)[] = []
  for (const key of keys) taken.push(await send.take(key))
  await send.close()
  return taken
}

describe('SendAhead', () => {
  test('sends what is lacking all at once to a server of ours', async () => {
    const answers = `${NEW}FAILURE\nSUCCESS\nFAILURE\nSUCCESS\nALREADY-HAVE\n`
    const { send, sent } = ahead(answers)
    send.expect(outgoing([A, B, C]))
    expect(await takeAll(send, [A, B, C, A])).toEqual(['stored', 'there', 'stored', undefined])
    const puts = `PUT-WHOLE 1  ${A}\naPUT-WHOLE 1  ${C}\nc`
    expect(sent()).toEqual([`VERSION 4\nSUPPORTS PUT-WHOLE\n${CHECKS}${puts}`])
  })

  test('sends other servers the next request behind each content, no content before it is asked for', async () => {
    const checks = 'FAILURE\nFAILURE\nFAILURE\n'
    const { send, sent } = ahead(
      `${OLD}${checks}PUT-FROM 0\nSUCCESS\nALREADY-HAVE\nPUT-FROM 1\nSUCCESS-PLUS V\n`,
    )
    send.expect(outgoing([A, B, C]))
    expect(await takeAll(send, [A, B, C])).toEqual(['stored', 'there', 'stored'])
    const puts = `PUT  ${A}\nDATA 1\naVALID\nPUT  ${B}\nPUT  ${C}\nDATA 0\nVALID\n`
    expect(sent()).toEqual([`VERSION 4\nSUPPORTS PUT-WHOLE\n${CHECKS}${puts}`])
  })

  test.each([
    ['ours', `${NEW}FAILURE\nFAILURE\nFAILURE\nFAILURE\nSUCCESS\n`],
    ['ours, as it is going', `${NEW}ERROR going\nFAILURE\nFAILURE\nSUCCESS\n`],
    [
      'another',
      `${OLD}FAILURE\nFAILURE\nFAILURE\nERROR full\nPUT-FROM 0\nFAILURE\nPUT-FROM 0\nSUCCESS\n`,
    ],
  ])(
    'leaves what %s refuses, and what cannot be read, to be stored in its turn',
    async (_, answers) => {
      const { send, sent } = ahead(answers)
      send.expect(outgoing([A, B, C], (key) => key !== B))
      expect(await takeAll(send, [A, B, C])).toEqual([undefined, undefined, 'stored'])
      expect(sent()[0]).not.toMatch(/\nb/)
    },
  )

  test.each([
    ['', ''],
    [NEW, 'FAILURE\nSUCC'],
    [NEW, 'FAILURE\nFAILURE\nFAILURE\n'],
    [NEW, 'DATA 4\n'],
    [OLD, 'FAILURE\nFAILURE\nFAILURE\nPUT-FROM 0\n'],
    [OLD, 'FAILURE\nFAILURE\nFAILURE\nPUT-FROM 0\nVALID\n'],
    [OLD, 'FAILURE\nFAILURE\nFAILURE\nPUT-FROM 0\nSUCCESS\nWelcome\n'],
  ])('says of nothing that it is stored without an answer: %j %j', async (kind, answers) => {
    const { send, streams } = ahead(kind + answers)
    send.expect(outgoing([A, B, C]))
    const taken = await takeAll(send, [A, B, C])
    expect(taken.slice(1)).toEqual([undefined, undefined])
    expect(taken[0]).toBe(answers.includes('SUCCESS\nW') ? 'stored' : undefined)
    expect(streams.map(({ isAborted }) => isAborted)).toEqual([true])
  })

  test('tells the first who asks why there is no connection', async () => {
    const { send, streams } = ahead('', 'AUTH-SUCCESS V\n')
    send.expect(outgoing([A, B]))
    await expect(send.take(A)).rejects.toThrow('there is another repository now')
    expect(await takeAll(send, [B, C])).toEqual([undefined, undefined])
    expect(streams.length).toBe(1)
  })

  test('lets go of those who wait when it is broken off before there is a connection', async () => {
    let connect: (client: P2pClient) => void = () => {}
    const pool = new ConnectionPool(
      () =>
        new Promise((resolve) => {
          connect = resolve
        }),
    )
    const send = new SendAhead(pool)
    send.expect(outgoing([A, B]))
    const taken = send.take(A)
    send.abort()
    expect(await taken).toBeUndefined()
    const stream = new Answers(GREETING)
    connect(await P2pClient.start(stream, { name: 'origin', uuid: 'U' }))
    await send.close()
    expect(stream.sent).toBe('VERSION 4\n')
  })

  test('says nothing to a server that cannot be told whether the data is right', async () => {
    const { send, sent } = ahead('', 'AUTH-SUCCESS U\nERROR what\n')
    send.expect(outgoing([A, B]))
    expect(await takeAll(send, [A, B])).toEqual([undefined, undefined])
    expect(sent()).toEqual(['VERSION 4\n'])
  })

  test('gives up a server that refuses again and again', async () => {
    const keys = Array.from({ length: 200 }, (_, at) => `SHA256-s1--${at}`)
    const { send, sent } = ahead(`${NEW}${'FAILURE\n'.repeat(64)}${'ERROR full\n'.repeat(400)}`)
    send.expect(outgoing(keys))
    const taken = await takeAll(send, keys)
    expect(new Set(taken)).toEqual(new Set([undefined]))
    expect(sent()[0]!.split('PUT-WHOLE 1').length).toBeLessThan(130)
  })

  test('goes on where those who take pass over some', async () => {
    const keys = Array.from({ length: 1000 }, (_, at) => `SHA256-s1--${at}`)
    const { send } = ahead(`${NEW}${'SUCCESS\n'.repeat(1000)}`)
    send.expect(outgoing(keys))
    const some = keys.filter((_, at) => at % 300 > 290)
    const taken = await takeAll(send, some)
    expect(taken).toEqual(some.map(() => 'there'))
  })
})
