import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

/** Reads test/vectors/NAME.json, made with git-annex 10.20230126. */
export function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(join(here, '..', 'vectors', `${name}.json`), 'utf8')) as T
}
