/**
 * File systems for tests, mounted in a name space of their own that ends with the shell in it: nothing
 * is left mounted, whatever becomes of the test. Does without jest.
 */
import { spawnSync } from 'node:child_process'

/** Why nothing can be mounted here; undefined when it can. */
export const whyNoMount: string | undefined = (() => {
  const { status, error } = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'])
  if (error) return 'unshare is not installed'
  return status === 0 ? undefined : 'nothing may be mounted here'
})()

/** The command line that runs a shell script where it can mount what it likes. */
export function mounting(script: string): string[] {
  return ['unshare', '--mount', '--propagation=private', 'sh', '-euc', script]
}
