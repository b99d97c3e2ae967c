import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { lstat } from '../../../src/platform/files.js'
import { formatInodeCache, parseRestageLine } from '../../../src/worktree/restage-log.js'
import { PROJECT, type ScratchRepo, someBytes, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const LOG = '.git/annex/restage.log'

/** Content in place, the index clean; the Haskell program does what is asked of git's filter. */
function makeAnnex(name: string): ScratchRepo {
  const repo = scratch.repo(name)
  repo.realAnnex('init', '-q')
  repo.write('f', someBytes(3000))
  repo.write('d/na me', someBytes(3000, 2))
  repo.realAnnex('add', '-q', '-c', 'annex.addunlocked=true', '.')
  repo.realGit('commit', '-qm', 'x')
  expect(repo.realGit('status', '--porcelain').stdout).toBe('')
  return repo
}

/** Runs a script with our modules in Bun: locks are not to be had on Node. */
function runScript(repo: ScratchRepo, body: string, dir = repo.dir): string {
  const names: Record<string, string> = {
    BlobKeys: 'git/blob-keys',
    readIndexEntries: 'git/index-file',
    openRepositoryAt: 'git/repository',
    verifyContent: 'store/verify',
    TempFiles: 'store/temp-files',
    annexedFiles: 'worktree/annexed-files',
    depopulate: 'worktree/populate',
    'finishWorktree, restagePending': 'worktree/finish-worktree',
  }
  const imports = Object.entries(names).map(
    ([name, file]) =>
      `import { ${name} } from ${JSON.stringify(join(PROJECT, 'src', `${file}.ts`))}`,
  )
  writeFileSync(
    repo.path('.git/script.ts'),
    `${imports.join('\n')}
    const repository = openRepositoryAt(${JSON.stringify(dir)})!
    const blobKeys = new BlobKeys(repository)
    let compared = 0
    const isContent = (path: string, keyText: string) => {
      compared++
      try { return verifyContent(keyText, path) } catch { return false }
    }
    ${body}`,
  )
  const bun = join(PROJECT, 'node_modules/.bin/bun')
  return repo.run([bun, 'run', repo.path('.git/script.ts')], { timeoutMs: 30_000 }).stdout.trim()
}

/** Takes the content out of every file and tells git about it. */
const DROP_ALL = `
  const temp = new TempFiles(repository.annexDir)
  const changes = [...annexedFiles(readIndexEntries(repository), blobKeys)].map((file) => {
    const { keyText, entry } = file
    const path = repository.workTree + '/' + file.path
    const stat = depopulate({ path, keyText, temp, entry, isContent })!
    return { path: file.path, oid: entry.oid, stat }
  })
  console.log(finishWorktree(repository, changes))`
const RESTAGE = 'console.log(restagePending(repository, { blobKeys, isContent }), compared)'

const status = (repo: ScratchRepo) => repo.realGit('status', '--porcelain').stdout

describe('finishWorktree()', () => {
  test('refreshes the index when it can', () => {
    const repo = makeAnnex('free')
    expect(runScript(repo, DROP_ALL)).toBe('done')
    expect(existsSync(repo.path(LOG))).toBe(false)
    expect(status(repo)).toBe('')
  })

  test('notes the files for git-annex when the index is locked', () => {
    const repo = makeAnnex('locked')
    repo.write('.git/index.lock', '')
    expect(runScript(repo, DROP_ALL)).toBe('noted')
    const caches = ['d/na me', 'f'].map(
      (path) => `${formatInodeCache(lstat(repo.path(path))!)}:${path}`,
    )
    expect(readFileSync(repo.path(LOG), 'latin1')).toBe(`${caches.join('\n')}\n`)
    repo.run(['rm', repo.path('.git/index.lock')])
    expect(status(repo)).toBe(' M "d/na me"\n M f\n')
    // With the content at hand, git-annex would put it back at once.
    repo.run(['sh', '-c', 'chmod -R u+w .git/annex/objects && rm -r .git/annex/objects/*'])
    repo.realAnnex('restage')
    expect(status(repo)).toBe('')
  })

  test('gives a linked work tree a list of its own', () => {
    const repo = makeAnnex('linked')
    repo.realGit('worktree', 'add', '-q', scratch.path('tree'), '-b', 'other')
    const git = join(repo.dir, '.git/worktrees/tree')
    repo.write('.git/worktrees/tree/index.lock', '')
    const dir = scratch.path('tree')
    repo.realGit('-C', dir, 'annex', 'get', '-q')
    writeFileSync(join(git, 'index.lock'), '')
    runScript(repo, DROP_ALL, dir)
    expect(existsSync(repo.path(LOG))).toBe(false)
    expect(readFileSync(join(git, 'restage.log'), 'latin1')).toMatch(/^\d+ .*:d\/na me\n.*:f\n$/)
    repo.run(['rm', join(git, 'index.lock')])
    expect(runScript(repo, RESTAGE, dir)).toBe('done 0')
    expect(repo.realGit('-C', dir, 'status', '--porcelain').stdout).toBe('')
  })
})

describe('restagePending()', () => {
  test('finishes what we noted', () => {
    const repo = makeAnnex('ours')
    repo.write('.git/index.lock', '')
    runScript(repo, DROP_ALL)
    expect(runScript(repo, RESTAGE)).toBe('locked 0')
    expect(existsSync(repo.path(LOG))).toBe(true)
    repo.run(['rm', repo.path('.git/index.lock')])
    expect(runScript(repo, RESTAGE)).toBe('done 0')
    expect(existsSync(repo.path(LOG))).toBe(false)
    expect(status(repo)).toBe('')
  })

  test('finishes what git-annex noted', () => {
    const repo = makeAnnex('theirs')
    repo.realAnnex('drop', '-q', '--force', '.')
    repo.write('f', someBytes(3000))
    repo.realGit('add', 'f')
    repo.realAnnex('drop', '-q', '--force', 'f')
    const copy = repo.run(['sh', '-c', 'cat f']).stdout
    expect(copy).toMatch(/^\/annex/)
    repo.write('source', someBytes(3000))
    repo.write('.git/index.lock', '')
    repo.realAnnex('reinject', '--known', '-q', 'source')
    repo.run(['rm', repo.path('.git/index.lock')])
    expect(repo.read('f').equals(someBytes(3000))).toBe(true)
    expect(readFileSync(repo.path(LOG), 'latin1')).toMatch(/:f\n$/)
    expect(status(repo)).toBe(' M f\n')
    expect(runScript(repo, RESTAGE)).toBe('done 1')
    expect(existsSync(repo.path(LOG))).toBe(false)
    expect(status(repo)).toBe('')
  })

  test('leaves a file modified whose entry names another key by now', () => {
    const repo = makeAnnex('moved-on')
    const noted = `${formatInodeCache(lstat(repo.path('f'))!)}:f\n`
    const other = repo.git('rev-parse', ':d/na me').stdout.trim()
    repo.realGit('update-index', '--cacheinfo', `100644,${other},f`)
    repo.write(LOG, noted)
    expect(runScript(repo, RESTAGE)).toBe('done 1')
    expect(existsSync(repo.path(LOG))).toBe(false)
    expect(status(repo)).toBe('MM f\n')
  })

  test('passes over files that changed or went since, and lines that are none', () => {
    const repo = makeAnnex('stale')
    const noted = formatInodeCache(lstat(repo.path('f'))!)
    repo.write(LOG, `${noted}:f\n1 2 3 4:gone\nnonsense\n${noted}:d/na me\n`)
    repo.write('f', 'changed')
    expect(runScript(repo, RESTAGE)).toBe('done 0')
    expect(existsSync(repo.path(LOG))).toBe(false)
    expect(status(repo)).toBe(' M f\n')
  })
})

describe('formatInodeCache()', () => {
  test.each([
    ['1700000000.217677400', '2176774'],
    ['1700000000.000001', '000001'],
    ['1700000000', ''],
  ])('writes the mtime %s as git-annex does', (time, decimals) => {
    const repo = scratch.repo(`time-${time}`)
    repo.run(['touch', '-d', `@${time}`, repo.path('f')])
    const stat = lstat(repo.path('f'))!
    expect(formatInodeCache(stat)).toBe(`${stat.ino} 0 1700000000 ${decimals}`)
  })
})

describe('parseRestageLine()', () => {
  test('reads paths with colons and entries without decimals', () => {
    expect(parseRestageLine('1 2 3 4:a:b c')).toEqual({ inodeCache: '1 2 3 4', path: 'a:b c' })
    expect(parseRestageLine('1 2 -3 :f')).toEqual({ inodeCache: '1 2 -3 ', path: 'f' })
    expect(parseRestageLine('1 2 3:f')).toEqual({ inodeCache: '1 2 3', path: 'f' })
    for (const line of ['', 'f', '1 2:f', '1 2 3 4:', 'a 2 3 4:f'])
      expect(parseRestageLine(line)).toBeUndefined()
  })
})
