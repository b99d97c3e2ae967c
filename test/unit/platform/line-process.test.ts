import { chmodSync, writeFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { LineProcess } from '../../../src/platform/line-process.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()
let count = 0

function start(code: string): LineProcess {
  const path = scratch.path(`program${count++}`)
  writeFileSync(path, `#!/bin/sh\n${code}\n`)
  chmodSync(path, 0o755)
  return LineProcess.start(path)
}

const ECHO = 'while IFS= read -r line; do printf "got %s\\n" "$line"; done'

test('readLine() answers line after line, bytes as they are', () => {
  using program = start(ECHO)
  for (const line of ['one', 'two  words', '\xc3\xa9\xff'] as const) {
    program.writeLine(line)
    expect(program.readLine(5000)).toEqual({ kind: 'line', text: `got ${line}` })
  }
})

test('readLine() keeps what came with an earlier line', () => {
  using program = start('printf "a\\nb\\nc\\n"; cat >/dev/null')
  const lines = [1, 2, 3].map(() => program.readLine(5000))
  expect(lines).toEqual(['a', 'b', 'c'].map((text) => ({ kind: 'line', text })))
})

test('readLine() gives up on a program that says nothing', () => {
  using program = start('cat >/dev/null')
  const startMs = performance.now()
  expect(program.readLine(200)).toEqual({ kind: 'silence' })
  expect(performance.now() - startMs).toBeLessThan(30_000)
})

test('readLine() tells the end, also of a program that cannot be started', () => {
  using ended = start('printf unfinished; exit 3')
  expect(ended.readLine(5000)).toEqual({ kind: 'end' })
  using missing = LineProcess.start(scratch.path('no-such-program'))
  expect(missing.readLine(5000)).toEqual({ kind: 'end' })
})

test('readLine() stops reading a line that does not end', () => {
  using program = start('yes | tr -d "\\n"')
  expect(program.readLine(5000)).toEqual({ kind: 'endless' })
  program.kill()
})

test('writeLine() to a program that has ended is no error', () => {
  using program = start('exit 0')
  expect(program.readLine(5000)).toEqual({ kind: 'end' })
  expect(() => program.writeLine('more')).not.toThrow()
})
