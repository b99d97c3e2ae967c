/** The web as a remote: both programs by turns on one repository, and servers that misbehave. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import {
  expectClean,
  expectContent,
  expectNotPresent,
  expectPointer,
  expectPresent,
  expectSameBranch,
} from '../support/expect.js'
import { OUR_BIN, type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'
import { allowLoopback, useWebServer } from '../support/web-server.js'

const scratch = useScratch()
const server = useWebServer(scratch)
const CONTENT = someBytes(100_000)
let count = 0

function annex(): ScratchRepo {
  server.put('content', CONTENT)
  const repo = scratch.repo(`r${count++}`)
  repo.annex('init')
  allowLoopback(repo)
  return repo
}

/** An annexed file whose content is only at a url. @returns its key */
function addAbsent(repo: ScratchRepo, path: string, ...options: string[]): string {
  repo.annex('addurl', '--file=f', ...options, server.url('/file/content'))
  repo.git('commit', '-qm', 'f')
  const key = expectPointer(repo, 'f').replaceAll('&c', ':').replaceAll('%', '/')
  if (options.length === 0) repo.annex('drop', 'f')
  repo.annex('rmurl', 'f', server.url('/file/content'))
  repo.annex('registerurl', key, server.url(path))
  return key
}

const partialOf = (repo: ScratchRepo, key: string) => repo.path('.git/annex/tmp', key)

test('both programs get, drop and list by turns what the other has added', () => {
  const repo = annex()
  repo.annex('addurl', '--file=ours', server.url('/file/content?ours'))
  repo.annex('addurl', '--fast', '--file=ours.url', server.url('/file/content?ours-url'))
  repo.realAnnex('addurl', '--file=theirs', server.url('/file/content?theirs'))
  repo.realAnnex('addurl', '--fast', '--file=theirs.url', server.url('/file/content?theirs-url'))
  repo.annex('addurl', '--relaxed', '--file=relaxed', server.url('/file/content?relaxed'))
  repo.git('commit', '-qm', 'files')
  const clone = scratch.clone(repo, `r${count++}`)
  clone.annex('init')
  clone.git('config', 'remote.origin.annex-ignore', 'true')
  allowLoopback(clone)
  clone.realAnnex('get', 'ours', 'theirs.url')
  clone.annex('get', 'theirs', 'ours.url', 'relaxed')
  for (const name of ['ours', 'ours.url', 'theirs', 'theirs.url', 'relaxed'])
    expectContent(clone, name, CONTENT)
  clone.realAnnex('drop', 'theirs', 'theirs.url', 'relaxed')
  clone.annex('drop', 'ours', 'ours.url')
  expectClean(clone)
  const whereis = (program: 'ours' | 'real') =>
    clone
      .run(['git', 'annex', 'whereis', '--json'], { program })
      .stdout.split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  expect(whereis('ours')).toEqual(whereis('real'))
  clone.annex('rmurl', 'theirs', server.url('/file/content?theirs'))
  clone.realAnnex('rmurl', 'ours', server.url('/file/content?ours'))
  expect(whereis('ours')).toEqual(whereis('real'))
  expect(clone.tryAnnex('get', 'theirs').status).toBe(1)
  clone.annex('sync', '--no-content')
  repo.annex('merge')
  expectSameBranch(repo, clone)
})

describe('git annex get from the web', () => {
  test.each([
    ['ours', 'real'],
    ['real', 'ours'],
  ] as const)('goes on with what an interrupted get of %s has left: %s', async (first, second) => {
    const repo = annex()
    const key = addAbsent(repo, '/truncate/content')
    const get = (program: 'ours' | 'real') => repo.tryRun(['git', 'annex', 'get', 'f'], { program })
    expect(get(first).status).toBe(1)
    expect(readFileSync(partialOf(repo, key)).equals(CONTENT.subarray(0, 50_000))).toBe(true)
    server.put(`resumed-by-${second}`, CONTENT)
    repo.annex('registerurl', key, server.url(`/file/resumed-by-${second}`))
    repo.annex('rmurl', 'f', server.url('/truncate/content'))
    expect(get(second).status).toBe(0)
    expectContent(repo, 'f', CONTENT)
    expect(existsSync(partialOf(repo, key))).toBe(false)
    expect(await server.seen(`/file/resumed-by-${second}`)).toEqual([
      expect.objectContaining({ method: 'GET', range: 'bytes=50000-' }),
    ])
  })

  test('begins anew when what was left is of other content', () => {
    const repo = annex()
    const key = addAbsent(repo, '/file/content')
    mkdirSync(repo.path('.git/annex/tmp'), { recursive: true })
    writeFileSync(partialOf(repo, key), someBytes(60_000, 2))
    repo.annex('get', 'f')
    expectContent(repo, 'f', CONTENT)
  })

  test.each([
    ['/short/content', 'verification of content failed'],
    ['/long/content', 'it is longer than the 100000 bytes of the content'],
    ['/file/other', 'verification of content failed'],
    ['/status/404', 'Not Found'],
    ['/hang/content', 'nothing came for 1 seconds'],
    ['/redirect?to=file:///etc/passwd', 'redirects to file:///etc/passwd'],
    ['/redirect?to=http://10.0.0.1/', 'does not allow accessing address 10.0.0.1'],
  ])('of %s fails and takes nothing in', (path, message) => {
    const repo = annex()
    server.put('other', someBytes(100_000, 3))
    const key = addAbsent(repo, path)
    repo.git('config', 'annex.web-timeout', '1')
    const { status, stdout, stderr } = repo.tryAnnex('get', 'f')
    expect(stderr).toContain(`${server.url(path)} download failed: `)
    expect(stderr).toContain(message)
    expect(stderr).toContain('downloading from all 1 known url(s) failed')
    expect(stdout).toContain('Unable to access these remotes: web')
    expect(status).toBe(1)
    expectNotPresent(repo, key)
    expectClean(repo)
    repo.annex('registerurl', key, server.url('/file/content'))
    expect(repo.annex('get', 'f').status).toBe(0)
  })

  test('never mixes what a url key had at different times', () => {
    const repo = annex()
    const key = addAbsent(repo, '/truncate/content', '--fast')
    expect(repo.tryAnnex('get', 'f').status).toBe(1)
    expect(existsSync(partialOf(repo, key.replaceAll(':', '&c').replaceAll('/', '%')))).toBe(false)
    expect(repo.run(['find', '.git/annex', '-path', '*annexe/tmp/*']).stdout).toBe('')
  })

  test('leaves it to another process that is at it', async () => {
    const repo = annex()
    addAbsent(repo, '/slow/content')
    const env = { ...scratch.env, PATH: `${OUR_BIN}:${process.env.PATH}` }
    const slow = spawn('git', ['annex', 'get', 'f'], { cwd: repo.dir, env, stdio: 'ignore' })
    const done = once(slow, 'exit')
    while ((await server.seen('/slow/content')).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 20))
    // Waits a moment for it, then says so.
    const { status, stderr } = repo.tryAnnex('get', 'f')
    if (status !== 0)
      expect(stderr).toContain('transfer already in progress, or unable to take transfer lock')
    expect((await done)[0]).toBe(0)
    expectContent(repo, 'f', CONTENT)
    expect(await server.seen('/slow/content')).toHaveLength(1)
  })
})

describe('git annex drop', () => {
  test('counts a copy on the web only when it is there and as long', () => {
    const repo = annex()
    const key = addAbsent(repo, '/file/content')
    repo.annex('get', 'f')
    server.put('content', 'shorter')
    expect(repo.tryAnnex('drop', 'f').status).toBe(1)
    server.put('content', CONTENT)
    repo.annex('rmurl', 'f', server.url('/file/content'))
    repo.annex('registerurl', key, server.url('/status/500'))
    expect(repo.tryAnnex('drop', 'f').stdout).toContain('Unable to access these remotes: web')
    repo.annex('registerurl', key, server.url('/nohead/content'))
    repo.annex('drop', 'f')
    expectNotPresent(repo, key)
  })

  test('--from web forgets the urls', () => {
    const repo = annex()
    addAbsent(repo, '/file/content')
    repo.annex('get', 'f')
    repo.annex('drop', '--from', 'web', 'f')
    expect(repo.realAnnex('whereis', 'f').stdout).not.toContain('web')
    expect(repo.tryAnnex('drop', '--from', 'web', 'f').status).toBe(0)
    expect(repo.tryAnnex('copy', '--to', 'web', 'f').stderr).toContain(
      'upload to web not supported',
    )
  })
})

describe('a VURL key', () => {
  test('fixes its content with the first download', () => {
    const repo = annex()
    repo.annex('addurl', '--fast', '--verifiable', '--file=f', server.url('/file/content'))
    repo.git('commit', '-qm', 'f')
    const key = expectPointer(repo, 'f')
    expect(key).toMatch(/^VURL-s100000--/)
    repo.annex('get', 'f')
    const logs = repo.git('ls-tree', '-r', '--name-only', 'git-annex').stdout
    const log = /^.*\.log\.ek$/m.exec(logs)![0]
    expect(repo.git('show', `git-annex:${log}`).stdout).toMatch(
      / 1 SHA256E-s100000--[0-9a-f]{64}\n$/,
    )
    repo.annex('fsck')
    repo.annex('drop', 'f')
    server.put('content', someBytes(100_000, 4))
    expect(repo.tryAnnex('get', 'f').stderr).toContain('not what was first downloaded')
    expectNotPresent(repo, key)
    server.put('content', CONTENT)
    repo.annex('get', 'f')
    expectPresent(repo, key)
    const object = repo.path(
      repo.run(['sh', '-c', 'find .git/annex/objects -type f']).stdout.trim(),
    )
    repo.run(['chmod', 'u+w', object])
    writeFileSync(object, someBytes(100_000, 5))
    expect(repo.tryAnnex('fsck').stderr).toContain('Bad file content')
  })
})

describe('git annex fsck --from web', () => {
  test('forgets urls of another content, and keeps what came of them', () => {
    const repo = annex()
    const key = addAbsent(repo, '/file/content')
    repo.annex('fsck', '--from=web')
    const changed = Buffer.from(CONTENT).fill(0, 5, 9)
    server.put('content', changed)
    const { status, stderr } = repo.tryAnnex('fsck', '--from=web', 'f')
    expect(status).toBe(1)
    expect(stderr).toContain('f: Bad file content; moved from web to .git/annex/bad/')
    expect(readFileSync(repo.path('.git/annex/bad', key)).equals(changed)).toBe(true)
    expect(repo.tryAnnex('whereis', 'f').stdout).toContain('(0 copies)')
    // Of two urls one may be right, if it were to be had.
    server.put('content', CONTENT)
    for (const path of ['/file/content', '/nothing/here'])
      repo.annex('registerurl', key, server.url(path))
    repo.annex('fsck', '--from=web', 'f')
    server.put('content', changed)
    expect(repo.tryAnnex('fsck', '--from=web', 'f').stderr).toContain('failed to download file')
    expect(repo.annex('whereis', 'f').stdout).toContain('(1 copy)')
  })
})
