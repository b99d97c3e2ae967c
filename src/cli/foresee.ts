/**
 * Telling remotes which contents will be asked for next, so that one that is far away can send them
 * before they are.
 */
import type { Bytes } from '../model/bytes.js'
import type { Remote } from '../remotes/remote.js'
import { transferSettings } from '../transfer/transfer-settings.js'
import type { Annex } from './annex.js'
import type { Action } from './command.js'
import { remotesWith } from './transfer-context.js'

/** How many actions are known before they are performed. */
const AHEAD = 512

/**
 * Passes actions that fetch contents on, known some time ahead to the remote that will be asked first.
 * Not for those whose questions come one by one, from somebody who waits for answers.
 * @param only the one remote to ask, when the user named one
 */
export async function* foreseeing(
  annex: Annex,
  steps: AsyncIterable<Action | undefined>,
  only: Remote | undefined,
): AsyncGenerator<Action | undefined> {
  const remotes = await annex.remotes()
  if (!remotes.some((remote) => remote.expect)) {
    yield* steps
    return
  }
  const known: Action[] = []
  const source = steps[Symbol.asyncIterator]()
  try {
    for (let isOver = false; ; ) {
      if (!isOver && known.length < AHEAD / 2) {
        const added = await pull(source, AHEAD - known.length)
        isOver = added.length === 0
        announce(annex, added, only ? [only] : remotes)
        known.push(...added)
      }
      const next = known.shift()
      if (!next) return
      yield next
    }
  } finally {
    await source.return?.()
  }
}

async function pull(source: AsyncIterator<Action | undefined>, count: number): Promise<Action[]> {
  const actions: Action[] = []
  while (actions.length < count) {
    const { done, value } = await source.next()
    if (done) break
    if (value) actions.push(value)
  }
  return actions
}

function announce(annex: Annex, actions: readonly Action[], remotes: readonly Remote[]): void {
  const expected = new Map<Remote, Set<Bytes>>()
  for (const { item } of actions) {
    if (item.keyText === undefined) continue
    const [remote] = remotesWith(annex, item.keyText, remotes)
    if (!remote?.expect || isHeldBack(annex, remote)) continue
    const keys = expected.get(remote) ?? new Set()
    expected.set(remote, keys.add(item.keyText))
  }
  for (const [remote, keys] of expected) remote.expect!([...keys])
}

/** What comes ahead comes as fast as it can. */
function isHeldBack({ config }: Annex, remote: Remote): boolean {
  return transferSettings(config, remote, 'download').bytesPerSecond !== undefined
}
