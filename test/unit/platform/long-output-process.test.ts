import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { LongOutputProcess } from '../../../src/platform/long-output-process.js'
import { sendFilePart } from '../../../src/platform/send-file.js'
import { runWithBun } from '../../support/bun.js'
import { PROJECT, useScratch } from '../../support/scratch.js'

const scratch = useScratch()

/** What the platform floor has for long contents. */
const IMPORTS = ['long-output-process', 'send-file'].map(
  (name) =>
    `import * as ${name.replaceAll('-', '')} from '${join(PROJECT, 'src/platform')}/${name}.ts'`,
)

const run = (source: string, input?: string) =>
  runWithBun(scratch, `${IMPORTS.join('\n')}\n${source}`, input)

describe('LongOutputProcess', () => {
  test('brings what a program writes, in order, whether asked for chunks or into a place', () => {
    const { status, lines } = run(`
      import { createHash } from 'node:crypto'
      const script = 'cat; head -c 5000000 /dev/zero; sleep 0.05; printf last'
      const child = longoutputprocess.LongOutputProcess.start(['sh', '-c', script])!
      await child.write(Buffer.from('first'))
      const first = await child.read()
      console.log(first!.toString())
      child.closeInput()
      const place = Buffer.alloc(300_000)
      const hash = createHash('sha256')
      let count = 0
      for (let bytes; (bytes = await child.readInto(place)) > 0; count += bytes)
        hash.update(place.subarray(0, bytes))
      const whole = Buffer.concat([Buffer.alloc(5_000_000), Buffer.from('last')])
      const expected = createHash('sha256').update(whole).digest('hex')
      console.log(count === whole.length && hash.digest('hex') === expected)
      console.log(await child.read(), await child.exited)
    `)
    expect(lines).toEqual(['first', 'true', 'undefined 0'])
    expect(status).toBe(0)
  })

  test('ends when the program is killed, or was never there, while somebody waits', () => {
    const { status, lines } = run(`
      const { LongOutputProcess } = longoutputprocess
      const child = LongOutputProcess.start(['sleep', '60'])!
      setTimeout(() => child.kill(), 30)
      console.log(await child.read(), await child.exited)
      const none = LongOutputProcess.start(['/no/such/program'])!
      console.log(await none.read(), await none.exited)
    `)
    expect(lines).toEqual(['undefined 143', 'undefined 127'])
    expect(status).toBe(0)
  })

  test('does not start on Node', () => {
    expect(LongOutputProcess.start(['true'])).toBeUndefined()
  })
})

describe('sendFilePart()', () => {
  test('sends a part of a file through a pipe, and tells how much of it there was', () => {
    const file = scratch.path('file')
    writeFileSync(file, Buffer.from('0123456789'.repeat(300_000)))
    const source = `
      import { closeSync, openSync } from 'node:fs'
      const fd = openSync('${file}', 'r')
      const part = { fd, offset: 2_000_001, length: 2_000_000 }
      let left = 999_999
      for (let sent = 1; sent > 0; left -= sent) {
        sent = sendfile.sendFilePart(1, part)
        part.offset += sent
      }
      console.error(left)
    `
    const { lines } = run(source, '{ "$0" run "$1" 2>&3 | tail -c 999999 | md5sum; } 3>&1')
    const sum = spawnSync('sh', ['-c', `tail -c 999999 '${file}' | md5sum`]).stdout.toString()
    expect(lines.sort()).toEqual(['0', sum.trim()].sort())
  })

  test('sends nothing on Node', () => {
    expect(sendFilePart(1, { fd: 0, offset: 0, length: 1 })).toBe(0)
  })
})
