/** Locks on contents: what one program holds, the other respects, in both directions. */
import { spawn } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { holdOurs, holdReal } from '../support/content-locks.js'
import { expectNotPresent, expectPresent } from '../support/expect.js'
import { makeFamily, objectPath } from '../support/family.js'
import { REAL_BIN, type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** Everyone has the content of `f`; its key, serialized, has no characters that are escaped. */
function makeHolders(): { repo: ScratchRepo; key: string; a: ScratchRepo } {
  const { repo, key, remotes } = makeFamily(scratch, ['a'])
  repo.annex('get', '-q', 'f')
  return { repo, key, a: remotes[0]! }
}

function drop(repo: ScratchRepo, program: 'ours' | 'real', ...args: string[]) {
  return repo.tryRun(['git', 'annex', 'drop', ...args, 'f'], { program })
}

describe('a content that somebody relies on', () => {
  test.each([
    ['git-annex', 'ours', (repo: ScratchRepo, key: string) => holdReal(repo, key)],
    ['ours', 'real', (repo: ScratchRepo, key: string) => holdOurs(repo, key, 'shared')],
    ['ours', 'ours', (repo: ScratchRepo, key: string) => holdOurs(repo, key, 'shared')],
  ] as const)('through %s is not dropped by %s', async (_, program, hold) => {
    const { repo, key, a } = makeHolders()
    const held = await hold(repo, key)
    expect(held.answer).toBe('locked')
    for (const args of [[], ['--force']]) {
      const { status, stderr } = drop(repo, program, ...args)
      expect([status, stderr]).toEqual([1, expect.stringContaining('content is locked')])
    }
    // From elsewhere just as little.
    a.git('remote', 'add', '-f', 'here', repo.dir)
    expect(drop(a, program, '--from=here', '--force').status).toBe(1)
    expectPresent(repo, key)
    await held.release()
    expect(drop(repo, program).status).toBe(0)
    expectNotPresent(repo, key)
    expect(existsSync(`${repo.path('.git/annex/objects')}/${key}.lck`)).toBe(false)
  })

  test('may be relied on by several at once, of both programs', async () => {
    const { repo, key } = makeHolders()
    const locks = [
      await holdReal(repo, key),
      await holdOurs(repo, key, 'shared'),
      await holdReal(repo, key),
    ]
    expect(locks.map(({ answer }) => answer)).toEqual(['locked', 'locked', 'locked'])
    for (const lock of locks) {
      expect(drop(repo, 'ours').status).toBe(1)
      await lock.release()
    }
    expect(existsSync(`${objectPath(repo, key)}.lck`)).toBe(false)
    expect(drop(repo, 'ours').status).toBe(0)
  })
})

/** For root, without the right to write to what is read-only: like everybody else. */
const UNPRIVILEGED =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : []

describe('in a repository of version 8, where the object is the lock file,', () => {
  test('who may not write to the object drops it, and nobody while it is locked', async () => {
    const { repo, key, a } = makeHolders()
    a.git('config', 'annex.version', '8')
    a.git('config', 'annex.autoupgraderepository', 'false')
    const dropThere = () => repo.tryRun([...UNPRIVILEGED, 'git', 'annex', 'drop', '--from=a', 'f'])
    const held = await holdReal(a, key)
    expect([held.answer, dropThere().status]).toEqual(['locked', 1])
    await held.release()
    const going = await holdOurs(a, key, 'exclusive')
    expect([going.answer, drop(repo, 'ours').status]).toEqual(['locked', 1])
    await going.release()
    expect(statSync(objectPath(a, key)).mode & 0o222).toBe(0)
    expect(dropThere().status).toBe(0)
    expectNotPresent(a, key)
    expectPresent(repo, key)
    // Asking for a lock on what is gone makes nothing.
    expect((await holdOurs(a, key, 'shared')).answer).toBe('CONTENT_MISSING')
    expectNotPresent(a, key)
  })
})

describe('a content that is being dropped', () => {
  test('by ours counts for nobody', async () => {
    const { repo, key, a } = makeHolders()
    const held = await holdOurs(a, key, 'exclusive')
    expect(held.answer).toBe('locked')
    expect((await holdReal(a, key)).answer).toBe('refused')
    expect((await holdOurs(a, key, 'shared')).answer).toBe('CONTENT_LOCKED')
    for (const program of ['ours', 'real'] as const) {
      const { status, stdout } = drop(repo, program)
      expect([status, stdout]).toEqual([1, expect.stringContaining('(unsafe)')])
    }
    expectPresent(repo, key)
    await held.release()
    expect(drop(repo, 'real').status).toBe(0)
  })

  test('by git-annex counts for nobody', async () => {
    const { repo, key, a } = makeHolders()
    // git-annex runs this while it holds the exclusive lock, before it removes the object.
    const [begun, goOn] = [scratch.path('begun'), scratch.path('go on')]
    a.git(
      'config',
      'annex.secure-erase-command',
      `touch '${begun}'; while [ ! -e '${goOn}' ]; do sleep 0.05; done; rm -f %file`,
    )
    const dropping = spawn('git', ['annex', 'drop', '--force', 'f'], {
      cwd: a.dir,
      env: { ...scratch.env, PATH: `${REAL_BIN}:${process.env['PATH']}` },
    })
    while (!existsSync(begun)) await sleep(20)
    expect((await holdOurs(a, key, 'shared')).answer).toBe('CONTENT_LOCKED')
    expect(drop(a, 'ours').stderr).toContain('content is locked')
    const { status, stdout } = drop(repo, 'ours')
    expect([status, stdout]).toEqual([1, expect.stringContaining('(unsafe)')])
    writeFileSync(goOn, '')
    await new Promise((resolve) => dropping.on('exit', resolve))
    expectNotPresent(a, key)
    expect(drop(repo, 'ours').status).toBe(1)
    expectPresent(repo, key)
  })
})

describe('lockContent()', () => {
  test('leaves no lock file behind, and none where there is no content', async () => {
    const { repo, key } = makeHolders()
    const lockFile = `${objectPath(repo, key)}.lck`
    for (const kind of ['shared', 'exclusive'] as const) {
      const held = await holdOurs(repo, key, kind)
      expect([held.answer, existsSync(lockFile)]).toEqual(['locked', true])
      await held.release()
      expect(existsSync(lockFile)).toBe(false)
    }
    repo.annex('drop', '-q', 'f')
    expect((await holdOurs(repo, key, 'shared')).answer).toBe('CONTENT_MISSING')
    expect((await holdReal(repo, key)).answer).toBe('refused')
  })

  test('goes on where a killed process has left its lock file', () => {
    const { repo, key } = makeHolders()
    const object = objectPath(repo, key)
    repo.run(['chmod', 'u+w', `${object}/..`.replace(/\/[^/]*\/\.\.$/, '')])
    writeFileSync(`${object}.lck`, '')
    expect(drop(repo, 'ours').status).toBe(0)
    expectNotPresent(repo, key)
    expect(existsSync(`${object}.lck`)).toBe(false)
  })

  test('in a repository of version 9 locks the object itself, as git-annex does there', async () => {
    const { repo, key } = makeHolders()
    repo.git('config', 'annex.version', '9')
    const held = await holdOurs(repo, key, 'shared')
    expect([held.answer, existsSync(`${objectPath(repo, key)}.lck`)]).toEqual(['locked', false])
    expect(drop(repo, 'ours').stderr).toContain('content is locked')
    await held.release()
    expect(drop(repo, 'ours').status).toBe(0)
  })
})
