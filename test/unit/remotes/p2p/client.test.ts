/** The client's machine over a stream whose answers are known: what it sends, and what it makes of them. */
import { describe, expect, test } from '@jest/globals'
import type { DropProof } from '../../../../src/model/drop-proof.js'
import { forceDrop } from '../../../../src/policy/numcopies.js'
import { P2pClient } from '../../../../src/remotes/p2p/client.js'
import { FetchAhead } from '../../../../src/remotes/p2p/fetch-ahead.js'
import { ConnectionPool } from '../../../../src/remotes/p2p/pool.js'
import { Answers } from '../../../support/answers.js'

const KEY = 'SHA256-s5--here'
const GREETING = 'AUTH-SUCCESS U\n'
const EXPECTED = { name: 'origin', uuid: 'U' }

async function start(version: number, answers: string, pieceLength?: number) {
  const stream = new Answers(`${GREETING}VERSION ${version}\n${answers}`, pieceLength)
  const client = await P2pClient.start(stream, EXPECTED)
  expect(stream.sent).toBe('VERSION 4\n')
  stream.sent = ''
  return { stream, client }
}

function sink(doneBytes = 0, missingBytes: number | undefined = 5 - doneBytes) {
  const got: string[] = []
  return { got, doneBytes, missingBytes, write: (bytes: Buffer) => got.push(bytes.toString()) }
}

function source(text: string) {
  return {
    sizeBytes: text.length,
    read: (offset: number) => Buffer.from(text).subarray(offset, offset + 2),
    isUnchanged: () => true,
  }
}

describe('P2pClient.start()', () => {
  test.each([
    ['VERSION 1\n', 1],
    ['VERSION 9\n', 4],
    ['ERROR unknown command\n', 0],
  ])('takes the version from %j', async (answer, version) => {
    const client = await P2pClient.start(new Answers(GREETING + answer, 3), EXPECTED)
    expect(client.version).toBe(version)
  })

  test.each([
    ['AUTH-SUCCESS V\n', 'Cannot use origin: there is another repository now (V)'],
    ['AUTH-FAILURE\n', 'is AUTH-FAILURE where AUTH-SUCCESS was expected'],
    ['Welcome to origin!\n', 'cannot be understood: "Welcome to origin!"'],
    ['ERROR go away\n', 'origin: go away'],
    ['', 'Lost connection to origin'],
    ['x'.repeat(40_000), 'a line is longer than 32768 bytes'],
  ])('ends the connection after %.40j', async (answers, message) => {
    const stream = new Answers(answers)
    await expect(P2pClient.start(stream, EXPECTED)).rejects.toThrow(message)
    expect(stream.isAborted).toBe(true)
  })
})

describe('P2pClient', () => {
  test('asks whether content is there, and has it locked', async () => {
    const { stream, client } = await start(1, 'SUCCESS\nFAILURE\nSUCCESS\nERROR broken\n', 1)
    expect(await client.checkPresent(KEY)).toBe(true)
    expect(await client.lock(KEY)).toBe(false)
    expect(await client.lock(KEY)).toBe(true)
    await client.unlock()
    expect(client.isSound).toBe(true)
    // Not to know is not the same as to know that it is absent.
    await expect(client.checkPresent(KEY)).rejects.toThrow('origin: broken')
    expect(client.isSound).toBe(true)
    expect(stream.sent).toBe(
      `CHECKPRESENT ${KEY}\nLOCKCONTENT ${KEY}\nLOCKCONTENT ${KEY}\nUNLOCKCONTENT\nCHECKPRESENT ${KEY}\n`,
    )
  })

  test.each([
    [1, 'DATA 5\nhelloVALID\n', 'valid', 'SUCCESS'],
    [1, 'DATA 5\nhelloINVALID\n', 'invalid', 'FAILURE'],
    [0, 'DATA 5\nhello', 'unknown', 'SUCCESS'],
  ])('fetches in version %i: %j', async (version, answers, validity, end) => {
    const { stream, client } = await start(version, answers, 4)
    const into = sink()
    expect(await client.get(KEY, into)).toBe(validity)
    expect(into.got.join('')).toBe('hello')
    expect(stream.sent).toBe(`GET 0  ${KEY}\n${end}\n`)
    expect(client.isSound).toBe(true)
  })

  test('goes on with what it has, and tells absence from emptiness', async () => {
    const { stream, client } = await start(1, 'DATA 2\nloVALID\nDATA 0\nINVALID\nDATA 0\nVALID\n')
    const into = sink(3)
    expect(await client.get(KEY, into)).toBe('valid')
    expect(into.got).toEqual(['lo'])
    expect(await client.get(KEY, sink())).toBe('absent')
    expect(await client.get(KEY, sink(5))).toBe('valid')
    expect(stream.sent).toContain(`GET 3  ${KEY}\n`)
  })

  test.each([
    ['DATA 6\nhello!VALID\n', '6 bytes were sent where 5 are missing'],
    ['DATA 5\nhel', 'Lost connection to origin'],
    ['DATA 5\nhelloSUCCESS\n', 'is SUCCESS where VALID or INVALID was expected'],
    ['VALID\n', 'is VALID where DATA was expected'],
  ])('is of no more use after the answer %j', async (answers, message) => {
    const { client } = await start(1, answers)
    await expect(client.get(KEY, sink())).rejects.toThrow(message)
    expect(client.isSound).toBe(false)
  })

  test.each([
    ['ALREADY-HAVE\n', '', []],
    ['ALREADY-HAVE-PLUS a b\n', '', ['a', 'b']],
    ['PUT-FROM 0\nSUCCESS\n', 'DATA 5\nhelloVALID\n', []],
    ['PUT-FROM 3\nSUCCESS-PLUS c\n', 'DATA 2\nloVALID\n', ['c']],
    ['PUT-FROM 7\nSUCCESS\n', 'DATA 0\nVALID\n', []],
  ])('sends from where the server stands: %j', async (answers, sent, alsoAt) => {
    const { stream, client } = await start(2, answers)
    const done: number[] = []
    const onProgress = (doneBytes: number) => done.push(doneBytes)
    expect(await client.put(KEY, source('hello'), onProgress)).toEqual({ alsoAt })
    expect(stream.sent).toBe(`PUT  ${KEY}\n${sent}`)
    expect(done.at(-1) ?? 5).toBe(5)
  })

  test('is told no, and why', async () => {
    const { client } = await start(2, 'PUT-FROM 0\nFAILURE\nERROR read-only\n')
    expect(await client.put(KEY, source('hello'), () => {})).toBeUndefined()
    await expect(client.put(KEY, source('hello'), () => {})).rejects.toThrow('origin: read-only')
    expect(client.isSound).toBe(true)
  })

  test('hands on until when the locks behind a removal hold', async () => {
    const until = (ms: number) =>
      ({ ...forceDrop(KEY, 'U'), expiresMs: Date.now() + ms }) as DropProof
    const { stream, client } = await start(3, 'SUCCESS\nTIMESTAMP 1000\nFAILURE\nTIMESTAMP 5\n')
    expect(await client.remove(KEY, forceDrop(KEY, 'U'))).toBe(true)
    expect(await client.remove(KEY, until(9_990))).toBe(false)
    await expect(client.remove(KEY, until(-1))).rejects.toThrow('Dropping took too long')
    expect(stream.sent).toBe(
      `REMOVE ${KEY}\nGETTIMESTAMP\nREMOVE-BEFORE 1009 ${KEY}\nGETTIMESTAMP\n`,
    )

    const old = await start(1, 'SUCCESS\n')
    expect(await old.client.remove(KEY, until(5_000))).toBe(true)
    await expect(old.client.remove(KEY, until(-1))).rejects.toThrow('Dropping took too long')
    expect(old.stream.sent).toBe(`REMOVE ${KEY}\n`)
  })
})

describe('FetchAhead', () => {
  const keys = ['a', 'b', 'c', 'd'].map((name) => `SHA256-s1--${name}`)

  function ahead(answers: string) {
    const streams: Answers[] = []
    const pool = new ConnectionPool(() => {
      const stream = new Answers(`${GREETING}VERSION 1\n${answers}`, 5)
      streams.push(stream)
      return P2pClient.start(stream, EXPECTED)
    })
    return { pool, streams, fetch: new FetchAhead(pool) }
  }

  test('asks for all at once, and gives each to whoever takes it', async () => {
    const { streams, fetch } = ahead('DATA 1\naVALID\nDATA 0\nINVALID\nDATA 1\ncVALID\n')
    fetch.expect([keys[0]!, keys[1]!, keys[2]!, 'SHA256-s99999999--long', 'WORM--no-size'])
    expect((await fetch.take(keys[0]!))?.toString()).toBe('a')
    // Not there: whoever wants it asks, and is told in the ordinary way.
    expect(await fetch.take(keys[1]!)).toBeUndefined()
    expect((await fetch.take(keys[2]!))?.toString()).toBe('c')
    expect(await fetch.take(keys[0]!)).toBeUndefined()
    expect(await fetch.take('SHA256-s99999999--long')).toBeUndefined()
    await fetch.close()
    const asks = keys.slice(0, 3).map((key) => `GET 0  ${key}\nSUCCESS\n`)
    expect(streams.map(({ sent }) => sent)).toEqual([`VERSION 4\n${asks.join('')}`])
  })

  test.each(['', 'ERROR no\n', 'DATA 9\n', 'DATA 1\nb'])(
    'lets everybody fetch for himself after the answer %j',
    async (answer) => {
      const { streams, fetch } = ahead(`DATA 1\naVALID\n${answer}`)
      fetch.expect(keys)
      expect((await fetch.take(keys[0]!))?.toString()).toBe('a')
      for (const key of keys.slice(1)) expect(await fetch.take(key)).toBeUndefined()
      fetch.expect(['SHA256-s1--e'])
      expect(await fetch.take('SHA256-s1--e')).toBeUndefined()
      await fetch.close()
      expect(streams.map(({ isAborted }) => isAborted)).toEqual([true])
    },
  )

  test('gives up when there is no connection', async () => {
    const fetch = new FetchAhead(new ConnectionPool(() => Promise.reject(new Error('no route'))))
    fetch.expect(keys)
    for (const key of keys) expect(await fetch.take(key)).toBeUndefined()
    await fetch.close()
  })
})
