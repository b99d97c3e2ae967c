/** Transfers beside each other, broken off, begun again; with the web, which can be made to wait. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectContent, expectPresent } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'
import { allowLoopback, useWebServer } from '../support/web-server.js'

const scratch = useScratch()
const web = useWebServer(scratch)
let count = 0

/** A repository with files whose contents can be had from urls of a kind, and nothing else. */
function makeRepo(kind: string, names: readonly string[], sizeBytes = 200_000): ScratchRepo {
  const repo = scratch.repo(`r${count++}`)
  repo.annex('init', 'here')
  allowLoopback(repo)
  for (const [seed, name] of names.entries()) {
    web.put(name, someBytes(sizeBytes, seed + 1))
    repo.write(name, someBytes(sizeBytes, seed + 1))
  }
  repo.annex('add', '.')
  repo.git('commit', '-qm', 'files')
  for (const name of names) repo.annex('registerurl', keyOf(repo, name), web.url(`${kind}/${name}`))
  repo.annex('drop', '--force', '.')
  return repo
}

function keyOf(repo: ScratchRepo, name: string): string {
  return repo.annex('lookupkey', name).stdout.trim()
}

function temporary(repo: ScratchRepo): string[] {
  const dir = repo.path('.git/annex/tmp')
  return existsSync(dir) ? readdirSync(dir) : []
}

function notesIn(repo: ScratchRepo, dir: string): string[] {
  const top = repo.path('.git/annex/transfer', dir)
  return existsSync(top)
    ? readdirSync(top, { recursive: true, encoding: 'utf8' }).filter((path) => /SHA256/.test(path))
    : []
}

describe('several jobs', () => {
  test('-J lets downloads overlap, and the lines stay whole', () => {
    const repo = makeRepo('/together/3', ['j1', 'j2', 'j3'])
    const { stdout } = repo.annex('get', '-J3', '.')
    const lines = stdout.split('\n').filter((line) => line.startsWith('get'))
    expect(lines.sort()).toEqual(['j1', 'j2', 'j3'].map((name) => `get ${name} (from web...) ok`))
    for (const name of ['j1', 'j2', 'j3']) expectPresent(repo, keyOf(repo, name))
    expect(repo.annex('fsck').status).toBe(0)
  })

  test('annex.jobs does the same; two files of one content fetch it once', async () => {
    const repo = makeRepo('/file', ['k1'])
    repo.git('config', 'annex.jobs', '2')
    repo.run(['cp', '-P', 'k1', 'k2'])
    repo.git('add', 'k2')
    const objects = repo
      .annex('get', '--json', '.')
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(objects.map(({ file, success }) => [file, success])).toEqual([
      ['k1', true],
      ['k2', true],
    ])
    expectContent(repo, 'k2', someBytes(200_000, 1))
    expect(await web.seen('/file/k1')).toHaveLength(1)
  })
})

test('git annex addurl -J never lets one url overwrite what another has brought', () => {
  const repo = scratch.repo(`r${count++}`)
  repo.annex('init')
  allowLoopback(repo)
  for (const seed of [1, 2]) web.put(`u${seed}`, someBytes(50_000, seed))
  const urls = ['u1', 'u2'].map((name) => web.url(`/together/2/${name}`))
  const { status, stdout, stderr } = repo.tryAnnex('addurl', '-J2', '--file', 'same', ...urls)
  expect(status).toBe(1)
  expect(stdout.match(/ok$/gm)).toHaveLength(1)
  expect(stderr).toContain('same already exists; not overwriting')
  const [first] = /http\S*/.exec(repo.annex('whereis', 'same').stdout)!
  expectContent(repo, 'same', someBytes(50_000, first.endsWith('u1') ? 1 : 2))
})

describe('a checkout with annex.autoget', () => {
  test('fetches as many contents at once as annex.jobs says', () => {
    const repo = makeRepo('/together/2', ['c1', 'c2'])
    repo.git('config', 'annex.autoget', 'true')
    repo.git('config', 'annex.jobs', '2')
    repo.run(['rm', 'c1', 'c2'])
    repo.git('checkout', '-f', '.')
    for (const [seed, name] of ['c1', 'c2'].entries())
      expectContent(repo, name, someBytes(200_000, seed + 1))
  })
})

describe('a transfer that goes on', () => {
  test('is locked and listed for either program; killed, it leaves what can be gone on with', async () => {
    const repo = makeRepo('/held', ['h1'])
    const key = keyOf(repo, 'h1')
    const script = `
      git-annex get h1 >first 2>&1 & pid=$!
      until test -s "$(find .git/annex/annexe/partial -type f 2>/dev/null)"; do sleep 0.02; done
      git annex info --fast >info
      git annex get h1 >second 2>&1 && exit 3
      PATH="/usr/bin:$PATH" git-annex info --fast >info.real
      PATH="/usr/bin:$PATH" git-annex get h1 >real 2>&1 && exit 4
      kill -9 $pid; wait $pid; true`
    const env = { LC_ALL: 'C' }
    repo.run(['sh', '-c', script], { env })
    for (const name of ['info', 'info.real'])
      expect(repo.read(name).toString()).toContain('\n\tdownloading h1 from web\n')
    for (const name of ['second', 'real'])
      expect(repo.read(name).toString()).toContain(
        'transfer already in progress, or unable to take transfer lock',
      )
    expect(notesIn(repo, 'download')).not.toEqual([])
    expect(repo.annex('info', '--fast').stdout).toContain('transfers in progress: none')
    expect(notesIn(repo, 'download/00000000-0000-0000-0000-000000000001')).toEqual([])
    expect(temporary(repo)).toEqual([key])
    repo.annex('registerurl', key, web.url('/file/h1'))
    repo.annex('rmurl', 'h1', web.url('/held/h1'))
    repo.annex('get', '--incomplete')
    expectContent(repo, 'h1', someBytes(200_000, 1))
    expect((await web.seen('/file/h1')).map(({ range }) => range)).toEqual(['bytes=100000-'])
    expect(temporary(repo)).toEqual([])
    expect(notesIn(repo, 'download')).toEqual([])
  })

  test('that failed is noted, and taken up by --failed, as git-annex does', () => {
    const repo = makeRepo('/dead', ['f1', 'f2'])
    expect(repo.tryAnnex('get', '.').status).toBe(1)
    expect(notesIn(repo, 'failed/download')).toHaveLength(2)
    expect(repo.tryAnnex('get', '--failed', 'f1').stderr).toContain('Can only specify one of')
    for (const name of ['f1', 'f2'])
      repo.annex('registerurl', keyOf(repo, name), web.url(`/file/${name}`))
    // Either program takes up what the other could not do.
    expect(repo.realAnnex('get', '--failed', '--json').stdout).toContain('"success":true')
    repo.annex('drop', '--force', 'f1')
    const failed = repo.tryAnnex('get', '--failed')
    expect([failed.status, failed.stdout]).toEqual([0, ''])
    expect(notesIn(repo, 'failed')).toEqual([])
  })
})

test('git annex get from a path sweeps what an earlier download has left', () => {
  const repo = scratch.repo(`r${count++}`)
  repo.annex('init')
  repo.write('f', someBytes(5000, 1))
  repo.annex('add', 'f')
  repo.git('commit', '-qm', 'f')
  const clone = scratch.clone(repo, `c${count++}`)
  clone.annex('init')
  clone.run(['mkdir', '-p', '.git/annex/tmp'])
  writeFileSync(clone.path('.git/annex/tmp', keyOf(clone, 'f')), 'part')
  clone.annex('get', '--incomplete')
  expectContent(clone, 'f', someBytes(5000, 1))
  expect(temporary(clone)).toEqual([])
})

describe('attempts', () => {
  test('go on where one broke off, as long as that leads further', async () => {
    const repo = makeRepo('/flaky', ['a1'])
    repo.annex('get', 'a1')
    expectContent(repo, 'a1', someBytes(200_000, 1))
    const requests = await web.seen('/flaky/a1')
    expect(requests.map(({ range }) => range)).toEqual([null, 'bytes=100000-'])
  })

  test('are made again as often as annex.retry says, for one remote if it says so', async () => {
    const repo = makeRepo('/dead', ['b1'])
    const args = ['-c', 'annex.retry=7', '-c', 'remote.web.annex-retry=2']
    const { status, stdout } = repo.tryAnnex(...args, '-c', 'annex.retry-delay=0', 'get', 'b1')
    expect([status, stdout]).toEqual([1, expect.stringContaining('failed')])
    expect(await web.seen('/dead/b1')).toHaveLength(3)
    expect(repo.tryAnnex('-c', 'annex.retry=often', 'get', 'b1').stderr).toContain(
      'Bad value "often" for "annex.retry"',
    )
  })

  test('that stall are broken off by annex.stalldetection', async () => {
    const repo = makeRepo('/stuck', ['s1'])
    const { stderr } = repo.annex('-c', 'annex.stalldetection=10kb/1s', 'get', 's1')
    expect(stderr).toContain('Transfer stalled')
    expectContent(repo, 's1', someBytes(200_000, 1))
    expect((await web.seen('/stuck/s1')).map(({ range }) => range)).toEqual([null, 'bytes=100000-'])
  })

  test('are held back to annex.bwlimit, from the web and from a path', () => {
    const repo = makeRepo('/file', ['w1'], 3 << 20)
    const before = Date.now()
    repo.annex('-c', 'remote.web.annex-bwlimit=6MB', 'get', 'w1')
    const clone = scratch.clone(repo, `c${count++}`)
    clone.annex('-c', 'annex.bwlimit-download=6MB', 'get', 'w1')
    expect(Date.now() - before).toBeGreaterThan(700)
    expectContent(clone, 'w1', someBytes(3 << 20, 1))
  })
})
