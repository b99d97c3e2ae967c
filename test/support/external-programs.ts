/** Programs of external backends for tests: the one shipped in docs, and ones that misbehave. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT } from './scratch-repo.js'

/** The directory of the program that we ship, for PATH. */
export const EXAMPLES = join(PROJECT, 'docs', 'examples')

/**
 * Writes `git-annex-backend-NAME`, which answers the first questions well.
 * @param dir where; made when it is not there
 * @param work shell code for each line of work, in `$line`
 */
export function writeProgram(dir: string, name: string, work: string): void {
  writeScript(
    dir,
    name,
    `case $line in
      GETVERSION) echo 'VERSION 1' ;;
      CANVERIFY|ISSTABLE|ISCRYPTOGRAPHICALLYSECURE) echo "$line-YES" ;;
      *) ${work} ;;
    esac`,
  )
}

/** Writes `git-annex-backend-NAME`, which runs shell code for each line it gets, in `$line`. */
export function writeScript(dir: string, name: string, code: string): void {
  mkdirSync(dir, { recursive: true })
  const path = join(dir, `git-annex-backend-${name}`)
  writeFileSync(path, `#!/bin/sh\nwhile IFS= read -r line; do\n${code}\ndone\n`)
  chmodSync(path, 0o755)
}
