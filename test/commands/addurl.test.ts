import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectContent, expectInGit, expectPointer, listObjects } from '../support/expect.js'
import { PairedRepos } from '../support/paired-repos.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'
import { allowLoopback, useWebServer } from '../support/web-server.js'

const scratch = useScratch()
const server = useWebServer(scratch)
const CONTENT = someBytes(100_000)

function makePair(): PairedRepos {
  server.put('big.bin', CONTENT)
  server.put('small.txt', 'hello\n')
  server.put('sub/a b.tar.gz', 'archive')
  return PairedRepos.make(scratch, allowLoopback)
}

function makeRepo(name: string): ScratchRepo {
  server.put('big.bin', CONTENT)
  server.put('small.txt', 'hello\n')
  const repo = scratch.repo(name)
  repo.annex('init')
  allowLoopback(repo)
  return repo
}

/** The path of a file that the server offers under a name of its own. */
const named = (name: string) =>
  `/named/small.txt?as=${encodeURIComponent(`attachment; filename="${name}"`)}`

describe('git annex addurl, as git-annex', () => {
  test('downloads into the annex', () => {
    const pair = makePair()
    pair.each((repo) => repo.write('.gitattributes', '*.gz annex.backend=SHA1E\n'))
    const urls = ['/file/big.bin', '/file/sub/a%20b.tar.gz', '/redirect?to=/file/small.txt']
    pair.same(['addurl', ...urls.map((path) => server.url(path))])
    pair.same(['addurl', server.url('/file/big.bin')])
    pair.same(['addurl', '--json', '--file=x/y.z', server.url('/file/small.txt?q#f')])
    pair.same(['addurl', '--backend=MD5', '--file=m', server.url('/file/small.txt?m')])
    pair.expectSame()
  })

  test('notes what it does not download', () => {
    const pair = makePair()
    pair.same(['addurl', '--fast', server.url('/file/big.bin'), server.url('/status/404')])
    pair.same(['addurl', '--relaxed', server.url('/file/big.bin?r'), server.url('/status/404')])
    pair.same(['addurl', '--fast', '--json', '--file=j', server.url('/file/small.txt')])
    pair.expectSame()
  })

  test('names files', () => {
    const pair = makePair()
    const path = server.url('/file/sub/a%20b.tar.gz')
    const odd = [
      "~a+b$c;d,e!(f)*'[g]_-h@i&j=k",
      '.hidden',
      '%C3%A9',
      'été',
      'x y',
      `${'a'.repeat(300)}/b`,
    ]
    pair.same(['addurl', '--relaxed', ...odd.map((name) => `http://Example.com/${name}`)])
    pair.same(['addurl', '--relaxed', '--pathdepth=1', `${path}?1`, 'http://h/a/../../b//c'])
    pair.same(['addurl', '--relaxed', '--pathdepth=-2', '--prefix=p_', '--suffix=_s', `${path}?2`])
    pair.same(['addurl', '--relaxed', '--pathdepth=0', path])
    const proposed = ['disp na:me.txt', '../evil.txt', '', 'a\\"b']
      .map(named)
      .map((p) => server.url(p))
    pair.same(['addurl', '--fast', ...proposed])
    pair.each((repo) => repo.write('taken', ''))
    pair.same([
      'addurl',
      '--fast',
      '--prefix=p/',
      ...['free', 'taken'].map((n) => server.url(named(n))),
    ])
    pair.same(['addurl', '--fast', '--preserve-filename', server.url(named('dir/as it is?.txt'))])
    for (const name of ['/abs', '.git/hooks/x'])
      expect(
        pair.same(['addurl', '--fast', '--preserve-filename', server.url(named(name))]).status,
      ).toBe(1)
    pair.expectSame()
  })

  test('adds further urls to annexed files', () => {
    const pair = makePair()
    pair.same(['addurl', '--file=f', server.url('/file/big.bin')])
    pair.same(['addurl', '--file=f', server.url('/file/big.bin?2')])
    pair.same(['addurl', '--file=f', '--fast', server.url('/file/big.bin?3')])
    const wrong = pair.same(['addurl', '--file=f', '--fast', server.url('/file/small.txt')])
    expect(wrong.status).toBe(1)
    pair.same(['addurl', '--file=f', '--relaxed', server.url('/file/small.txt?4')])
    expect(pair.same(['addurl', '--file=f', '--fast', server.url('/status/404')]).status).toBe(1)
    pair.expectSame()
  })

  test('answers a batch', () => {
    const pair = makePair()
    const lines = (...texts: string[]) => ({ input: texts.map((text) => `${text}\n`).join('') })
    const [a, b, c] = ['a', 'b', 'c'].map((query) => server.url(`/file/small.txt?${query}`))
    pair.same(['addurl', '--batch', '--json'], lines(a!, server.url('/status/404'), b!))
    pair.same(['addurl', '--batch', '--with-files'], lines(`${c} dir/na me.txt`))
    expect(pair.same(['addurl', '--batch', '--with-files'], lines(c!)).status).toBe(1)
    pair.expectSame()
  })

  test('leaves files in its way alone', () => {
    const pair = makePair()
    pair.each((repo) => {
      repo.write('plain', 'plain')
      repo.write('.gitignore', 'ignored\n')
    })
    const url = server.url('/file/small.txt')
    expect(pair.same(['addurl', '--file=plain', url]).status).toBe(1)
    expect(pair.same(['addurl', '--file=ignored', url]).status).toBe(1)
    pair.same(['addurl', '--file=ignored', '--no-check-gitignore', url])
    expect(pair.same(['addurl', 'notaurl', '/etc/passwd']).status).toBe(1)
    pair.expectSame()
  })
})

describe('git annex addurl', () => {
  test('puts small files into git where annex.largefiles says so', () => {
    const repo = makeRepo('largefiles')
    repo.git('config', 'annex.largefiles', 'largerthan=1kb and (not mimetype=text/*)')
    const urls = ['/file/small.txt', '/file/big.bin'].map((path) => server.url(path))
    repo.annex('addurl', '--pathdepth=-1', ...urls)
    expectInGit(repo, 'small.txt')
    expectPointer(repo, 'big.bin')
    expectContent(repo, 'big.bin', CONTENT)
  })

  test('makes links where annex.addunlocked is false', () => {
    const repo = makeRepo('locked')
    repo.git('config', 'annex.addunlocked', 'false')
    repo.annex('addurl', '--file=sub/f', server.url('/file/big.bin'))
    expect(repo.git('ls-files', '-s').stdout).toMatch(/^120000 /)
    expectContent(repo, 'sub/f', CONTENT)
    expect(repo.realAnnex('fsck').status).toBe(0)
  })

  test('names files relative to the current directory', () => {
    const repo = makeRepo('subdirectory')
    mkdirSync(repo.path('sub'))
    const cwd = repo.path('sub')
    const argv = ['git', 'annex', 'addurl', '--file=x/f', server.url('/file/small.txt')]
    expect(repo.run(argv, { cwd }).stdout).toContain('(to x/f) ok')
    expectPointer(repo, 'sub/x/f')
  })

  test.each(['../outside', '.git/hooks/post-rewrite', 'link/f'])('refuses to make %s', (file) => {
    const repo = makeRepo(`refuse-${file.replace(/\W/g, '_')}`)
    mkdirSync(scratch.path('elsewhere'), { recursive: true })
    symlinkSync(scratch.path('elsewhere'), repo.path('link'))
    for (const option of ['--fast', '--relaxed', '--no-raw']) {
      const run = repo.tryAnnex('addurl', option, `--file=${file}`, server.url('/file/small.txt'))
      expect(run.stderr).toContain('is outside of the work tree')
      expect(run.status).toBe(1)
    }
    expect(existsSync(repo.path(file))).toBe(false)
  })

  test.each([
    ['/truncate/big.bin', 'the connection was closed before everything came'],
    ['/hang/big.bin', 'nothing came for 1 seconds'],
    ['/redirect?to=file:///etc/passwd', 'redirects to file:///etc/passwd'],
    ['/redirect?to=http://192.168.1.1/x', 'does not allow accessing address 192.168.1.1'],
    ['/status/500', 'Internal Server Error'],
  ])('of %s fails and leaves nothing behind', (path, message) => {
    const repo = makeRepo(`failing-${path.replace(/\W/g, '_')}`)
    repo.git('config', 'annex.web-timeout', '1')
    const { status, stderr } = repo.tryAnnex('addurl', server.url(path))
    expect(stderr).toContain(message)
    expect(status).toBe(1)
    expect(repo.git('status', '--porcelain').stdout).toBe('')
    expect([...listObjects(repo).keys()]).toEqual([])
    expect(repo.run(['find', '.git/annex', '-path', '*annexe/tmp/*']).stdout).toBe('')
  })

  test('refuses this machine and other schemes unless they are allowed', () => {
    const repo = makeRepo('refused')
    repo.git('config', '--unset', 'annex.security.allowed-ip-addresses')
    const url = server.url('/file/small.txt')
    for (const option of ['--fast', '--no-raw']) {
      const { stderr } = repo.tryAnnex('addurl', option, url, 'file:///etc/passwd')
      expect(stderr).toContain('allowed-ip-addresses does not allow accessing address 127.0.0.1')
      expect(stderr).toContain('allowed-url-schemes does not allow accessing file:///etc/passwd')
    }
    repo.git('config', 'annex.security.allowed-url-schemes', 'file')
    repo.annex('addurl', '--file=f', `file://${scratch.path('www/big.bin')}`)
    expectContent(repo, 'f', CONTENT)
  })

  test('says that torrents are not built yet', () => {
    const repo = makeRepo('torrent')
    const { stderr } = repo.tryAnnex('addurl', '--relaxed', 'magnet:?xt=urn:btih:00')
    expect(stderr).toContain('Adding torrents is not built yet')
  })
})
