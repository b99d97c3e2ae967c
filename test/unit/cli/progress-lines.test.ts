import { expect, test } from '@jest/globals'
import { ProgressLines } from '../../../src/cli/progress-lines.js'
import { MemoryOutput } from '../../support/memory-output.js'

test('ProgressLines shows one line an item below what is printed', () => {
  const out = new MemoryOutput({ isTerminal: true })
  let nowMs = 0
  const lines = new ProgressLines(out, () => nowMs)
  const [a, b] = [{}, {}]
  lines.set(a, () => 'get a 1%')
  lines.set(b, () => 'get b 1%')
  expect(out.stdout).toBe('get a 1%\n')
  nowMs = 200
  lines.set(a, () => 'get a 2%')
  expect(out.stdout).toBe('get a 1%\n\x1b[1A\r\x1b[Jget a 2%\nget b 1%\n')
  out.stdout = ''
  lines.end(a, () => out.write('get a ok\n'))
  expect(out.stdout).toBe('\x1b[2A\r\x1b[Jget a ok\nget b 1%\n')
  out.stdout = ''
  lines.end(b, () => out.write('get b ok\n'))
  expect(out.stdout).toBe('\x1b[1A\r\x1b[Jget b ok\n')
})

test('ProgressLines draws nothing where nobody looks', () => {
  const out = new MemoryOutput()
  const lines = new ProgressLines(out)
  lines.set({}, () => 'get a')
  lines.above(() => out.write('(merging)\n'))
  expect(out.stdout).toBe('(merging)\n')
})
