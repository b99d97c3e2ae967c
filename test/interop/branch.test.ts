/** One git-annex branch, two programs: ours under Bun, and the Haskell git-annex. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { PROJECT, type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const BUN = join(PROJECT, 'node_modules/.bin/bun')
const DRIVER = join(PROJECT, 'test/support/branch-driver.ts')
const A = 'aaaaaaaa-0000-4000-8000-00000000000a'
const B = 'bbbbbbbb-0000-4000-8000-00000000000b'

type Step = readonly [method: string, ...args: unknown[]]

/** Runs steps on one AnnexBranch of ours. */
function ours(repo: ScratchRepo, steps: readonly Step[], options: object = {}): unknown[] {
  const argv = [BUN, 'run', DRIVER, repo.dir, JSON.stringify(steps), JSON.stringify(options)]
  return JSON.parse(repo.run(argv).stdout) as unknown[]
}

let made = 0

/** A repository that the real program initialised. */
function realRepo(): ScratchRepo {
  const repo = scratch.repo(`r${made++}`)
  repo.realAnnex('init', '-q', 'here')
  return repo
}

function uuidOf(repo: ScratchRepo): string {
  return repo.git('config', 'annex.uuid').stdout.trim()
}

/** Adds a file with the real program. @returns its key */
function addFile(repo: ScratchRepo, name: string, content = name): string {
  repo.write(name, content)
  repo.realAnnex('add', '-q', name)
  repo.run(['git', 'commit', '-qm', `add ${name}`], { program: 'real' })
  return repo.realAnnex('lookupkey', name).stdout.trim()
}

/** Where the real program thinks that a key is; uuids, sorted. */
function realLocations(repo: ScratchRepo, key: string): string[] {
  const { stdout } = repo.tryRealAnnex('whereis', '--json', '--key', key)
  const { whereis } = JSON.parse(stdout) as { whereis: { uuid: string }[] }
  return whereis.map(({ uuid }) => uuid).sort()
}

const journalFiles = (repo: ScratchRepo, name: string) => {
  const dir = repo.path('.git/annex', name)
  return existsSync(dir) ? readdirSync(dir) : []
}
const segments = (repo: ScratchRepo) => journalFiles(repo, 'annexe/journal')
const subjects = (repo: ScratchRepo) =>
  repo.git('log', '--format=%s', 'git-annex').stdout.trim().split('\n')
const show = (repo: ScratchRepo, path: string) => repo.git('show', `git-annex:${path}`).stdout

describe('AnnexBranch and git-annex on one repository', () => {
  test('AnnexBranch.commit() writes what the real program reads', () => {
    const repo = realRepo()
    const key = addFile(repo, 'f')
    ours(repo, [
      ['setPresence', key, A, true],
      ['edit', 'uuid.log', { kind: 'uuid', uuid: A, value: 'disk one' }],
      ['edit', 'numcopies.log', { kind: 'number', value: 3 }],
      ['edit', 'trust.log', { kind: 'uuid', uuid: A, value: '1' }],
      ['commit'],
    ])
    expect(realLocations(repo, key)).toEqual([A, uuidOf(repo)].sort())
    expect(repo.realAnnex('whereis', 'f').stdout).toContain('disk one')
    expect(repo.realAnnex('numcopies').stdout.trim()).toBe('3')
    expect(repo.realAnnex('info', '--fast').stdout).toMatch(/trusted repositories: 1\n.*disk one/s)
    expect(subjects(repo)[0]).toBe('update')
    expect(segments(repo)).toEqual([])
    // It goes on writing on top of ours.
    repo.realAnnex('describe', 'here', 'renamed')
    repo.realAnnex('setpresentkey', key, A, '0')
    repo.realAnnex('merge')
    expect(ours(repo, [['locations', key]])[0]).toEqual([uuidOf(repo)])
    expect(ours(repo, [['descriptions']])[0]).toContainEqual([uuidOf(repo), 'renamed'])
    expect(repo.git('fsck', '--strict').stdout).toBe('')
  })

  test('AnnexBranch.read() sees what is only in the journal of git-annex', () => {
    const repo = realRepo()
    const key = addFile(repo, 'f')
    repo.realAnnex('setpresentkey', key, B, '1')
    expect(journalFiles(repo, 'journal')).toHaveLength(1)
    const [found] = ours(repo, [['locations', key]])
    expect(found).toEqual([B, uuidOf(repo)].sort())
  })

  test('AnnexBranch.commit() takes in both journals at once', () => {
    const repo = realRepo()
    const key = addFile(repo, 'f_under/score'.replace('/', '-'))
    repo.realAnnex('setpresentkey', key, B, '1')
    const before = subjects(repo).length
    ours(repo, [['setPresence', key, A, true], ['commit']])
    expect(subjects(repo)).toHaveLength(before + 1)
    expect(journalFiles(repo, 'journal')).toEqual([])
    expect(realLocations(repo, key)).toEqual([A, B, uuidOf(repo)].sort())
  })

  test('AnnexBranch.read() sees records of other processes before they are committed', () => {
    const repo = realRepo()
    const key = addFile(repo, 'f')
    ours(repo, [['setPresence', key, A, true]])
    expect(segments(repo)).toHaveLength(1)
    expect(ours(repo, [['locations', key]])[0]).toContain(A)
    expect(realLocations(repo, key)).toEqual([uuidOf(repo)])
    ours(repo, [['commit']])
    expect(realLocations(repo, key)).toContain(A)
  })

  test('AnnexBranch.setPresence() of what is so already makes no commit', () => {
    const repo = realRepo()
    const key = addFile(repo, 'f')
    const before = repo.git('rev-parse', 'git-annex').stdout
    ours(repo, [['setPresence', key, uuidOf(repo), true], ['commit']])
    expect(repo.git('rev-parse', 'git-annex').stdout).toBe(before)
    expect(segments(repo)).toEqual([])
  })

  test('AnnexBranch.commit() writes the clock it was given, past older lines', () => {
    const repo = realRepo()
    const key = 'WORM-s1-m1--x'
    ours(repo, [['setPresence', key, A, true], ['commit']], { clock: '5.5s' })
    ours(repo, [['setPresence', key, A, false], ['commit']], { clock: '5s' })
    const [path] = ours(repo, [['logPath', key]])
    expect(show(repo, path as string)).toBe(`6.5s 0 ${A}\n`)
  })

  test('AnnexBranch.create() makes an empty first commit, and takes over origin', () => {
    const bare = scratch.repo(`r${made++}`, '--bare')
    ours(bare, [['create']])
    expect(subjects(bare)).toEqual(['branch created'])
    expect(bare.git('ls-tree', 'git-annex').stdout).toBe('')
    const origin = realRepo()
    addFile(origin, 'f')
    const clone = scratch.clone(origin, `r${made++}`)
    ours(clone, [['create']])
    expect(clone.git('rev-parse', 'git-annex').stdout).toBe(
      origin.git('rev-parse', 'git-annex').stdout,
    )
  })

  test('AnnexBranch works in a bare repository', () => {
    const bare = scratch.repo(`r${made++}`, '--bare')
    bare.realAnnex('init', '-q', 'bare')
    ours(bare, [['setPresence', 'WORM-s1-m1--x', A, true], ['commit']])
    expect(realLocations(bare, 'WORM-s1-m1--x')).toEqual([A])
  })

  test('AnnexBranch keeps what concerns a private repository out of the branch', () => {
    const repo = realRepo()
    repo.git('config', 'annex.private', 'true')
    const own = uuidOf(repo)
    const key = 'WORM-s1-m1--x'
    const steps: Step[] = [
      ['setPresence', key, own, true],
      ['setPresence', key, A, true],
    ]
    const options = { privateUuids: [own] }
    expect(ours(repo, [...steps, ['locations', key]], options)[2]).toEqual([A, own].sort())
    ours(repo, [['commit']], options)
    const [path] = ours(repo, [['logPath', key]])
    expect(show(repo, path as string)).toMatch(new RegExp(`^\\d+s 1 ${A}\\n$`))
    expect(journalFiles(repo, 'journal-private')).toHaveLength(1)
    expect(realLocations(repo, key)).toEqual([A, own].sort())
    expect(ours(repo, [['locations', key]], options)[0]).toEqual([A, own].sort())
    ours(repo, [['setPresence', key, own, false], ['commit']], options)
    expect(realLocations(repo, key)).toEqual([A])
  })

  test('AnnexBranch reads many keys from its cache, and notices what changed', () => {
    const repo = realRepo()
    ours(repo, [['repeat', 300, 'setPresence', 'WORM-s1-m1--k#', A, true], ['commit']])
    const keys = ours(repo, [['keysInBranch']])[0] as string[]
    expect(keys).toHaveLength(300)
    expect(existsSync(repo.path('.git/annex/annexe/cache/branch'))).toBe(true)
    repo.realAnnex('setpresentkey', 'WORM-s1-m1--k7', A, '0')
    repo.realAnnex('setpresentkey', 'WORM-s1-m1--new', A, '1')
    repo.realAnnex('merge')
    const logs = new Map(ours(repo, [['locationLogs']])[0] as [string, string][])
    expect(logs.size).toBe(301)
    expect(logs.get('WORM-s1-m1--k7')).toMatch(/ 0 /)
    expect(logs.get('WORM-s1-m1--new')).toMatch(/ 1 /)
    writeFileSync(repo.path('.git/annex/annexe/cache/branch'), 'rubbish')
    expect(ours(repo, [['keysInBranch']])[0]).toHaveLength(301)
  })
})

/** Two clones of one origin, each with a change of its own. */
function twoClones(): { a: ScratchRepo; b: ScratchRepo; key: string } {
  const a = realRepo()
  const key = addFile(a, 'f')
  const b = scratch.clone(a, `r${made++}`)
  b.realAnnex('init', '-q', 'there')
  return { a, b, key }
}

describe('AnnexBranch.update()', () => {
  test('has nothing to do in a repository of its own', () => {
    expect(ours(realRepo(), [['update']])).toEqual([[]])
  })

  test('moves forward when it has nothing of its own', () => {
    const { a, b, key } = twoClones()
    ours(a, [['setPresence', key, A, true], ['commit']])
    a.run(['git', 'fetch', '-q', b.dir, 'git-annex:refs/remotes/b/git-annex'])
    expect(ours(a, [['update'], ['update']])).toEqual([['b/git-annex'], []])
    b.git('fetch', '-q', a.dir, 'git-annex:refs/remotes/origin/git-annex')
    expect(ours(b, [['update']])).toEqual([['origin/git-annex']])
    expect(b.git('rev-parse', 'git-annex').stdout).toBe(a.git('rev-parse', 'git-annex').stdout)
  })

  test('merges what both have changed, as the real program does', () => {
    const { a, b, key } = twoClones()
    ours(a, [['setPresence', key, A, true], ['commit']])
    ours(b, [['setPresence', key, B, true], ['commit']])
    const c = scratch.clone(b, `r${made++}`)
    c.git('config', 'annex.version', '10')
    for (const repo of [b, c]) {
      repo.git('config', 'annex.uuid', uuidOf(b))
      repo.git('fetch', '-q', a.dir, '+git-annex:refs/remotes/a/git-annex')
    }
    c.git('branch', 'git-annex', 'origin/git-annex')
    ours(b, [['update']])
    c.realAnnex('merge')
    expect(subjects(b)[0]).toBe('merging a/git-annex into git-annex')
    expect(b.git('ls-tree', '-r', 'git-annex').stdout).toBe(
      c.git('ls-tree', '-r', 'git-annex').stdout,
    )
    expect(realLocations(b, key)).toEqual([A, B, uuidOf(a)].sort())
    // Both programs agree that this is merged.
    expect(ours(c, [['update']])).toEqual([[]])
    expect(b.realAnnex('merge').stdout).not.toContain('merging')
  })

  test('takes what is pending into the merge', () => {
    const { a, b, key } = twoClones()
    ours(a, [['setPresence', key, A, true], ['commit']])
    ours(b, [['setPresence', key, B, true]])
    b.realAnnex('setpresentkey', 'WORM-s1-m1--x', B, '1')
    b.git('fetch', '-q', 'origin')
    ours(b, [['update']])
    expect(realLocations(b, key)).toEqual([A, B, uuidOf(a)].sort())
    expect(realLocations(b, 'WORM-s1-m1--x')).toEqual([B])
    expect([...segments(b), ...journalFiles(b, 'journal')]).toEqual([])
  })

  test('refuses a repository that is tuned in another way', () => {
    const { a, b } = twoClones()
    const value = 'fromList [ObjectHashLower]'
    ours(a, [['edit', 'difference.log', { kind: 'uuid', uuid: A, value }], ['commit']])
    b.git('fetch', '-q', 'origin')
    const before = b.git('rev-parse', 'git-annex').stdout
    expect(() => ours(b, [['update']])).toThrow(/tuned in incompatible way/)
    expect(b.git('rev-parse', 'git-annex').stdout).toBe(before)
    expect(ours(b, [['update']], { differences: ['ObjectHashLower'] })[0]).toHaveLength(1)
  })

  test('refuses transitions that it does not know', () => {
    const { a, b } = twoClones()
    const blob = a.run(['git', 'hash-object', '-w', '--stdin'], { input: 'ForgetAll 5s\n' })
    a.run(['git', 'fast-import', '--quiet'], {
      input: `commit refs/heads/git-annex\ncommitter x <x@y> 1 +0000\ndata 1\nx\nfrom refs/heads/git-annex^0\nM 100644 ${blob.stdout.trim()} transitions.log\n`,
    })
    b.git('fetch', '-q', 'origin')
    expect(() => ours(b, [['update']])).toThrow(/unknown transitions/)
  })

  test('forgets with a clone that has forgotten, and the real program agrees', () => {
    const { a, b, key } = twoClones()
    ours(a, [
      ['setPresence', key, A, true],
      ['edit', 'uuid.log', { kind: 'uuid', uuid: A, value: 'dead one' }],
      ['edit', 'trust.log', { kind: 'uuid', uuid: A, value: 'X' }],
      ['commit'],
    ])
    b.git('fetch', '-q', 'origin')
    ours(b, [['update'], ['setPresence', key, B, true], ['commit']])
    const real = scratch.clone(b, `r${made++}`)
    real.git('branch', 'git-annex', 'origin/git-annex')
    real.git('config', 'annex.uuid', uuidOf(b))
    real.git('config', 'annex.version', '10')
    a.realAnnex('forget', '--force', '--drop-dead')
    for (const repo of [b, real]) {
      repo.git('fetch', '-q', a.dir, '+git-annex:refs/remotes/a/git-annex')
      if (repo === real) repo.realAnnex('merge')
      else ours(repo, [['update']])
      expect(subjects(repo)[0]).toMatch(
        /^continuing transition \["forget git history","forget dead/,
      )
      expect(show(repo, 'uuid.log')).not.toContain(A)
      expect(repo.git('log', '--format=%P', '-1', 'git-annex').stdout).toBe(
        a.git('rev-parse', 'git-annex').stdout,
      )
    }
    expect(b.git('ls-tree', '-r', 'git-annex').stdout).toBe(
      real.git('ls-tree', '-r', 'git-annex').stdout,
    )
    expect(realLocations(b, key)).toEqual([B, uuidOf(a)].sort())
    expect(ours(b, [['update']])).toEqual([[]])
  })
})

describe('AnnexBranch.forget()', () => {
  test('rewrites the branch so that the real program carries on with it', () => {
    const { a, b, key } = twoClones()
    ours(b, [
      ['setPresence', key, A, true],
      ['edit', 'trust.log', { kind: 'uuid', uuid: A, value: 'X' }],
    ])
    ours(b, [['forget', ['ForgetGitHistory', 'ForgetDeadRemotes']]])
    expect(subjects(b)).toEqual([
      'new branch for transition ["forget git history","forget dead remotes"]',
    ])
    expect(realLocations(b, key)).toEqual([uuidOf(a)])
    a.git('fetch', '-q', b.dir, '+git-annex:refs/remotes/b/git-annex')
    a.realAnnex('merge')
    expect(subjects(a)[0]).toMatch(/^continuing transition/)
    b.git('fetch', '-q', a.dir, '+git-annex:refs/remotes/origin/git-annex')
    ours(b, [['update']])
    expect(b.realAnnex('merge').stdout).not.toContain('merging')
    expect(b.git('ls-tree', '-r', 'git-annex').stdout).toBe(
      a.git('ls-tree', '-r', 'git-annex').stdout,
    )
    expect(b.git('for-each-ref', 'refs/annexe').stdout).toBe('')
  })
})

describe('AnnexBranch under load and after crashes', () => {
  test('loses nothing when both programs write at once', async () => {
    const repo = realRepo()
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
    const repo = realRepo()
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
    const repo = realRepo()
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
    const repo = realRepo()
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
