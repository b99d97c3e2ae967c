/**
 * Items whose content is missing, some time ahead of the work on them, so that their location logs are
 * read for many at once: one by one, each takes a process of git.
 */
import type { Bytes } from '../model/bytes.js'
import type { Annex } from './annex.js'
import type { Found } from './seek.js'

/** The first is worked on at once; then ever more are looked for at a time. */
const GROWTH = 8
const MOST = 512

/**
 * Passes on the items whose content is not here. Not for those that come one by one, from somebody who
 * waits for answers.
 * @param founds items; `undefined` is passed over
 */
export function* missingAhead(
  annex: Annex,
  founds: Iterable<Found | undefined>,
): Generator<Found, void> {
  const source = founds[Symbol.iterator]()
  try {
    for (let count = 1; ; count = Math.min(count * GROWTH, MOST)) {
      const missing = pull(annex, source, count)
      if (missing.length === 0) return
      annex.branch.readLogsAhead(missing.map(({ keyText }) => keyText))
      const given = new Set<Bytes>()
      for (const found of missing) {
        const { keyText } = found
        // What has come for one file need not be told again for another.
        if (given.has(keyText) && annex.store.has(keyText)) continue
        given.add(keyText)
        yield found
      }
    }
  } finally {
    source.return?.()
  }
}

function pull(
  { store }: Annex,
  source: Iterator<Found | undefined>,
  count: number,
): readonly Found[] {
  const missing: Found[] = []
  while (missing.length < count) {
    const { done, value } = source.next()
    if (done) break
    if (value && !store.has(value.keyText)) missing.push(value)
  }
  return missing
}
