/** The server's machine over buffers: every line that a client could send, and what comes back. */
import { describe, expect, test } from '@jest/globals'
import type { ByteStream } from '../../../../src/remotes/p2p/connection.js'
import type { ServedContent, ServerMode } from '../../../../src/remotes/p2p/served-content.js'
import { serveP2p } from '../../../../src/remotes/p2p/server.js'

const KEY = 'SHA256-s5--here'
const OTHER = 'SHA256-s4--other'

/** One content is here; what is received is kept without a look at it. */
class OneContent implements ServedContent {
  readonly contents = new Map([[KEY, Buffer.from('hello')]])
  readonly events: string[] = []
  partial = Buffer.alloc(0)
  isWhole = true
  isGoing = false
  now = 100

  prepare(): void {}
  isPresent(key: string): boolean {
    return this.contents.has(key)
  }
  isBeingRemoved(): boolean {
    return this.isGoing
  }
  lock(key: string) {
    if (!this.contents.has(key)) return undefined
    this.events.push('locked')
    return {
      release: ({ isUnlocked }: { isUnlocked: boolean }) => {
        this.events.push(isUnlocked ? 'unlocked' : 'abandoned')
      },
    }
  }
  remove(key: string): boolean {
    this.contents.delete(key)
    return true
  }
  open(key: string) {
    const content = this.contents.get(key)
    if (!content) return undefined
    const there = this.isWhole ? content : content.subarray(0, 2)
    return {
      sizeBytes: content.length,
      read: (buffer: Uint8Array, offset: number) => there.copy(buffer, 0, offset),
      isUnchanged: () => this.isWhole,
      close: () => {},
    }
  }
  receive(key: string) {
    const size = Number(/-s(\d+)/.exec(key)![1])
    return {
      doneBytes: this.partial.length,
      missingBytes: size - this.partial.length,
      write: (bytes: Uint8Array) => {
        this.partial = Buffer.concat([this.partial, bytes])
      },
      finish: ({ mustVerify }: { mustVerify: boolean }) => {
        const content = this.partial
        this.partial = Buffer.alloc(0)
        if (mustVerify || content.length !== size) throw new Error('wrong content')
        this.contents.set(key, content)
      },
      close: () => this.events.push('closed'),
    }
  }
  clockSeconds(): number {
    return this.now
  }
}

/** A service that says what it is told, at the end of its input. */
class Echo implements ByteStream {
  readonly exited = Promise.resolve(7)
  readonly #told: Buffer[] = []
  #end: () => void = () => {}
  readonly #ended = new Promise<void>((resolve) => {
    this.#end = resolve
  })

  async read(): Promise<Buffer | undefined> {
    await this.#ended
    const told = this.#told.splice(0)
    return told.length === 0 ? undefined : Buffer.concat(told)
  }
  async write(bytes: Uint8Array): Promise<void> {
    this.#told.push(Buffer.from(bytes))
  }
  closeInput(): void {
    this.#end()
  }
  kill(): void {}
}

interface Served {
  readonly answer: string
  readonly explained: readonly string[]
}

async function serve(
  content: ServedContent,
  input: string,
  { mode = 'full', pieces = 1 << 20 }: { mode?: ServerMode; pieces?: number } = {},
): Promise<Served> {
  const bytes = Buffer.from(input, 'latin1')
  const buffer = Buffer.alloc(Math.min(pieces, bytes.length))
  const explained: string[] = []
  let at = 0
  let answer = ''
  const channel = {
    receive: () => {
      if (at >= bytes.length) return undefined
      at += pieces
      // One buffer for all, as at standard input.
      return buffer.subarray(0, bytes.copy(buffer, 0, at - pieces, at))
    },
    receiveLater: () => Promise.resolve(channel.receive()),
    send: (sent: Uint8Array) => {
      answer += Buffer.from(sent).toString('latin1')
    },
    flush: () => {},
  }
  await serveP2p(channel, content, {
    uuid: 'U',
    mode,
    explain: (why) => explained.push(why),
    startService: () => new Echo(),
    refChanges: () => Promise.resolve(['r1', 'r2']),
  })
  expect(answer).toMatch(/^AUTH-SUCCESS U\n/)
  return { answer: answer.slice('AUTH-SUCCESS U\n'.length), explained }
}

describe('serveP2p()', () => {
  test.each([
    ['VERSION 9\n', 'VERSION 4\n'],
    ['VERSION 1\nBYPASS a b\nCHECKPRESENT SHA256-s1--x\n', 'VERSION 1\nFAILURE\n'],
    [`CHECKPRESENT ${KEY}\n`, 'SUCCESS\n'],
    [`GET 0 f ${KEY}\nSUCCESS\n`, 'DATA 5\nhello'],
    [`VERSION 1\nGET 3  ${KEY}\nFAILURE\n`, 'VERSION 1\nDATA 2\nloVALID\n'],
    [`VERSION 1\nGET 9  ${KEY}\nSUCCESS\n`, 'VERSION 1\nDATA 0\nVALID\n'],
    [`VERSION 1\nGET 0  ${OTHER}\nFAILURE\n`, 'VERSION 1\nDATA 0\nINVALID\n'],
    [`GET 0  ${KEY}\nREMOVE ${KEY}\n`, 'DATA 5\nhelloERROR expected SUCCESS or FAILURE\n'],
    ['GETTIMESTAMP\n', 'TIMESTAMP 100\n'],
    [`REMOVE-BEFORE 99 ${KEY}\nCHECKPRESENT ${KEY}\n`, 'FAILURE\nSUCCESS\n'],
    [`REMOVE-BEFORE 100 ${KEY}\nCHECKPRESENT ${KEY}\n`, 'SUCCESS\nFAILURE\n'],
    [`PUT f ${KEY}\n`, 'ALREADY-HAVE\n'],
    [`PUT f ${OTHER}\nDATA-PRESENT\n`, 'PUT-FROM 0\nERROR expected DATA\n'],
    [`VERSION 4\nPUT f ${OTHER}\nDATA-PRESENT\n`, 'VERSION 4\nPUT-FROM 0\nFAILURE\n'],
    [
      'nonsense\nVALID\nSUCCESS\n',
      'ERROR unknown command\nERROR unexpected command\nERROR unexpected command\n',
    ],
    [
      'SUPPORTS PUT-WHOLE\nSUPPORTS NONSENSE\nSUPPORTS\n',
      'SUCCESS\nFAILURE\nERROR unknown command\n',
    ],
    [`PUT-WHOLE 5 f ${KEY}\nSKIP\nGETTIMESTAMP\n`, 'ALREADY-HAVE\nTIMESTAMP 100\n'],
    [`PUT-WHOLE 4 f ${OTHER}\nab\ncPUT-WHOLE 0 f ${OTHER}\n`, 'SUCCESS\nALREADY-HAVE\n'],
    [
      `PUT-WHOLE 5 f ${OTHER}\nREMOVPUT-WHOLE 2  ${OTHER}\n\n\nGETTIMESTAMP\n`,
      'FAILURE\nFAILURE\nTIMESTAMP 100\n',
    ],
    [`ERROR stop\nCHECKPRESENT ${KEY}\n`, ''],
    [
      'CONNECT git-upload-pack\nDATA 4\n0000CHECKPRESENT SHA256-s1--x\n',
      'DATA 4\n0000CONNECTDONE 7\n',
    ],
    ['CONNECT git-receive-pack\n', 'CONNECTDONE 7\n'],
    [`CONNECT sh\nCHECKPRESENT ${KEY}\n`, 'ERROR unknown command\nSUCCESS\n'],
    [`NOTIFYCHANGE\nCHECKPRESENT ${KEY}\n`, 'CHANGED r1 r2\nSUCCESS\n'],
    [
      `CHECKPRESENT ${'x'.repeat(40_000)}\nVERSION 1\n`,
      'ERROR a line is longer than 32768 bytes\n',
    ],
  ])('answers %j', async (input, answer) => {
    expect((await serve(new OneContent(), input)).answer).toBe(answer)
    // The same when the bytes come one by one.
    if (input.length < 1000)
      expect((await serve(new OneContent(), input, { pieces: 1 })).answer).toBe(answer)
  })

  test('stores what is put, from where it broke', async () => {
    const content = new OneContent()
    content.partial = Buffer.from('ab')
    const input = `VERSION 1\nPUT f ${OTHER}\nDATA 2\n\nDVALID\nCHECKPRESENT ${OTHER}\n`
    const { answer } = await serve(content, input, { pieces: 7 })
    expect(answer).toBe('VERSION 1\nPUT-FROM 2\nSUCCESS\nSUCCESS\n')
    expect(content.contents.get(OTHER)!.toString()).toBe('ab\nD')
    expect(content.events).toEqual(['closed'])
  })

  test.each([
    ['more than the key says', 'DATA 5\nabcdeVALID\n', 'ERROR expected DATA of at most 4 bytes\n'],
    ['less than the key says', 'DATA 3\nabcVALID\n', 'FAILURE\n'],
    ['what the sender does not vouch for', 'DATA 4\nabcdINVALID\n', 'FAILURE\n'],
    ['something else than data', 'SUCCESS\n', 'ERROR expected DATA\n'],
    ['no validity', 'DATA 4\nabcdSUCCESS\n', 'ERROR expected VALID or INVALID\nFAILURE\n'],
    ['the half of it', 'DATA 4\nab', ''],
  ])('stores nothing when %s comes', async (_, input, answer) => {
    const content = new OneContent()
    const served = await serve(content, `VERSION 1\nPUT f ${OTHER}\n${input}`)
    expect(served.answer).toBe(`VERSION 1\nPUT-FROM 0\n${answer}`)
    expect([...content.contents.keys()]).toEqual([KEY])
    expect(content.events).toEqual(['closed'])
  })

  test('stores nothing of a whole content that breaks off, or where one has begun', async () => {
    const content = new OneContent()
    await serve(content, `PUT-WHOLE 4 f ${OTHER}\nab`)
    content.partial = Buffer.from('ab')
    const { answer } = await serve(content, `PUT-WHOLE 4 f ${OTHER}\nabcd`)
    expect(answer).toBe('FAILURE\n')
    expect([...content.contents.keys()]).toEqual([KEY])
    expect(content.events).toEqual(['closed', 'closed'])
  })

  test('keeps the beginning when only the offset was asked for', async () => {
    const content = new OneContent()
    content.partial = Buffer.from('ab')
    const input = `VERSION 1\nPUT f ${OTHER}\nDATA 0\nINVALID\n`
    expect((await serve(content, input)).answer).toBe('VERSION 1\nPUT-FROM 2\nFAILURE\n')
    expect(content.partial.toString()).toBe('ab')
  })

  test('sends as much as it has promised when a file shrinks, and says that it is wrong', async () => {
    const content = new OneContent()
    content.isWhole = false
    const { answer } = await serve(content, `VERSION 1\nGET 0  ${KEY}\nFAILURE\n`)
    expect(answer).toBe('VERSION 1\nDATA 5\nhe\0\0\0INVALID\n')
  })

  test.each([
    [1, 'FAILURE\nFAILURE\n'],
    [4, 'ERROR the content is being removed\nFAILURE\n'],
  ])('does not count content that is being removed: version %i', async (version, answer) => {
    const content = new OneContent()
    content.isGoing = true
    const input = `VERSION ${version}\nCHECKPRESENT ${KEY}\nCHECKPRESENT ${OTHER}\nPUT f ${KEY}\n`
    expect((await serve(content, input)).answer).toBe(
      `VERSION ${version}\n${answer}ERROR the content is being removed\n`,
    )
  })

  test.each([
    ['UNLOCKCONTENT\n', '', 'unlocked'],
    [`UNLOCKCONTENT ${KEY}\n`, 'ERROR expected UNLOCKCONTENT\n', 'abandoned'],
    ['', '', 'abandoned'],
  ])('holds a lock until %j comes', async (next, answer, event) => {
    const content = new OneContent()
    const served = await serve(content, `LOCKCONTENT ${OTHER}\nLOCKCONTENT ${KEY}\n${next}`)
    expect(served.answer).toBe(`FAILURE\nSUCCESS\n${answer}`)
    expect(content.events).toEqual(['locked', event])
  })

  test.each([
    ['read-only', `PUT f ${OTHER}\n`, 'ERROR this repository is read-only; write access denied\n'],
    ['read-only', `REMOVE ${KEY}\n`, 'ERROR this repository is read-only; write access denied\n'],
    ['append-only', `REMOVE ${KEY}\n`, 'ERROR this repository is append-only; removal denied\n'],
    [
      'read-only',
      `PUT-WHOLE 4 f ${OTHER}\nVALIGETTIMESTAMP\n`,
      'ERROR this repository is read-only; write access denied\nTIMESTAMP 100\n',
    ],
    ...(['read-only', 'append-only'] as const).map(
      (mode) =>
        [
          mode,
          `CONNECT git-receive-pack\nCHECKPRESENT ${KEY}\n`,
          'ERROR this repository is read-only; write access denied\n',
        ] as const,
    ),
    ['append-only', `PUT-WHOLE 4 f ${OTHER}\nabcd`, 'SUCCESS\n'],
    ['append-only', `PUT f ${OTHER}\nDATA 4\nabcdVALID\n`, 'PUT-FROM 0\nSUCCESS\n'],
  ] as const)('%s: answers %j', async (mode, input, answer) => {
    const served = await serve(new OneContent(), `VERSION 1\n${input}`, { mode })
    expect(served.answer).toBe(`VERSION 1\n${answer}`)
  })
})
