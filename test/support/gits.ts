/**
 * The gits to test with: the one of this machine, and the oldest and the newest that test/install-gits
 * has brought. What is missing has a reason instead, for the names of skipped tests.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT, type RunOptions } from './scratch-repo.js'

export interface Git {
  /** Such as `git 2.39.5`. */
  readonly name: string
  /** Major and minor, such as 2.39. */
  readonly version: readonly [number, number]
  /** What makes commands find it. */
  readonly env: NonNullable<RunOptions['env']>
}

const DIR = join(PROJECT, process.env.ANNEXE_GITS ?? 'node_modules/.cache/gits')
const BROUGHT = ['oldest', 'newest'] as const

const found = [undefined, ...BROUGHT].map((name) => ({ name, git: findGit(name) }))

/** Those that run here, the machine's own first. */
export const GITS: readonly Git[] = found.flatMap(({ git }) => git ?? [])

/** The machine's own alone. */
export const OWN_GIT: readonly Git[] = GITS.slice(0, 1)

/** What could not be tried, for the name of the tests; empty when nothing is missing. */
export const MISSING_GITS: string = found
  .flatMap(({ name, git }) => (git ? [] : [`; the ${name} git is not here: see test/install-gits`]))
  .join('')

/** Whether a git has what came with a version, such as `2.36`. */
export function isSince({ version }: Git, since: string): boolean {
  const [major, minor] = since.split('.').map(Number)
  return version[0] > major! || (version[0] === major && version[1] >= minor!)
}

function findGit(name: (typeof BROUGHT)[number] | undefined): Git | undefined {
  const env: Git['env'] =
    name === undefined
      ? {}
      : {
          PATH: `${join(DIR, name, 'bin')}:${process.env.PATH}`,
          GIT_EXEC_PATH: join(DIR, name, 'libexec'),
          GIT_TEMPLATE_DIR: join(DIR, name, 'templates'),
        }
  if (name !== undefined && !existsSync(join(DIR, name, 'bin/git'))) return undefined
  const { stdout } = spawnSync('git', ['version'], { env: { ...process.env, ...env } })
  const [, text, major, minor] = /version ((\d+)\.(\d+)[\d.]*)/.exec(String(stdout)) ?? []
  if (text === undefined) return undefined
  return { name: `git ${text}`, version: [Number(major), Number(minor)], env }
}
