import { spawnSync } from 'node:child_process'
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
import { lstat } from '../../../src/platform/files.js'
import {
  ageIndex,
  expectGitSees,
  expectSettled,
  NAMES,
  now,
  open,
  pointerRepo,
  putContent,
} from '../../support/pointer-index.js'
import { PROJECT, useScratch } from '../../support/scratch.js'

const scratch = useScratch()

describe('refreshIndex()', () => {
  test('leaves the entries of a conflict alone', () => {
    const repo = pointerRepo(scratch, 'conflict')
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
    const repo = pointerRepo(scratch, 'outdated')
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
    const repo = pointerRepo(scratch, 'huge')
    const [a] = putContent(repo, ['a']) as [IndexRefresh]
    refreshIndex(open(repo), [{ ...a, stat: { ...a.stat, size: 2n ** 33n } }])
    expect(readIndexEntries(open(repo))[0]!.stat!.sizeBytes).toBe(0)
    refreshIndex(open(repo), [{ ...a, stat: { ...a.stat, size: 2n ** 33n + 5n } }])
    expect(readIndexEntries(open(repo))[0]!.stat!.sizeBytes).toBe(5)
  })

  test('changes nothing while somebody holds the lock', () => {
    const repo = pointerRepo(scratch, 'locked')
    const refreshes = putContent(repo)
    repo.write('.git/index.lock', 'of somebody else')
    const before = statSync(repo.path('.git/index'), { bigint: true })
    expect(refreshIndex(open(repo), refreshes)).toBe('locked')
    expect(statSync(repo.path('.git/index'), { bigint: true })).toEqual(before)
    expect(repo.read('.git/index.lock').toString()).toBe('of somebody else')
  })

  test('tells when a split index is locked', () => {
    const repo = pointerRepo(scratch, 'locked-split')
    repo.git('update-index', '--split-index')
    const refreshes = putContent(repo)
    repo.write('.git/index.lock', '')
    expect(refreshIndex(open(repo), refreshes)).toBe('locked')
  })

  test('looks at the files through the filter when the index is of a kind still unknown', () => {
    const repo = pointerRepo(scratch, 'unknown')
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
    const repo = pointerRepo(scratch, 'racy')
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
    const repo = pointerRepo(scratch, 'time')
    ageIndex(repo, 10)
    const before = statSync(repo.path('.git/index'), { bigint: true }).mtimeNs
    refreshIndex(open(repo), putContent(repo, NAMES, now() - 30))
    const after = statSync(repo.path('.git/index'), { bigint: true }).mtimeNs
    expect(after <= before && after > before - 2000n).toBe(true)
    expectSettled(repo)
  })

  test('keeps the permissions of the index and follows a link to it', () => {
    const repo = pointerRepo(scratch, 'modes')
    chmodSync(repo.path('.git/index'), 0o660)
    renameSync(repo.path('.git/index'), repo.path('.git/real-index'))
    repo.run(['ln', '-s', 'real-index', repo.path('.git/index')])
    refreshIndex(open(repo), putContent(repo))
    expect(statSync(repo.path('.git/real-index')).mode & 0o777).toBe(0o660)
    expect(lstat(repo.path('.git/index'))!.isSymbolicLink()).toBe(true)
    expectSettled(repo)
  })

  test('writes nothing when there is nothing to change', () => {
    const repo = pointerRepo(scratch, 'idle')
    const refreshes = putContent(repo)
    refreshIndex(open(repo), refreshes)
    const before = statSync(repo.path('.git/index'), { bigint: true })
    expect(refreshIndex(open(repo), refreshes)).toBe('done')
    expect(refreshIndex(open(repo), [])).toBe('done')
    expect(statSync(repo.path('.git/index'), { bigint: true }).ino).toBe(before.ino)
    expect(refreshIndex(open(scratch.repo('no-index')), refreshes)).toBe('done')
  })

  test('leaves no lock behind when it is interrupted', () => {
    const repo = pointerRepo(scratch, 'interrupted')
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
