/** What a git-annex, ours or the Haskell one, says about which repository has what. */
import type { ScratchRepo } from './scratch.js'

/** From the path to the key and the sorted uuids of the repositories that have its content. */
export type Locations = Record<string, { key: string; uuids: string[] }>

interface WhereisObject {
  readonly file: string
  readonly key: string
  readonly whereis: readonly { readonly uuid: string }[]
}

/** Asks `git annex whereis --json` of one of the two programs about every file. */
export function readLocations(repo: ScratchRepo, program: 'ours' | 'real'): Locations {
  // Status 1 says that some content is nowhere, which is an answer.
  const { stdout } = repo.tryRun(['git', 'annex', 'whereis', '--json'], { program })
  const objects = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as WhereisObject)
  return Object.fromEntries(
    objects.map(({ file, key, whereis }) => [
      file,
      { key, uuids: whereis.map(({ uuid }) => uuid).sort() },
    ]),
  )
}

/** The repository's own uuid. */
export function uuidOf(repo: ScratchRepo): string {
  return repo.git('config', 'annex.uuid').stdout.trim()
}
