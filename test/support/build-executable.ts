/**
 * Jest's global set-up: compiles dist/git-annex when a source is newer than it, so that the tests of
 * commands never drive an old executable. Unit tests alone need none and do not wait for it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = ['src', 'filter-process', 'hooks', 'scripts', 'package-lock.json']

export default function buildExecutable(config: JestConfig): void {
  const patterns = config.testPathPatterns?.patterns ?? []
  const unitOnly = patterns.length > 0 && patterns.every((p) => /test\/(unit|support)/.test(p))
  if (unitOnly || process.env.ANNEXE_BIN) return
  const executable = join(config.rootDir, 'dist', 'git-annex')
  if (!isCurrent(config.rootDir, executable)) {
    const build = join(config.rootDir, 'scripts', 'build.mjs')
    const { status } = spawnSync(process.execPath, [build], { stdio: 'inherit' })
    if (status !== 0) throw new Error(`Compiling dist/git-annex failed (exit ${status})`)
  }
  const shell = `${executable}-shell`
  if (!existsSync(shell)) symlinkSync('git-annex', shell)
}

interface JestConfig {
  readonly rootDir: string
  readonly testPathPatterns?: { readonly patterns: readonly string[] }
}

function isCurrent(top: string, executable: string): boolean {
  if (!existsSync(executable)) return false
  const builtMs = statSync(executable).mtimeMs
  return SOURCES.every((name) => newestMs(join(top, name)) < builtMs)
}

function newestMs(path: string): number {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))))
}
