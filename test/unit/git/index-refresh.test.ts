import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readIndexEntries, readIndexFile } from '../../../src/git/index-file.js'
import { type IndexRefresh, refreshIndex } from '../../../src/git/index-refresh.js'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { lstat } from '../../../src/platform/files.js'
import { PROJECT, type ScratchRepo, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const open = (repo: ScratchRepo) => openRepositoryAt(repo.dir)!
const NAMES = ['a', 'dir/b', 'dir/sub/c', 'e']
const now = () => Date.now() / 1000

/** Stands for the annex: the pointer of every file, and a note that git asked. */
const CLEAN = `#!/bin/sh
echo "$1" >> "$(git rev-parse --git-common-dir)/asked"
cat > /dev/null
echo "/annex/objects/SHA256-s9--$(basename "$1")"
`

/** Pointers in the index and the work tree, everything clean and nothing racy. */
function makeRepo(name: string, ...initArgs: string[]): ScratchRepo {
  const repo = scratch.repo(name, ...initArgs)
  repo.write('.git/clean.sh', CLEAN)
  chmodSync(repo.path('.git/clean.sh'), 0o755)
  repo.git('config', 'filter.annex.clean', `${repo.path('.git/clean.sh')} %f`)
  repo.git('config', 'filter.annex.smudge', 'cat')
  repo.git('config', 'filter.annex.required', 'true')
  repo.write('.git/info/attributes', '* filter=annex\n')
  for (const path of NAMES) {
    repo.write(path, `/annex/objects/SHA256-s9--${path.replace(/.*\//, '')}\n`)
    utimesSync(repo.path(path), now() - 100, now() - 100)
  }
  repo.git('add', '.')
  repo.git('commit', '-qm', 'x')
  return repo
}

/** Makes the index look as if it had been written some seconds ago. */
function ageIndex(repo: ScratchRepo, seconds: number): void {
  utimesSync(repo.path('.git/index'), now() - seconds, now() - seconds)
}

/** Replaces pointers by content of another size, as populating does. */
function putContent(repo: ScratchRepo, paths = NAMES, mtime = now() - 2): IndexRefresh[] {
  const entries = new Map(readIndexEntries(open(repo)).map((e) => [e.path, e]))
  return paths.map((path) => {
    const temp = repo.path('.git/temp')
    writeFileSync(temp, `the long content of ${path}, which is no pointer`.repeat(20))
    utimesSync(temp, mtime, mtime)
    renameSync(temp, repo.path(path))
    return { path, oid: entries.get(path)!.oid, stat: lstat(repo.path(path))! }
  })
}

/** How often git ran the filter since the last call. */
function timesAsked(repo: ScratchRepo): number {
  const file = repo.path('.git/asked')
  if (!existsSync(file)) return 0
  const count = readFileSync(file, 'latin1').split('\n').length - 1
  writeFileSync(file, '')
  return count
}

/** Git finds everything clean, without asking the filter, and its index sound. */
function expectSettled(repo: ScratchRepo): void {
  timesAsked(repo)
  expect(repo.git('status', '--porcelain', '-uno').stdout).toBe('')
  expect(repo.git('diff', '--stat').stdout).toBe('')
  expect(timesAsked(repo)).toBe(0)
  expect(existsSync(repo.path('.git/index.lock'))).toBe(false)
  expect(repo.git('fsck', '--strict').stderr).toBe('')
}

/** `git ls-files --debug` shows the stat of these files. */
function expectGitSees(repo: ScratchRepo, refreshes: readonly IndexRefresh[]): void {
  for (const { path, stat } of refreshes) {
    const { stdout } = repo.git('ls-files', '--debug', path)
    const time = (ns: bigint) => `${ns / 1_000_000_000n}:${ns % 1_000_000_000n}`
    expect(stdout.split('\n').slice(1, 6)).toEqual([
      `  ctime: ${time(stat.ctimeNs)}`,
      `  mtime: ${time(stat.mtimeNs)}`,
      `  dev: ${stat.dev}\tino: ${stat.ino}`,
      `  uid: ${stat.uid}\tgid: ${stat.gid}`,
      expect.stringMatching(`^  size: ${stat.size}\t`),
    ])
  }
}

const KINDS: Record<string, (repo: ScratchRepo) => void> = {
  'version 2': () => undefined,
  'version 3 with intent-to-add': (repo) => {
    repo.write('new', 'x')
    repo.git('add', '-N', 'new')
    repo.git('config', 'status.showUntrackedFiles', 'no')
    repo.run(['rm', repo.path('new')])
    repo.git('update-index', '--assume-unchanged', 'new')
  },
  'version 4': (repo) => repo.git('update-index', '--index-version', '4'),
  'skip-worktree flags': (repo) => {
    repo.write('absent', 'x')
    repo.git('add', 'absent')
    repo.git('commit', '-qm', 'y')
    repo.git('update-index', '--skip-worktree', 'absent')
    repo.run(['rm', repo.path('absent')])
  },
  'an untracked cache': (repo) => {
    repo.git('update-index', '--untracked-cache')
    repo.git('status')
  },
}

describe('refreshIndex()', () => {
  test.each(Object.entries(KINDS))('settles an index with %s', (name, prepare) => {
    const repo = makeRepo(name.replaceAll(' ', '-'))
    prepare(repo)
    ageIndex(repo, 50)
    const before = readIndexFile(open(repo))
    const refreshes = putContent(repo)
    expect(repo.git('status', '--porcelain', '-uno').stdout).not.toBe('')
    expect(refreshIndex(open(repo), refreshes)).toBe('done')
    const after = readIndexFile(open(repo))
    expect({ ...after, entries: [] }).toEqual({ ...before, entries: [] })
    expectGitSees(repo, refreshes)
    expectSettled(repo)
  })

  test('leaves the checksum out where it is left out', () => {
    const repo = makeRepo('skiphash')
    const file = readFileSync(repo.path('.git/index'))
    writeFileSync(repo.path('.git/index'), file.fill(0, file.length - 20))
    ageIndex(repo, 50)
    refreshIndex(open(repo), putContent(repo))
    expect(readIndexFile(open(repo)).hasChecksum).toBe(false)
    timesAsked(repo)
    // Git before 2.40 reads such an index, but its fsck calls it corrupt.
    expect(repo.git('status', '--porcelain', '-uno').stdout).toBe('')
    expect(timesAsked(repo)).toBe(0)
  })

  test('settles a SHA-256 index', () => {
    const repo = makeRepo('sha256', '--object-format=sha256')
    ageIndex(repo, 50)
    expect(refreshIndex(open(repo), putContent(repo))).toBe('done')
    expectSettled(repo)
  })

  test('settles a split index and leaves it split, without reading a file', () => {
    const repo = makeRepo('split')
    repo.git('config', 'core.splitIndex', 'true')
    repo.git('update-index', '--split-index')
    ageIndex(repo, 50)
    const refreshes = putContent(repo)
    timesAsked(repo)
    expect(refreshIndex(open(repo), refreshes)).toBe('done')
    expect(timesAsked(repo)).toBe(0)
    expect(() => readIndexFile(open(repo))).toThrow('needs the extension "link"')
    expectGitSees(repo, refreshes)
    expectSettled(repo)
  })

  test('settles a sparse index and leaves it sparse', () => {
    const repo = makeRepo('sparse')
    repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'unrelated')
    expect(readIndexFile(open(repo)).entries.map((e) => e.path)).toEqual(['a', 'dir/', 'e'])
    ageIndex(repo, 50)
    expect(refreshIndex(open(repo), putContent(repo, ['a', 'e']))).toBe('done')
    expect(readIndexFile(open(repo)).isSparse).toBe(true)
    expectSettled(repo)
  })

  test('settles an index with a file system monitor', () => {
    const repo = makeRepo('fsmonitor')
    // Says that everything may have changed, the first time; later that nothing has but what we say.
    const hook =
      '#!/bin/sh\nprintf "token\\0"\ncat "$(git rev-parse --git-dir)/changed" 2>/dev/null\n'
    repo.write('.git/monitor', hook)
    chmodSync(repo.path('.git/monitor'), 0o755)
    repo.git('config', 'core.fsmonitor', repo.path('.git/monitor'))
    repo.git('config', 'core.fsmonitorHookVersion', '2')
    repo.git('update-index', '--fsmonitor')
    repo.git('status')
    ageIndex(repo, 50)
    expect(readIndexFile(open(repo)).extensions.map((e) => e.signature)).toContain('FSMN')
    const refreshes = putContent(repo)
    repo.write('.git/changed', NAMES.map((name) => `${name}\0`).join(''))
    expect(refreshIndex(open(repo), refreshes)).toBe('done')
    expectGitSees(repo, refreshes)
    expectSettled(repo)
    repo.write('a', 'changed afterwards')
    expect(repo.git('status', '--porcelain', '-uno').stdout).toBe(' M a\n')
  })

  test('leaves the entries of a conflict alone', () => {
    const repo = makeRepo('conflict')
    const oids = ['1', '2', '3'].map((text) =>
      repo.run(['git', 'hash-object', '-w', '--stdin'], { input: text }).stdout.trim(),
    )
    const lines = oids.map((oid, i) => `100644 ${oid} ${i + 1}\ta\n`).join('')
    repo.run(['git', 'update-index', '--index-info'], { input: `0 ${'0'.repeat(40)}\ta\n${lines}` })
    ageIndex(repo, 50)
    const [, ...others] = putContent(repo)
    const stat = lstat(repo.path('a'))!
    expect(refreshIndex(open(repo), [...others, { path: 'a', oid: oids[1]!, stat }])).toBe('done')
    const conflict = readIndexFile(open(repo)).entries.filter((e) => e.path === 'a')
    expect(conflict.map((e) => [e.stage, e.stat.sizeBytes])).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
    ])
    expect(repo.git('status', '--porcelain', '-uno').stdout).toBe('UU a\n')
  })

  test('leaves an entry alone that names another blob or kind by now', () => {
    const repo = makeRepo('outdated')
    ageIndex(repo, 50)
    const [a, b, c, e] = putContent(repo) as [
      IndexRefresh,
      IndexRefresh,
      IndexRefresh,
      IndexRefresh,
    ]
    repo.run(['ln', '-sf', 'somewhere', repo.path('e')])
    const link = { ...e, stat: lstat(repo.path('e'))! }
    const before = readFileSync(repo.path('.git/index'))
    expect(refreshIndex(open(repo), [{ ...a, oid: b.oid }, link])).toBe('done')
    expect(readFileSync(repo.path('.git/index')).equals(before)).toBe(true)
    refreshIndex(open(repo), [b, c, { ...a, path: 'not there' }])
    expect(repo.git('status', '--porcelain', '-uno').stdout).toBe(' M a\n T e\n')
  })

  test('writes 0 for a multiple of 4 GiB, so that git looks again', () => {
    const repo = makeRepo('huge')
    const [a] = putContent(repo, ['a']) as [IndexRefresh]
    refreshIndex(open(repo), [{ ...a, stat: { ...a.stat, size: 2n ** 33n } }])
    expect(readIndexEntries(open(repo))[0]!.stat!.sizeBytes).toBe(0)
    refreshIndex(open(repo), [{ ...a, stat: { ...a.stat, size: 2n ** 33n + 5n } }])
    expect(readIndexEntries(open(repo))[0]!.stat!.sizeBytes).toBe(5)
  })

  test('changes nothing while somebody holds the lock', () => {
    const repo = makeRepo('locked')
    const refreshes = putContent(repo)
    repo.write('.git/index.lock', 'of somebody else')
    const before = statSync(repo.path('.git/index'), { bigint: true })
    expect(refreshIndex(open(repo), refreshes)).toBe('locked')
    expect(statSync(repo.path('.git/index'), { bigint: true })).toEqual(before)
    expect(repo.read('.git/index.lock').toString()).toBe('of somebody else')
  })

  test('tells when a split index is locked', () => {
    const repo = makeRepo('locked-split')
    repo.git('update-index', '--split-index')
    const refreshes = putContent(repo)
    repo.write('.git/index.lock', '')
    expect(refreshIndex(open(repo), refreshes)).toBe('locked')
  })

  test('looks at the files through the filter when the index is of a kind still unknown', () => {
    const repo = makeRepo('unknown')
    ageIndex(repo, 50)
    const refreshes = putContent(repo)
    const file = readFileSync(repo.path('.git/index'))
    // Git ignores an optional extension that it does not know; ours must not touch a required one.
    // No git writes one, so we make the parser refuse by a checksum that git does not look at.
    file[file.length - 1]! ^= 1
    writeFileSync(repo.path('.git/index'), file)
    expect(refreshIndex(open(repo), refreshes)).toBe('done')
    expectGitSees(repo, refreshes)
    expectSettled(repo)
  })

  test('does not make racy files of others look clean', () => {
    const repo = makeRepo('racy')
    repo.write('e', 'one')
    repo.git('config', 'filter.annex.clean', 'cat')
    const time = Math.floor(now()) - 20
    utimesSync(repo.path('e'), time, time)
    repo.git('add', 'e')
    repo.git('commit', '-qm', 'e')
    // The same size and time, another content: only its age tells git to look.
    repo.run(['sh', '-c', 'printf two > e'])
    utimesSync(repo.path('e'), time, time)
    repo.git('config', 'core.trustctime', 'false')
    utimesSync(repo.path('.git/index'), time, time)
    refreshIndex(open(repo), putContent(repo, ['a'], now() - 2))
    expect(statSync(repo.path('.git/index')).mtimeMs).toBeGreaterThan((time + 10) * 1000)
    expect(repo.git('status', '--porcelain', '-uno').stdout).toBe(' M e\n')
  })

  test('keeps the time of the index when the new files are older', () => {
    const repo = makeRepo('time')
    ageIndex(repo, 10)
    const before = statSync(repo.path('.git/index'), { bigint: true }).mtimeNs
    refreshIndex(open(repo), putContent(repo, NAMES, now() - 30))
    const after = statSync(repo.path('.git/index'), { bigint: true }).mtimeNs
    expect(after <= before && after > before - 2000n).toBe(true)
    expectSettled(repo)
  })

  test('keeps the permissions of the index and follows a link to it', () => {
    const repo = makeRepo('modes')
    chmodSync(repo.path('.git/index'), 0o660)
    renameSync(repo.path('.git/index'), repo.path('.git/real-index'))
    repo.run(['ln', '-s', 'real-index', repo.path('.git/index')])
    refreshIndex(open(repo), putContent(repo))
    expect(statSync(repo.path('.git/real-index')).mode & 0o777).toBe(0o660)
    expect(lstat(repo.path('.git/index'))!.isSymbolicLink()).toBe(true)
    expectSettled(repo)
  })

  test('writes nothing when there is nothing to change', () => {
    const repo = makeRepo('idle')
    const refreshes = putContent(repo)
    refreshIndex(open(repo), refreshes)
    const before = statSync(repo.path('.git/index'), { bigint: true })
    expect(refreshIndex(open(repo), refreshes)).toBe('done')
    expect(refreshIndex(open(repo), [])).toBe('done')
    expect(statSync(repo.path('.git/index'), { bigint: true }).ino).toBe(before.ino)
    expect(refreshIndex(open(scratch.repo('no-index')), refreshes)).toBe('done')
  })

  test('settles thousands of entries at once', () => {
    const repo = makeRepo('many')
    const oid = readIndexEntries(open(repo))[0]!.oid
    const lines = Array.from({ length: 30_000 }, (_, i) => `100644 ${oid}\tmany/f${i}`)
    repo.run(['git', 'update-index', '--index-info'], { input: `${lines.join('\n')}\n` })
    const { stat } = putContent(repo, ['a'])[0]!
    const refreshes = lines.map((_, i) => ({ path: `many/f${i}`, oid, stat }))
    const start = performance.now()
    expect(refreshIndex(open(repo), refreshes)).toBe('done')
    // 80 ms on the machine this was written on.
    expect(performance.now() - start).toBeLessThan(30_000)
    const content = readFileSync(repo.path('.git/index'))
    const sum = createHash('sha1').update(content.subarray(0, -20)).digest()
    expect(content.subarray(-20).equals(sum)).toBe(true)
    expect(repo.git('ls-files', '--debug', 'many/f29999').stdout).toContain(`size: ${stat.size}\t`)
  })

  test('leaves no lock behind when it is interrupted', () => {
    const repo = makeRepo('interrupted')
    const oid = readIndexEntries(open(repo))[0]!.oid
    const lines = Array.from({ length: 20_000 }, (_, i) => `100644 ${oid}\tmany/f${i}`)
    repo.run(['git', 'update-index', '--index-info'], { input: `${lines.join('\n')}\n` })
    const from = (file: string) => JSON.stringify(join(PROJECT, 'src', file))
    repo.write(
      '.git/forever.ts',
      `import { spawn } from 'node:child_process'
      import { refreshIndex } from ${from('git/index-refresh.ts')}
      import { openRepositoryAt } from ${from('git/repository.ts')}
      import { lstat } from ${from('platform/files.ts')}
      const repository = openRepositoryAt(${JSON.stringify(repo.dir)})!
      for (let i = 0; ; i++) {
        const stat = lstat(i % 2 ? '${repo.path('a')}' : '${repo.path('e')}')!
        refreshIndex(repository, [{ path: 'many/f7', oid: '${oid}', stat }])
        if (i === 1) spawn('sh', ['-c', \`sleep \${process.argv[2]}; kill \${process.pid}\`])
        await new Promise(setImmediate)
      }`,
    )
    // Not the inode: the index and its lock take turns with two of them.
    const before = statSync(repo.path('.git/index')).ctimeMs
    const argv = [join(PROJECT, 'node_modules/.bin/bun'), 'run', '.git/forever.ts'] as const
    for (let i = 0; i < 8; i++) {
      const child = spawnSync(argv[0], [...argv.slice(1), `0.0${i}${i}`], { cwd: repo.dir })
      expect(child.signal).toBe('SIGTERM')
      expect(existsSync(repo.path('.git/index.lock'))).toBe(false)
    }
    expect(statSync(repo.path('.git/index')).ctimeMs).not.toBe(before)
    expect(readIndexFile(open(repo)).entries).toHaveLength(20_004)
  })
})
