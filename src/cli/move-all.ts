/** `copy` and `move` over everything that was chosen. */
import type { Action } from './command.js'
import type { Direction } from './direction.js'
import type { Mover } from './mover.js'
import type { Found } from './seek.js'

/** The actions, one after the other; undefined where there is nothing to do. */
export async function* moveAll(
  mover: Mover,
  direction: Direction,
  chosen: Iterable<Found | undefined>,
): AsyncIterable<Action | undefined> {
  for (const found of chosen) {
    if (!found) yield undefined
    else if (direction.kind === 'to') yield mover.to(found, direction.to)
    else if (direction.kind === 'from') yield await mover.from(found, direction.from)
    else if (direction.kind === 'between') yield mover.between(found, direction.from, direction.to)
    else {
      const actions =
        direction.kind === 'here'
          ? await mover.here(found)
          : await mover.anywhere(found, direction.to)
      if (actions.length === 0) yield undefined
      yield* actions
    }
  }
}
