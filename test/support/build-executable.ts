/**
 * Jest's global set-up: compiles dist/git-annex when a source is newer than it, so that the tests of
 * commands never drive an old executable. A run of tests that need none does not wait for it.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

interface JestConfig {
  readonly rootDir: string
  readonly testPathPatterns?: { readonly patterns: readonly string[] }
}

export default function buildExecutable({ rootDir, testPathPatterns }: JestConfig): void {
  const patterns = testPathPatterns?.patterns ?? []
  const needless = /test\/(unit|support|docs|architecture)/
  const isNeeded = patterns.length === 0 || patterns.some((pattern) => !needless.test(pattern))
  if (!isNeeded || process.env.ANNEXE_BIN) return
  const { status } = spawnSync(join(rootDir, 'scripts', 'prepare'), { stdio: 'inherit' })
  if (status !== 0) throw new Error(`scripts/prepare failed (exit ${status})`)
}
