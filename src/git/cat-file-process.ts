/**
 * A git process that stays and answers one question for an object at a time, for work whose
 * questions come up one by one. Who knows them beforehand asks cat-file.ts: that is faster.
 */
import type { Bytes } from '../model/bytes.js'
import { loadExeca } from '../platform/subprocess.js'
import { isAskable, type ObjectInfo, parseInfoLine } from './cat-file.js'
import { gitCwd, type Repository } from './repository.js'
import { gitArgv, gitEnv } from './run.js'

/** An object with its content. */
export interface ObjectContent extends ObjectInfo {
  readonly content: Buffer
}

/** Starts git with the first question. Close it when done, or the program does not end. */
export class CatFile implements AsyncDisposable {
  readonly #repository: Repository
  #process: Promise<AnsweringProcess> | undefined
  /** Ends with the answer to the last question, so that each reads its own. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(repository: Repository) {
    this.#repository = repository
  }

  /**
   * Reads a whole object. Questions may be asked before the last one is answered.
   * @param name object id or any other name without newline, such as `main:dir/file`
   * @returns undefined when there is no such object
   * @throws Error when git ended
   */
  read(name: Bytes): Promise<ObjectContent | undefined> {
    const answer = this.#last.then(async () => {
      if (!isAskable(name)) return undefined
      this.#process ??= AnsweringProcess.start(this.#repository)
      return (await this.#process).ask(name)
    })
    this.#last = answer.catch(() => undefined)
    return answer
  }

  /** Ends the process after the questions asked so far. */
  async close(): Promise<void> {
    await this.#last
    const running = this.#process
    this.#process = undefined
    if (running) await (await running).end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

type Child = ReturnType<typeof spawn>

function spawn(execa: Awaited<ReturnType<typeof loadExeca>>, repository: Repository) {
  const [program, ...args] = [...gitArgv(repository), 'cat-file', '--batch']
  return execa(program!, args, {
    cwd: gitCwd(repository),
    env: gitEnv(),
    encoding: 'buffer',
    buffer: false,
    reject: false,
    stderr: 'inherit',
  })
}

/** `git cat-file --batch` and the bytes of it not read yet. */
class AnsweringProcess {
  readonly #child: Child
  readonly #output: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  static async start(repository: Repository): Promise<AnsweringProcess> {
    return new AnsweringProcess(spawn(await loadExeca(), repository))
  }

  constructor(child: Child) {
    this.#child = child
    this.#output = child.stdout[Symbol.asyncIterator]()
  }

  async ask(name: Bytes): Promise<ObjectContent | undefined> {
    this.#child.stdin.write(Buffer.from(`${name}\n`, 'latin1'))
    const info = parseInfoLine(await this.#readLine())
    if (!info) return undefined
    const content = await this.#readBytes(info.sizeBytes + 1)
    return { ...info, content: content.subarray(0, -1) }
  }

  async end(): Promise<void> {
    this.#child.stdin.end()
    this.#child.stdout.resume()
    await this.#child
  }

  async #readLine(): Promise<Bytes> {
    for (;;) {
      const end = this.#rest.indexOf(10)
      if (end >= 0) {
        const line = this.#rest.toString('latin1', 0, end)
        this.#rest = this.#rest.subarray(end + 1)
        return line
      }
      this.#rest = Buffer.concat([this.#rest, await this.#readChunk()])
    }
  }

  async #readBytes(count: number): Promise<Buffer> {
    const chunks = [this.#rest]
    let length = this.#rest.length
    while (length < count) {
      const chunk = await this.#readChunk()
      chunks.push(chunk)
      length += chunk.length
    }
    const all = Buffer.concat(chunks)
    this.#rest = all.subarray(count)
    return all.subarray(0, count)
  }

  async #readChunk(): Promise<Buffer> {
    const { value, done } = await this.#output.next()
    if (done) throw new Error('git cat-file ended before it answered')
    return value
  }
}
