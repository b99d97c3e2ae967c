import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import {
  A,
  DRIVER,
  ours,
  realLocations,
  realRepo,
  type Step,
  segments,
} from '../support/branch-pair.js'
import { BUN } from '../support/bun.js'
import { uuidOf } from '../support/locations.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

describe('AnnexBranch under load and after crashes', () => {
  test('loses nothing when both programs write at once', async () => {
    const repo = realRepo(scratch)
    const run = (argv: string[]) =>
      new Promise<number | null>((done) => {
        const env = { ...repo.scratch.env, PATH: `/usr/bin:${process.env.PATH}` }
        spawn(argv[0]!, argv.slice(1), { cwd: repo.dir, env: env as NodeJS.ProcessEnv }).on(
          'exit',
          done,
        )
      })
    const work: Promise<number | null>[] = []
    const shell = `for i in 1 2 3 4 5 6; do git annex setpresentkey WORM-s1-m1--real$i ${A} 1 && git annex describe here "n$i" || exit 1; done`
    work.push(run(['sh', '-c', shell]))
    for (const who of ['x', 'y'])
      for (const round of [1, 2, 3]) {
        const steps: Step[] = [
          ['repeat', 20, 'setPresence', `WORM-s1-m1--${who}${round}-#`, A, true],
          ['commit'],
        ]
        work.push(run([BUN, 'run', DRIVER, repo.dir, JSON.stringify(steps)]))
      }
    expect(await Promise.all(work)).toEqual(work.map(() => 0))
    ours(repo, [['commit']])
    const keys = ours(repo, [['keysInBranch']])[0] as string[]
    expect(keys).toHaveLength(6 + 6 * 20)
    expect(repo.git('fsck', '--strict').stdout).not.toMatch(/error|missing/)
    expect(ours(repo, [['descriptions']])[0]).toContainEqual([uuidOf(repo), 'n6'])
  })

  test('SIGKILL in the middle of commits loses nothing', async () => {
    const repo = realRepo(scratch)
    let expected = 0
    for (const delayMs of [60, 90, 120, 150, 180]) {
      ours(repo, [['repeat', 400, 'setPresence', `WORM-s1-m1--${delayMs}-#`, A, true]])
      expected += 400
      const child = spawn(BUN, ['run', DRIVER, repo.dir, '[["commit"]]'], {
        env: repo.scratch.env as NodeJS.ProcessEnv,
        detached: true,
      })
      await new Promise((done) => setTimeout(done, delayMs))
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {
        // It was through already.
      }
      await new Promise((done) => (child.exitCode === null ? child.on('exit', done) : done(0)))
      expect(ours(repo, [['keysInBranch']])[0]).toHaveLength(expected)
    }
    rmSync(repo.path('.git/refs/heads/git-annex.lock'), { force: true })
    ours(repo, [['commit']])
    expect(segments(repo)).toEqual([])
    expect(
      repo.git('ls-tree', '-r', '--name-only', 'git-annex').stdout.match(/WORM/g),
    ).toHaveLength(expected)
    expect(repo.git('fsck', '--strict').stdout).not.toMatch(/error|missing/)
  }, 60_000)

  test('a commit that was interrupted after the ref moved is not done again', () => {
    const repo = realRepo(scratch)
    const key = 'WORM-s1-m1--x'
    ours(repo, [['setPresence', key, A, true]])
    const [name] = segments(repo)
    const segment = repo.path('.git/annex/annexe/journal', name!)
    const bytes = readFileSync(segment)
    // A hook that kills its parent stands for the power cut between ref and journal.
    mkdirSync(repo.path('.git/hooks'), { recursive: true })
    const note = repo.path('.git/annex/annexe/committing')
    const hook = repo.path('.git/hooks/reference-transaction')
    writeFileSync(hook, `#!/bin/sh\ntest "$1" = committed && cp ${note} ${note}.kept\nexit 0\n`, {
      mode: 0o755,
    })
    ours(repo, [['commit']])
    rmSync(hook)
    writeFileSync(segment, bytes)
    writeFileSync(note, readFileSync(`${note}.kept`))
    // Meanwhile the key is dropped there.
    repo.realAnnex('setpresentkey', key, A, '0')
    repo.realAnnex('merge')
    ours(repo, [['commit']])
    expect(realLocations(repo, key)).toEqual([])
    expect(segments(repo)).toEqual([])
  })

  test('a torn last record is ignored, what stands before it counts', () => {
    const repo = realRepo(scratch)
    ours(repo, [
      ['setPresence', 'WORM-s1-m1--x', A, true],
      ['setPresence', 'WORM-s1-m1--y', A, true],
    ])
    const segment = repo.path('.git/annex/annexe/journal', segments(repo)[0]!)
    writeFileSync(segment, readFileSync(segment).subarray(0, -5))
    ours(repo, [['commit']])
    expect(ours(repo, [['keysInBranch']])[0]).toEqual(['WORM-s1-m1--x'])
  })
})
