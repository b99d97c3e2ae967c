// A web server for tests, on loopback, that behaves as its paths say. Run as a process of its own,
// because tests wait for commands synchronously; its first line of output is its port.
//
//   /file/NAME            NAME from the directory given, with ranges and HEAD
//   /norange/NAME         the same without ranges        /nohead/NAME   HEAD is refused
//   /chunked/NAME         without a length
//   /named/NAME?as=X      with a Content-Disposition of X, taken literally
//   /truncate/NAME        promises all, sends half and closes the connection
//   /short/NAME           promises, and sends, half of it     /long/NAME    sends twice as much
//   /hang/NAME            sends half and then nothing more    /silent       never answers
//   /slow/NAME            in ten pieces over a second
//   /private/NAME         as file, for the user "me" with the password "secret" only
//   /together/N/NAME      answers when N requests of this kind have come
//   /held/NAME            sends half, and the rest when there is a file NAME.go
//   /flaky/NAME           the first time as truncate, then as file
//   /stuck/NAME           the first time as hang, then as file
//   /dead/NAME            closes the connection at once
//   /redirect?to=URL      302 there, with any text of URL     /loop         302 to itself
//   /status/CODE          just that                           /log          the requests so far
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

const dir = process.argv[2]
const log = []
const together = []
const seen = new Set()

const answers = {
  file: (request, response, path) => sendFile(request, response, path, true),
  norange: (request, response, path) => sendFile(request, response, path, false),
  nohead: (request, response, path) =>
    request.method === 'HEAD'
      ? response.writeHead(405).end()
      : sendFile(request, response, path, true),
  chunked: (_, response, path) => {
    response.writeHead(200)
    createReadStream(path).pipe(response)
  },
  named: (request, response, path, url) => {
    const disposition = decodeURIComponent(url.search.slice('?as='.length))
    response.setHeader('Content-Disposition', disposition)
    sendFile(request, response, path, true)
  },
  truncate: (_, response, path) => {
    const content = readFileSync(path)
    response.writeHead(200, { 'Content-Length': content.length })
    response.write(content.subarray(0, content.length / 2), () => response.destroy())
  },
  short: (_, response, path) => {
    const content = readFileSync(path)
    const half = content.subarray(0, content.length / 2)
    response.writeHead(200, { 'Content-Length': half.length }).end(half)
  },
  long: (_, response, path) => {
    const content = readFileSync(path)
    response.writeHead(200, { 'Content-Length': content.length * 2 })
    response.end(Buffer.concat([content, content]))
  },
  hang: (_, response, path) => {
    const content = readFileSync(path)
    response.writeHead(200, { 'Content-Length': content.length })
    response.write(content.subarray(0, content.length / 2))
  },
  private: (request, response, path) => {
    const expected = `Basic ${Buffer.from('me:secret').toString('base64')}`
    if (request.headers.authorization === expected) return sendFile(request, response, path, true)
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="test"' }).end()
  },
  together: (request, response, _, url) => {
    const [count, ...names] = url.pathname.split('/').slice(2)
    together.push(() => sendFile(request, response, join(dir, ...names), true))
    if (together.length >= Number(count)) for (const answer of together.splice(0)) answer()
  },
  held: async (_, response, path) => {
    const content = readFileSync(path)
    response.writeHead(200, { 'Content-Length': content.length })
    response.write(content.subarray(0, content.length / 2))
    while (!existsSync(`${path}.go`)) await new Promise((resolve) => setTimeout(resolve, 10))
    response.end(content.subarray(content.length / 2))
  },
  flaky: (...request) => (isFirst(request[2]) ? answers.truncate : answers.file)(...request),
  stuck: (...request) => (isFirst(request[2]) ? answers.hang : answers.file)(...request),
  dead: (request) => request.destroy(),
  silent: () => {},
  slow: async (_, response, path) => {
    const content = readFileSync(path)
    response.writeHead(200, { 'Content-Length': content.length })
    const piece = Math.ceil(content.length / 10)
    for (let at = 0; at < content.length; at += piece) {
      response.write(content.subarray(at, at + piece))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    response.end()
  },
  redirect: (_, response, __, url) => {
    response.writeHead(302, { Location: decodeURIComponent(url.search.slice('?to='.length)) }).end()
  },
  loop: (request, response) => response.writeHead(302, { Location: request.url }).end(),
  status: (_, response, __, url) => response.writeHead(Number(url.pathname.split('/')[2])).end(),
  log: (_, response) => response.writeHead(200).end(JSON.stringify(log)),
}

function isFirst(path) {
  if (seen.has(path)) return false
  return seen.add(path)
}

function sendFile(request, response, path, hasRanges) {
  if (!existsSync(path)) return response.writeHead(404).end('not found')
  const { size } = statSync(path)
  const range = hasRanges && /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
  const start = range ? Number(range[1]) : 0
  if (range && start >= size) {
    response.writeHead(416, { 'Content-Range': `bytes */${size}` }).end()
    return
  }
  if (range) response.setHeader('Content-Range', `bytes ${start}-${size - 1}/${size}`)
  response.writeHead(range ? 206 : 200, { 'Content-Length': size - start })
  if (request.method === 'HEAD') response.end()
  else createReadStream(path, { start }).pipe(response)
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost')
  const [, kind, ...names] = url.pathname.split('/')
  if (kind !== 'log')
    log.push({ method: request.method, url: request.url, range: request.headers.range ?? null })
  const path = join(dir, decodeURIComponent(names.join('/')))
  const answer = answers[kind]
  if (answer) answer(request, response, path, url)
  else response.writeHead(404).end()
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
