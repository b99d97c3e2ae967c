import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { GitConfig } from '../../../src/git/config.js'
import { type DownloadOptions, download, inquire } from '../../../src/remotes/download.js'
import { DownloadFile } from '../../../src/remotes/download-file.js'
import { HttpClient } from '../../../src/remotes/http-client.js'
import { someBytes, useScratch } from '../../support/scratch.js'
import { useWebServer } from '../../support/web-server.js'

const scratch = useScratch()
const server = useWebServer(scratch)
const CONTENT = someBytes(100_000)

const clientWith = (...settings: string[]) => new HttpClient(new GitConfig('', settings))
const ALLOWED = 'annex.security.allowed-ip-addresses=127.0.0.1'
const client = clientWith(ALLOWED, 'annex.web-timeout=1')

let count = 0

/** Downloads to a file that holds the beginning of the content already. */
async function fetchUrl(
  url: string,
  { earlier = 0, by = client, sizeBytes = undefined as number | undefined, ...options } = {} as {
    earlier?: number
    by?: HttpClient
    sizeBytes?: number
  } & DownloadOptions,
): Promise<Buffer> {
  server.put('content', CONTENT)
  const path = scratch.path(`download${count++}`)
  if (earlier > 0) writeFileSync(path, CONTENT.subarray(0, earlier))
  using file = new DownloadFile(path, { sizeBytes })
  try {
    await download(by, new URL(url), { file, resumes: earlier > 0, ...options })
  } finally {
    file[Symbol.dispose]()
    lastPath = path
  }
  return readFileSync(path)
}
let lastPath = ''

describe('download()', () => {
  test.each([
    '/file/content',
    '/chunked/content',
    '/norange/content',
    '/redirect?to=/file/content',
  ])('of %s yields the content', async (path) => {
    const seen: number[] = []
    const onProgress = (done: number) => seen.push(done)
    expect((await fetchUrl(server.url(path), { onProgress })).equals(CONTENT)).toBe(true)
    expect(seen.at(-1)).toBe(CONTENT.length)
  })

  test('asks for the rest only', async () => {
    server.put('resumed', CONTENT)
    const content = await fetchUrl(server.url('/file/resumed'), { earlier: 60_000 })
    expect(content.equals(CONTENT)).toBe(true)
    expect(await server.seen('/file/resumed')).toEqual([
      { method: 'GET', url: '/file/resumed', range: 'bytes=60000-' },
    ])
  })

  test('begins anew where a server knows no ranges', async () => {
    const content = await fetchUrl(server.url('/norange/content'), { earlier: 60_000 })
    expect(content.equals(CONTENT)).toBe(true)
  })

  test('finds that nothing is missing', async () => {
    const content = await fetchUrl(server.url('/file/content'), { earlier: CONTENT.length })
    expect(content.equals(CONTENT)).toBe(true)
  })

  test('begins anew when the content has become shorter than what is there', async () => {
    server.put('shorter', 'other')
    const content = await fetchUrl(server.url('/file/shorter'), { earlier: 60_000 })
    expect(content.toString()).toBe('other')
  })

  test('of a connection that breaks is an error and keeps what came', async () => {
    await expect(fetchUrl(server.url('/truncate/content'))).rejects.toMatchObject({
      code: 'REMOTE_UNAVAILABLE',
      message: 'the connection was closed before everything came',
    })
    expect(readFileSync(lastPath).equals(CONTENT.subarray(0, CONTENT.length / 2))).toBe(true)
  })

  test.each(['/hang/content', '/silent'])('of %s is given up', async (path) => {
    await expect(fetchUrl(server.url(path))).rejects.toMatchObject({
      code: 'REMOTE_UNAVAILABLE',
      message: 'nothing came for 1 seconds',
    })
  })

  test('of a slow server is not given up', async () => {
    expect((await fetchUrl(server.url('/slow/content'))).equals(CONTENT)).toBe(true)
  })

  test.each([
    ['/status/404', 'CONTENT_MISSING', 'Not Found'],
    ['/status/500', 'REMOTE_UNAVAILABLE', 'Internal Server Error'],
    ['/loop', 'REMOTE_UNAVAILABLE', 'too many redirects'],
    ['/redirect?to=file:///etc/passwd', 'URL_REFUSED', 'redirects to file:///etc/passwd'],
    ['/redirect?to=ftp://127.0.0.1/x', 'URL_REFUSED', 'which is no web address'],
    ['/redirect?to=http://10.1.2.3/x', 'URL_REFUSED', 'does not allow accessing address 10.1.2.3'],
    ['/redirect?to=http://[::1]/x', 'URL_REFUSED', 'does not allow accessing address ::1'],
  ])('of %s fails with %s', async (path, code, message) => {
    await expect(fetchUrl(server.url(path))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
  })

  test.each([
    ['/long/content', CONTENT.length],
    ['/chunked/content', 1000],
    ['/file/content', CONTENT.length - 1],
  ])('of %s stops when it is more than %d bytes', async (path, sizeBytes) => {
    await expect(fetchUrl(server.url(path), { sizeBytes })).rejects.toMatchObject({
      code: 'CONTENT_MISMATCH',
    })
  })

  test('sends the headers of annex.http-headers', async () => {
    const by = clientWith(ALLOWED, 'annex.http-headers=Range: bytes=99990-')
    expect(await fetchUrl(server.url('/norange/content'), { by })).toHaveLength(100_000)
    expect(await fetchUrl(server.url('/file/content'), { by })).toHaveLength(10)
  })
})

describe('addresses', () => {
  const refused = { code: 'URL_REFUSED', message: expect.stringContaining('127.0.0.1') }

  test('of this machine are refused unless they are allowed', async () => {
    const port = server.port
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '127.1'])
      await expect(
        fetchUrl(`http://${host}:${port}/file/content`, { by: clientWith() }),
      ).rejects.toMatchObject(refused)
  })

  test('are those that a name leads to', async () => {
    const url = `http://localhost:${server.port}/file/content`
    await expect(fetchUrl(url, { by: clientWith() })).rejects.toMatchObject({
      code: 'URL_REFUSED',
      message: expect.stringMatching(/does not allow accessing address (127\.0\.0\.1|::1)$/),
    })
    expect((await fetchUrl(url)).equals(CONTENT)).toBe(true)
  })

  test('can be allowed at one port only, or all', async () => {
    const url = server.url('/file/content')
    const setting = 'annex.security.allowed-ip-addresses'
    const right = clientWith(`${setting}=[127.0.0.1]:${server.port} 10.0.0.1`)
    expect((await fetchUrl(url, { by: right })).equals(CONTENT)).toBe(true)
    const wrong = clientWith(`${setting}=[127.0.0.1]:1 [::1]`)
    await expect(fetchUrl(url, { by: wrong })).rejects.toMatchObject(refused)
    expect((await fetchUrl(url, { by: clientWith(`${setting}=all`) })).equals(CONTENT)).toBe(true)
    const old = clientWith('annex.security.allowed-http-addresses=127.0.0.1')
    expect((await fetchUrl(url, { by: old })).equals(CONTENT)).toBe(true)
  })
})

describe('schemes', () => {
  test('are http, https and ftp unless others are allowed', async () => {
    const url = `file://${scratch.path('www/content')}`
    await expect(fetchUrl(url)).rejects.toMatchObject({
      code: 'URL_REFUSED',
      message: `Configuration of annex.security.allowed-url-schemes does not allow accessing ${url}`,
    })
    const by = clientWith('annex.security.allowed-url-schemes=file')
    expect((await fetchUrl(url, { by })).equals(CONTENT)).toBe(true)
    await expect(fetchUrl(server.url('/file/content'), { by })).rejects.toMatchObject({
      code: 'URL_REFUSED',
    })
  })
})

describe('inquire()', () => {
  const ask = (path: string) => inquire(client, new URL(server.url(path)))

  test('tells size and proposed name', async () => {
    server.put('content', CONTENT)
    const name = encodeURIComponent('attachment; filename="some name.txt"')
    expect(await ask(`/named/content?as=${name}`)).toEqual({
      sizeBytes: CONTENT.length,
      suggestedName: 'some name.txt',
    })
    const plain = { sizeBytes: CONTENT.length, suggestedName: undefined }
    expect(await ask('/file/content')).toEqual(plain)
    expect(await ask('/nohead/content')).toEqual({ ...plain })
  })

  test('tells what is not there from what cannot be asked', async () => {
    expect(await ask('/status/404')).toBeUndefined()
    expect(await ask('/status/410')).toBeUndefined()
    await expect(ask('/status/500')).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    await expect(inquire(client, new URL('http://127.0.0.1:1/'))).rejects.toMatchObject({
      code: 'REMOTE_UNAVAILABLE',
    })
  })
})
