/**
 * Telling remotes which contents will be sent to them next, so that one that is far away has them
 * before their turn. Only what is certain to be copied: a move, and a drop, ask first.
 */
import type { Bytes } from '../model/bytes.js'
import type { Remote } from '../remotes/remote.js'
import { maySendAhead } from '../transfer/send.js'
import { transferSettings } from '../transfer/transfer-settings.js'
import type { Annex } from './annex.js'

/** How many items are known before it is their turn. */
const AHEAD = 512

/** Announces contents that are here and that a remote is to be sent, in the order of their turns. */
export function announceSends(annex: Annex, remote: Remote, keyTexts: Iterable<Bytes>): void {
  // What goes ahead goes as fast as it can.
  const { bytesPerSecond } = transferSettings(annex.config, remote, 'upload')
  if (!remote.expectStores || bytesPerSecond !== undefined) return
  const here = [...keyTexts].filter((key) => maySendAhead(key) && annex.store.has(key))
  if (here.length > 0) remote.expectStores(here, (key) => annex.store.locate(key)?.path)
}

/**
 * Passes items on, known some time before their turns. Not for items that somebody names one by one,
 * waiting for answers.
 * @param announce is told of each once, in order, undefined ones left out
 */
export function* foreseeingItems<T>(
  items: Iterable<T | undefined>,
  announce: (items: readonly T[]) => void,
): Generator<T | undefined> {
  const known: T[] = []
  const source = items[Symbol.iterator]()
  try {
    for (let isOver = false; ; ) {
      if (!isOver && known.length < AHEAD / 2) {
        const added: T[] = []
        for (let next = source.next(); ; next = source.next()) {
          isOver = next.done === true
          if (next.done) break
          if (next.value !== undefined) added.push(next.value)
          if (known.length + added.length >= AHEAD) break
        }
        announce(added)
        known.push(...added)
      }
      const next = known.shift()
      if (next === undefined) return
      yield next
    }
  } finally {
    source.return?.()
  }
}
