/** Scratch repositories as jest tests use them; see scratch-repo.ts, which does without jest. */
import { afterAll } from '@jest/globals'
import { type RunOptions, Scratch } from './scratch-repo.js'

export {
  OUR_BIN,
  PROJECT,
  REAL_BIN,
  type RunOptions,
  type RunResult,
  Scratch,
  ScratchRepo,
  someBytes,
} from './scratch-repo.js'

/**
 * A scratch directory for the tests of one file, removed after the last of them.
 * @param env what all commands get besides
 */
export function useScratch(env?: RunOptions['env']): Scratch {
  const scratch = Scratch.make(env)
  afterAll(() => scratch.remove())
  return scratch
}
