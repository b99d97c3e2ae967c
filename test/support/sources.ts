/**
 * The sources as the architecture test sees them: imports and functions are found by their form, which
 * the formatter guarantees.
 */
import { readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { PROJECT } from './scratch.js'

export interface Import {
  /** A path from the top of the project, or the name of a package. */
  readonly target: string
  readonly isType: boolean
  readonly isDynamic: boolean
}

export interface Source {
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  readonly imports: readonly Import[]
}

/** The TypeScript files below a folder, as paths from the top of the project. */
export function listFiles(folder: string): string[] {
  return readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .sort()
}

/** What a file imports, in whichever way. */
export function findImports(path: string, text: string): Import[] {
  const statements = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm
  const dynamic = /\bimport\(\s*'([^']+)'\s*\)/g
  const resolve = (specifier: string) =>
    specifier.startsWith('.')
      ? normalize(join(dirname(path), specifier)).replace(/\.js$/, '.ts')
      : specifier
  return [
    ...[...text.matchAll(statements)].map(([, type, specifier]) => ({
      target: resolve(specifier!),
      isType: type !== undefined,
      isDynamic: false,
    })),
    ...[...text.matchAll(dynamic)].map(([, specifier]) => ({
      target: resolve(specifier!),
      isType: false,
      isDynamic: true,
    })),
  ]
}

/** From a body's opening line to the line that closes it at the same indentation. */
export function longFunctions({ path, lines }: Source, maxLines: number): string[] {
  const opening =
    /^(\s*)(?!(?:\} )?(?:if|else|for|while|switch|try|catch|do)\b).*\)[^=]*(?:=>\s)?\{$/
  return lines.flatMap((line, at) => {
    const match = opening.exec(line)
    if (!match) return []
    const end = lines.findIndex((later, i) => i > at && later.startsWith(`${match[1]}}`))
    const length = end - at + 1
    return length > maxLines ? [`${path}:${at + 1}: ${length} lines`] : []
  })
}
