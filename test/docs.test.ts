/** What the pages in docs/ say about the program must be so. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { COMMANDS, NOT_BUILT_YET } from '../src/commands/registry.js'
import { hookTexts } from '../src/git/hook-texts.js'
import { PROJECT } from './support/scratch.js'

const read = (name: string) => readFileSync(`${PROJECT}/docs/${name}`, 'utf8')

describe('docs/compatibility.md', () => {
  const states = new Map(
    [...read('compatibility.md').matchAll(/^\| `([a-z0-9-]+)` +\| (there|partly|not yet) /gm)].map(
      ([, name, state]) => [name!, state!],
    ),
  )

  // What src/main.ts answers before it looks into the registry.
  const atTheDoor = [
    ...readFileSync(`${PROJECT}/src/main.ts`, 'utf8').matchAll(/argv\[0\] === '([a-z-]+)'/g),
  ].map(([, name]) => name!)
  const existing = new Set([...Object.keys(COMMANDS), ...atTheDoor])

  test('says of every command that exists how much of it is there', () => {
    const wrong = [...existing].filter((name) => (states.get(name) ?? 'not yet') === 'not yet')
    expect(wrong).toEqual([])
  })

  test('says "not yet" of every command that does not exist', () => {
    const missing = [...NOT_BUILT_YET].filter((name) => !existing.has(name))
    const wrong = missing.filter((name) => states.get(name) !== 'not yet')
    expect(wrong).toEqual([])
  })
})

describe('docs/hooks.md', () => {
  test.each(Object.keys(hookTexts))('has a line for %s', (name) => {
    expect(read('hooks.md')).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'))
  })
})
