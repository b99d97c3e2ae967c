import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { expectClean, expectContent } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

/** Commands for many contents begin once more, without the engine's slowest compiler. */
const scratch = useScratch()
const COMPILER = 'BUN_JSC_useFTLJIT'

function stageMany(repo: ScratchRepo): void {
  const blob = repo.git('hash-object', '-w', '--stdin').stdout.trim()
  const lines = Array.from(
    { length: 3000 },
    (_, i) => `100644 ${blob}\tordinary files/number ${i}\n`,
  )
  repo.run(['git', 'update-index', '--index-info'], { input: lines.join('') })
  repo.git('checkout', '-q', '--', '.')
}

/** What git commands that a command starts find in the environment. */
function compilerOf(
  repo: ScratchRepo,
  argv: readonly string[],
): { stderr: string; lines: string[] } {
  const trace = repo.path('.git/trace')
  const env = { GIT_TRACE2: trace, GIT_TRACE2_ENV_VARS: COMPILER, [COMPILER]: undefined }
  const { stderr } = repo.run(['git-annex', ...argv], { env })
  const lines = existsSync(trace) ? readFileSync(trace, 'utf8').split('\n') : []
  return { stderr, lines: lines.filter((line) => line.includes(COMPILER)) }
}

test('a command for many files has the same arguments, input and status as before', () => {
  const repo = scratch.repo('many')
  repo.annex('init', '-q')
  const name = "new 'file' ä"
  repo.write(name, someBytes(5000))
  expect(compilerOf(repo, ['fsck', '--fast', '--quiet']).lines).toEqual([])
  stageMany(repo)
  const added = compilerOf(repo, ['add', '--force-large', '--trust=here', name])
  expect(added.lines[0]).toContain(`${COMPILER}=0`)
  expect(added.stderr.match(/Ignoring request to trust/g)).toHaveLength(1)
  repo.git('commit', '-qm', 'all')
  expectContent(repo, name, someBytes(5000))
  const input = `${name}\n`
  expect(repo.run(['git-annex', 'drop', '--force', '--batch'], { input }).stdout).toMatch(/ ok\n/)
  expect(repo.tryAnnex('get', name).status).toBe(1)
  expectClean(repo)
})
