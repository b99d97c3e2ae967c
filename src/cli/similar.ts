/** Guesses what somebody meant to type. */

/** More edits than this make another word. */
const MAX_EDITS = 2

/**
 * The names closest to a word, closest first; none when all are too different.
 * @param names the words that would have been right
 */
export function findSimilar(word: string, names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, edits: countEdits(word, name) }))
    .filter(({ name, edits }) => edits <= MAX_EDITS && edits < name.length)
    .sort((a, b) => a.edits - b.edits)
    .map(({ name }) => name)
}

/** Asks whether one of these was meant, in lines that end with an empty one; nothing for none. */
export function formatGuess(names: readonly string[]): string {
  if (names.length === 0) return ''
  const question = names.length === 1 ? 'Did you mean this?' : 'Did you mean one of these?'
  return `${question}\n${names.map((name) => `    ${name}\n`).join('')}\n`
}

/** The fewest insertions, deletions and replacements that turn one word into the other. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++)
      next.push(
        Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)),
      )
    row = next
  }
  return row[to.length]!
}
