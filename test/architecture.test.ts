/**
 * The rules of docs/architecture.md and STYLE about the shape of the source, as a test.
 *
 * Reads the text of every source file once. A rule's failure lists each offender as `file: what`.
 */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { PROJECT } from './support/scratch.js'
import {
  findImports,
  type Import,
  listFiles,
  longFunctions,
  type Source,
} from './support/sources.js'

const MAX_FILE_LINES = 300
const MAX_FUNCTION_LINES = 40

/** Folder (or file) and its floor; a file may import from its own folder and from lower floors. */
const FLOORS: Readonly<Record<string, number>> = {
  'src/main.ts': 9,
  'src/index.ts': 8,
  'src/commands': 8,
  'src/shell': 8,
  'filter-process': 8,
  'src/cli': 7,
  'src/transfer': 6,
  'src/worktree': 6,
  'src/policy': 5,
  'src/remotes': 4,
  'src/store': 3,
  'src/branch': 3,
  'src/git': 2,
  'src/backends': 2,
  'src/platform': 1,
  'src/model': 0,
}

/** What would make each `git add` slower just by being loaded. */
const TOO_HEAVY_FOR_FILTER = ['execa', 'yargs', 'hash-wasm', 'node:fs/promises']
const PLATFORM_ONLY = /^(node:fs|node:child_process|execa|bun:)/

const sources = new Map<string, Source>()
for (const path of [...listFiles('src'), ...listFiles('filter-process')]) {
  const text = readFileSync(join(PROJECT, path), 'utf8')
  sources.set(path, { path, text, lines: text.split('\n'), imports: findImports(path, text) })
}

describe('imports', () => {
  test('every file stands on a floor', () => {
    expect([...sources.keys()].filter((path) => floorOf(path) === undefined)).toEqual([])
  })

  test('point to the own folder or to a lower floor, types included', () => {
    const offenders = everyImport(({ path }, { target }) => {
      if (!sources.has(target) || folderOf(path) === folderOf(target)) return false
      return floorOf(target)! >= floorOf(path)!
    })
    expect(offenders).toEqual([])
  })

  test('lead to files that exist', () => {
    expect(
      everyImport(
        (_, { target }) => /^(src|filter-process)\//.test(target) && !sources.has(target),
      ),
    ).toEqual([])
  })

  test('form no cycle', () => {
    expect(findCycles()).toEqual([])
  })

  test('of commands never name another command', () => {
    expect(
      everyImport(
        ({ path }, { target }) =>
          folderOf(path) === 'src/commands' &&
          folderOf(target) === 'src/commands' &&
          path !== 'src/commands/registry.ts',
      ),
    ).toEqual([])
  })

  test('of files, processes and native code stand in src/platform only', () => {
    expect(
      everyImport(
        ({ path }, { target }) => PLATFORM_ONLY.test(target) && folderOf(path) !== 'src/platform',
      ),
    ).toEqual([])
  })

  test('of the filter reach nothing heavy, directly or through others', () => {
    const heavy = filterClosure().filter(
      (target) =>
        TOO_HEAVY_FOR_FILTER.some((name) => target === name || target.startsWith(`${name}/`)) ||
        /^src\/(cli|commands)\//.test(target),
    )
    expect(heavy).toEqual([])
  })
})

describe('calls', () => {
  test('of process.exit stand on floor 9 only', () => {
    expect(everyLine(/\bprocess\.exit\(/, (path) => path !== 'src/main.ts')).toEqual([])
  })

  test('that print stand in src/cli, on floor 9 and in the filter only', () => {
    const printing = /\bconsole\.\w|\bprocess\.(stdout|stderr)\.write/
    const mayNotPrint = (path: string) =>
      path !== 'src/main.ts' && !['src/cli', 'filter-process'].includes(folderOf(path))
    expect(everyLine(printing, mayNotPrint)).toEqual([])
  })
})

describe('files', () => {
  test('are named for what they hold', () => {
    const nameless = /^(utils?|helpers?|common|misc|index)\.ts$/
    const offenders = [...sources.keys()].filter(
      (path) => nameless.test(basename(path)) && path !== 'src/index.ts',
    )
    expect(offenders).toEqual([])
  })

  test(`have at most ${MAX_FILE_LINES} lines`, () => {
    const offenders = [...sources.values()]
      .filter(({ lines }) => lines.length - 1 > MAX_FILE_LINES)
      .map(({ path, lines }) => `${path}: ${lines.length - 1} lines`)
    expect(offenders).toEqual([])
  })

  test('open with a comment that says what they own', () => {
    const offenders = [...sources.values()].filter(({ text }) => !text.startsWith('/**'))
    expect(offenders.map(({ path }) => path)).toEqual([])
  })
})

describe('functions', () => {
  test(`have at most ${MAX_FUNCTION_LINES} lines`, () => {
    expect(
      [...sources.values()].flatMap((source) => longFunctions(source, MAX_FUNCTION_LINES)),
    ).toEqual([])
  })

  test('that are exported have a docstring', () => {
    const exported = /^export (async )?function\b/
    expect(
      [...sources.values()].flatMap(({ path, lines }) =>
        lines
          .filter((line, at) => exported.test(line) && !lines[at - 1]?.trimEnd().endsWith('*/'))
          .map((line) => `${path}: ${line}`),
      ),
    ).toEqual([])
  })
})

describe('every command', () => {
  const names = [...sources.keys()]
    .filter((path) => folderOf(path) === 'src/commands' && !path.endsWith('/registry.ts'))
    .map((path) => basename(path, '.ts'))
  const registry = sources.get('src/commands/registry.ts')!.text
  const compatibility = readOptional('docs/compatibility.md')

  test('has the name of its file', () => {
    expect(
      names.filter(
        (name) => !sources.get(`src/commands/${name}.ts`)!.text.includes(`name: '${name}'`),
      ),
    ).toEqual([])
  })

  test('has a line in the registry', () => {
    expect(names.filter((name) => !registry.includes(`import('./${name}.js')`))).toEqual([])
  })

  test('has a test', () => {
    const tests = listFiles('test/commands').map((path) => basename(path, '.test.ts'))
    expect(names.filter((name) => !tests.includes(name))).toEqual([])
  })

  test('has a line in docs/compatibility.md', () => {
    expect(names.filter((name) => !new RegExp(`^.*\`${name}\``, 'm').test(compatibility))).toEqual(
      [],
    )
  })
})

function readOptional(path: string): string {
  try {
    return readFileSync(join(PROJECT, path), 'utf8')
  } catch {
    return ''
  }
}

/** The folder that stands on a floor: `src/model/logs/x.ts` is in `src/model`. */
function folderOf(path: string): string {
  if (path in FLOORS) return path
  const [first, second] = path.split('/')
  return first === 'src' ? `${first}/${second}` : first!
}

function floorOf(path: string): number | undefined {
  return FLOORS[folderOf(path)]
}

function everyImport(isOffender: (source: Source, found: Import) => boolean): string[] {
  return [...sources.values()].flatMap((source) =>
    source.imports
      .filter((found) => isOffender(source, found))
      .map(({ target }) => `${source.path}: ${target}`),
  )
}

function everyLine(pattern: RegExp, appliesTo: (path: string) => boolean): string[] {
  return [...sources.values()]
    .filter(({ path }) => appliesTo(path))
    .flatMap(({ path, lines }) =>
      lines.flatMap((line, at) =>
        pattern.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line) ? [`${path}:${at + 1}`] : [],
      ),
    )
}

/** Everything that a start of the filter loads: static imports that are not types only. */
function filterClosure(): string[] {
  const reached = new Set([...sources.keys()].filter((path) => path.startsWith('filter-process/')))
  for (const path of reached)
    for (const { target, isType, isDynamic } of sources.get(path)?.imports ?? [])
      if (!isType && !isDynamic) reached.add(target)
  return [...reached]
}

/** Each file that can reach itself, with the way back. */
function findCycles(): string[] {
  const state = new Map<string, 'open' | 'done'>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return
    if (state.get(path) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
      return
    }
    state.set(path, 'open')
    for (const { target } of sources.get(path)?.imports ?? [])
      if (sources.has(target)) visit(target, [...trail, path])
    state.set(path, 'done')
  }
  for (const path of sources.keys()) visit(path, [])
  return cycles
}
