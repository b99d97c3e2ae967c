/** What has changed of a repository's refs. */
import { listRefs } from '../git/refs.js'
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { watchTree } from '../platform/watch.js'

/** Several refs that change together are told of together. */
const SETTLE_MS = 100

export class RefChanges {
  readonly #repository: Repository
  #known: ReadonlyMap<Bytes, Bytes>

  /** What changes from now on counts. */
  constructor(repository: Repository) {
    this.#repository = repository
    this.#known = readRefs(repository)
  }

  /** The objects that refs are at which have changed since the last time. */
  take(): readonly Bytes[] {
    const now = readRefs(this.#repository)
    const changed = [...now].filter(([name, oid]) => this.#known.get(name) !== oid)
    this.#known = now
    return changed.map(([, oid]) => oid)
  }

  /** Tells of each change, until it is disposed of. */
  watch(tell: (oids: readonly Bytes[]) => void): Disposable {
    const look = () => {
      const oids = this.take()
      if (oids.length > 0) tell(oids)
    }
    return watchTree(`${this.#repository.commonDir}/refs`, look, SETTLE_MS)
  }

  /** Waits for a change, unless there has been one. */
  async next(): Promise<readonly Bytes[]> {
    let tell: (oids: readonly Bytes[]) => void = () => {}
    const changed = new Promise<readonly Bytes[]>((resolve) => {
      tell = resolve
    })
    using _watch = this.watch(tell)
    const before = this.take()
    return before.length > 0 ? before : await changed
  }
}

function readRefs(repository: Repository): Map<Bytes, Bytes> {
  return new Map(listRefs(repository).map(({ name, oid }) => [name, oid]))
}
