/** Initialised repositories, one after the other, for files whose tests need many of them. */
import type { Scratch, ScratchRepo } from './scratch-repo.js'

/** Makes an initialised repository with these settings of git. */
export type MakeAnnex = (...settings: readonly (readonly [string, string])[]) => ScratchRepo

/** The repositories are named `r0`, `r1` and so on. */
export function annexMaker(scratch: Scratch): MakeAnnex {
  let count = 0
  return (...settings) => {
    const repo = scratch.repo(`r${count++}`)
    repo.annex('init', '-q')
    for (const [name, value] of settings) repo.git('config', name, value)
    return repo
  }
}
