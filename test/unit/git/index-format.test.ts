import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { parseIndex } from '../../../src/git/index-format.js'
import { type ScratchRepo, useScratch } from '../../support/scratch.js'

const scratch = useScratch()

/** A repository whose index holds every kind of entry. */
function makeRepo(name: string, ...initArgs: string[]): ScratchRepo {
  const repo = scratch.repo(name, ...initArgs)
  for (const path of ['a', 'dir/b', 'dir/bc', 'dir/sub/c', 'dir.x', `long-${'x'.repeat(200)}`])
    repo.write(path, `content of ${path}`)
  repo.write('x'.repeat(100).replace(/.{20}/g, '$&/') + 'y'.repeat(240), 'deep')
  repo.run(['sh', '-c', 'printf x > "$(printf "b\\344d \\n\\t name")"; ln -s a link; chmod +x a'])
  repo.git('add', '.')
  return repo
}

/** What git says is in the index, in the form of {@link ours}. */
function theirs(repo: ScratchRepo): string[] {
  const listed = repo.git('ls-files', '-s', '-v', '-z').stdoutBytes.toString('latin1').split('\0')
  const debug = repo.git('ls-files', '--debug', '-z').stdoutBytes.toString('latin1')
  const stats = debug.matchAll(
    /ctime: (\d+):(\d+)\n {2}mtime: (\d+):(\d+)\n {2}dev: (\d+)\tino: (\d+)\n {2}uid: (\d+)\tgid: (\d+)\n {2}size: (\d+)\tflags: (\w+)/g,
  )
  return [...stats].map((stat, i) => `${listed[i]} ${stat.slice(1, 10).join(' ')}`)
}

function ours(repo: ScratchRepo, format: 'sha1' | 'sha256' = 'sha1'): string[] {
  return parseIndex(readFileSync(repo.path('.git/index')), format).entries.map((entry) => {
    const tag = entry.skipWorktree ? 'S' : entry.stage > 0 ? 'M' : 'H'
    const shown = entry.assumeValid ? tag.toLowerCase() : tag
    const mode = entry.mode.toString(8).padStart(6, '0')
    const stat = Object.values(entry.stat).join(' ')
    return `${shown} ${mode} ${entry.oid} ${entry.stage}\t${entry.path} ${stat}`
  })
}

describe('parseIndex()', () => {
  test.each([2, 3, 4])('reads every entry of version %d as git does', (version) => {
    const repo = makeRepo(`v${version}`)
    if (version > 2) repo.git('update-index', '--skip-worktree', 'dir/b')
    repo.git('update-index', '--assume-unchanged', 'dir/bc')
    repo.git('update-index', '--index-version', String(version))
    const parsed = parseIndex(readFileSync(repo.path('.git/index')), 'sha1')
    expect(parsed).toMatchObject({ version, isSparse: false, hasChecksum: true })
    expect(ours(repo)).toEqual(theirs(repo))
    expect(ours(repo)).toHaveLength(9)
  })

  test('reads the object names of a SHA-256 repository', () => {
    const repo = makeRepo('sha256', '--object-format=sha256')
    expect(ours(repo, 'sha256')).toEqual(theirs(repo))
    expect(ours(repo, 'sha256')[0]).toMatch(/ [0-9a-f]{64} 0\t/)
  })

  test('knows intent-to-add entries', () => {
    const repo = makeRepo('intent')
    repo.write('later', 'text')
    repo.git('add', '-N', 'later')
    const { entries, version } = parseIndex(readFileSync(repo.path('.git/index')), 'sha1')
    expect(version).toBe(3)
    expect(entries.filter((e) => e.intentToAdd).map((e) => e.path)).toEqual(['later'])
    expect(ours(repo)).toEqual(theirs(repo))
  })

  test('gives the stages of a conflict', () => {
    const repo = makeRepo('conflict')
    repo.git('commit', '-qm', 'base')
    repo.git('checkout', '-qb', 'other')
    repo.write('a', 'theirs')
    repo.git('commit', '-qam', 'theirs')
    repo.git('checkout', '-q', 'main')
    repo.write('a', 'ours')
    repo.git('commit', '-qam', 'ours')
    expect(repo.tryGit('merge', 'other').status).toBe(1)
    const { entries } = parseIndex(readFileSync(repo.path('.git/index')), 'sha1')
    expect(entries.filter((e) => e.path === 'a').map((e) => e.stage)).toEqual([1, 2, 3])
    expect(ours(repo)).toEqual(theirs(repo))
  })

  test('keeps extensions as raw bytes', () => {
    const repo = makeRepo('extensions')
    repo.git('commit', '-qm', 'x')
    repo.git('update-index', '--untracked-cache')
    repo.git('status')
    const { extensions } = parseIndex(readFileSync(repo.path('.git/index')), 'sha1')
    expect(extensions.map((e) => e.signature)).toEqual(['TREE', 'UNTR'])
  })

  test('reads an index written in blocks by several threads', () => {
    const repo = makeRepo('blocks')
    for (const name of ['1', '2', '3', '4']) repo.write(`dir/many/${name}`, name)
    repo.git('config', 'index.threads', '4')
    repo.git('config', 'index.version', '4')
    repo.run(['git', 'add', '.'], { env: { GIT_TEST_INDEX_THREADS: '4' } })
    repo.run(['git', 'rm', '-q', '--cached', 'a'], { env: { GIT_TEST_INDEX_THREADS: '4' } })
    const { extensions } = parseIndex(readFileSync(repo.path('.git/index')), 'sha1')
    expect(extensions.map((e) => e.signature)).toContain('IEOT')
    expect(ours(repo)).toEqual(theirs(repo))
  })

  test('marks a sparse index', () => {
    const repo = makeRepo('sparse')
    repo.git('commit', '-qm', 'x')
    repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'x'.repeat(20))
    const { entries, isSparse } = parseIndex(readFileSync(repo.path('.git/index')), 'sha1')
    expect(isSparse).toBe(true)
    expect(entries.filter((e) => e.mode === 0o040000).map((e) => e.path)).toEqual(['dir/'])
  })

  test('refuses a split index', () => {
    const repo = makeRepo('split')
    repo.git('update-index', '--split-index')
    expect(() => parseIndex(readFileSync(repo.path('.git/index')), 'sha1')).toThrow(
      'Cannot read the git index: it needs the extension "link"',
    )
  })

  test('accepts an index without checksum', () => {
    const repo = makeRepo('skiphash')
    const file = readFileSync(repo.path('.git/index'))
    file.fill(0, file.length - 20)
    expect(parseIndex(file, 'sha1')).toMatchObject({ hasChecksum: false })
  })

  test('refuses damage anywhere in the file', () => {
    const repo = makeRepo('damage')
    const file = readFileSync(repo.path('.git/index'))
    for (let i = 0; i < file.length; i += 7) {
      const damaged = Buffer.from(file)
      damaged[i]! ^= 0x10
      expect(() => parseIndex(damaged, 'sha1')).toThrow(/^Cannot read the git index: /)
      damaged.fill(0, damaged.length - 20)
      // Without a checksum the parser alone must stay inside the file.
      try {
        parseIndex(damaged, 'sha1')
      } catch (error) {
        expect((error as Error).message).toMatch(/^Cannot read the git index: /)
      }
    }
    for (let length = 0; length < file.length; length += 13) {
      const cut = Buffer.concat([file.subarray(0, length), Buffer.alloc(20)])
      if (length % 2 === 0) expect(() => parseIndex(cut.subarray(0, length), 'sha1')).toThrow()
      try {
        parseIndex(cut, 'sha1')
      } catch (error) {
        expect((error as Error).message).toMatch(/^Cannot read the git index: /)
      }
    }
  })

  test('reads 30,000 entries in milliseconds', () => {
    const repo = scratch.repo('many')
    const oid = repo.run(['git', 'hash-object', '-w', '--stdin'], { input: 'x' }).stdout.trim()
    const lines = Array.from(
      { length: 30_000 },
      (_, i) => `100644 ${oid}\tdirectory-${i % 97}/f${i}`,
    )
    repo.run(['git', 'update-index', '--index-info'], { input: `${lines.join('\n')}\n` })
    const file = readFileSync(repo.path('.git/index'))
    parseIndex(file, 'sha1')
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now()
      expect(parseIndex(file, 'sha1').entries).toHaveLength(30_000)
      return performance.now() - start
    })
    // 10 to 15 ms on the machine this was written on; the bound only catches a change of kind.
    expect(Math.min(...times)).toBeLessThan(5000)
  })
})
