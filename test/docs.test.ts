/** What the pages in docs/ say about the program must be so. */
import { existsSync, readFileSync } from 'node:fs'
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

describe('docs/filter.md', () => {
  const rows = [...read('filter.md').matchAll(/^\| (\d+) +\|(.*)\|$/gm)]

  test('names every trap of git, once', () => {
    const numbers = rows.map(([, number]) => Number(number))
    expect(numbers).toEqual(Array.from({ length: 37 }, (_, i) => i + 1))
  })

  test('names tests that are there', () => {
    const names = rows.flatMap(([, , text]) => [
      ...text!.matchAll(/`((?:integration|unit|commands|interop)\/[^`]+)`/g),
    ])
    expect(names.length).toBeGreaterThan(40)
    for (const [, name] of names)
      expect([name, existsSync(`${PROJECT}/test/${name}.test.ts`)]).toEqual([name, true])
  })
})
