/**
 * Git's long-running filter: one process for all files of a git command.
 *
 * Synchronous: one buffer for content, one for answers, and nothing between a read and the next but
 * the work itself. Nothing else in the program may write to stdout. Implements gitattributes(5),
 * "Long Running Filter Process", and spec: git filter.
 */
import { prepareHasher } from '../src/backends/registry.js'
import { MAX_PAYLOAD_BYTES, PacketReader, PacketWriter } from '../src/git/pkt-line.js'
import { findRepository, type Surroundings } from '../src/git/repository.js'
import { AnnexError, isErrno } from '../src/model/errors.js'
import { letWakersGoOn } from '../src/platform/scheduling.js'
import { Cleaner } from '../src/worktree/clean.js'
import { FilterContext } from '../src/worktree/filter-context.js'
import { explain, tell } from './answer.js'
import { answerClean, type CleanRequest } from './clean.js'
import { DelayedCheckout } from './delay.js'
import { shakeHands } from './handshake.js'
import { PacketContent, readRequest } from './request.js'
import { answerSmudge } from './smudge.js'

const STDIN = 0
const STDOUT = 1
/** At least the default of annex.gitadd-threshold, so that most decisions need no second look. */
const BUFFER_BYTES = 32 * MAX_PAYLOAD_BYTES
/** Git writes a request in eight pieces. Not stopping it at each takes 1 ms now, and saves 4 to 17 µs a file. */
const BUSY_REQUESTS = 100

/**
 * Serves git on stdin and stdout until it closes the pipe.
 * @returns the exit status; a promise only when a hash function had to be loaded on the way
 */
export function runFilterProcess(surroundings: Surroundings): number | Promise<number> {
  const session = new FilterSession(surroundings)
  return session.guard(() => session.start())
}

class FilterSession {
  readonly #surroundings: Surroundings
  readonly #reader = new PacketReader(STDIN)
  readonly #writer = new PacketWriter(STDOUT)
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  #context: FilterContext | undefined
  #cleaner: Cleaner | undefined
  #requests = 0
  readonly #delayed = new DelayedCheckout()

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  start(): number | Promise<number> {
    return shakeHands(this.#reader, this.#writer) ? this.#serve() : 0
  }

  /** Ends the session when the work does, in whichever way. */
  guard(work: () => number | Promise<number>): number | Promise<number> {
    try {
      const status = work()
      return typeof status === 'number' ? this.#end(status) : status
    } catch (error) {
      return this.#end(reportFatal(error))
    }
  }

  /** Git waits until we exit: what was recorded is made visible to others before it goes on. */
  #end(status: number): number | Promise<number> {
    const context = this.#context
    this.#context = undefined
    try {
      return context?.finish()?.then(() => status, complain) ?? status
    } catch (error) {
      return complain(error)
    }
    // Git has all its answers, and the journal all records: the next command carries them out.
    function complain(error: unknown): number {
      tell(explain(error))
      return status
    }
  }

  #serve(): number | Promise<number> {
    for (;;) {
      const request = readRequest(this.#reader)
      if (!request) return 0
      if (++this.#requests === BUSY_REQUESTS) letWakersGoOn()
      const { command, path, canDelay } = request
      const content = new PacketContent(this.#reader)
      const withBuffer = { path, content, buffer: this.#buffer }
      if (command === 'clean') {
        this.#openCleaner().read(content)
        const pause = this.#clean(withBuffer)
        if (pause) return pause
      } else if (command === 'smudge') {
        answerSmudge(
          this.#open(),
          { ...withBuffer, canDelay, delayed: this.#delayed },
          this.#writer,
        )
      } else if (command === 'list_available_blobs') {
        return this.#deliver()
      } else {
        throw new AnnexError('PROTOCOL', `Cannot filter: git asked for "${command}"`)
      }
    }
  }

  /** @returns a promise of the end when a hash function must be loaded before the answer */
  #clean(request: CleanRequest): Promise<number> | undefined {
    const backend = answerClean(this.#openCleaner(), request, this.#writer)
    if (!backend) {
      this.#context?.catchUp()
      return undefined
    }
    return prepareHasher(backend).then(
      () => this.guard(() => this.#clean(request) ?? this.#serve()),
      (error) =>
        this.guard(() => {
          throw error
        }),
    )
  }

  /** Fetching waits for others, so the loop is left once, and taken up again. */
  #deliver(): Promise<number> {
    return this.#delayed.answerList(this.#open(), this.#writer).then(
      () => this.guard(() => this.#serve()),
      (error) =>
        this.guard(() => {
          throw error
        }),
    )
  }

  #open(): FilterContext {
    this.#context ??= new FilterContext({
      repository: findRepository(this.#surroundings),
      env: this.#surroundings.env,
      warn: tell,
    })
    return this.#context
  }

  #openCleaner(): Cleaner {
    this.#cleaner ??= new Cleaner(this.#open(), this.#buffer)
    return this.#cleaner
  }
}

/** @returns the exit status */
function reportFatal(error: unknown): number {
  // Git is gone and has said why, if there was anything to say.
  if (!isErrno(error, 'EPIPE')) tell(explain(error))
  return 1
}
