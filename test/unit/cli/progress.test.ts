import { describe, expect, test } from '@jest/globals'
import { formatProgress, formatSeconds, ProgressBar } from '../../../src/cli/progress.js'
import { MemoryOutput } from '../../support/memory-output.js'

const half = { doneBytes: 512 << 20, totalBytes: 1 << 30, bytesPerSecond: 64 << 20 }

describe('formatProgress()', () => {
  test('shows bar, share, bytes, rate and time left', () => {
    expect(formatProgress('get f ', half, 60)).toBe(
      'get f [#######.......]  50%   512 MiB  64.0 MiB/s  0:08 left',
    )
  })

  test.each([80, 40, 30, 20, 10, 5])('never has more than %i characters', (columns) => {
    const text = formatProgress(`get ${'long/'.repeat(30)}f `, half, columns)
    expect(text.length).toBeLessThanOrEqual(columns)
  })

  test('cuts a long name in front, where files differ least', () => {
    expect(formatProgress('get a/very/long/directory/name/file ', half, 62)).toContain('…')
    expect(formatProgress('get a/very/long/directory/name/file ', half, 62)).toContain('name/file ')
  })

  test('shows bytes alone when the size is unknown', () => {
    const sample = { doneBytes: 1536, totalBytes: undefined, bytesPerSecond: undefined }
    expect(formatProgress('get f ', sample, 80)).toBe('get f  1.5 KiB')
  })

  test('takes an empty content for done', () => {
    const sample = { doneBytes: 0, totalBytes: 0, bytesPerSecond: undefined }
    expect(formatProgress('get f ', sample, 80)).toContain('100%')
  })
})

describe('formatSeconds()', () => {
  test.each([
    [0, '0:00'],
    [7.4, '0:07'],
    [750, '12:30'],
    [11100, '3:05:00'],
    [-1, '0:00'],
  ])('shows %d as %s', (seconds, shown) => {
    expect(formatSeconds(seconds)).toBe(shown)
  })
})

describe('ProgressBar', () => {
  test('draws nothing where no terminal is', () => {
    const out = new MemoryOutput()
    let nowMs = 0
    const bar = new ProgressBar(out, () => nowMs++)
    for (let i = 0; i < 1000; i++) bar.update('get f ', i, 1000)
    bar.erase('get f ')
    expect(out.stdout).toBe('')
  })

  test('draws nothing for what is over in no time', () => {
    const out = new MemoryOutput({ isTerminal: true })
    const bar = new ProgressBar(out, () => 5)
    for (let i = 0; i < 1000; i++) bar.update('get f ', i, 1000)
    bar.erase('get f ')
    expect(out.stdout).toBe('')
  })

  test('draws ten times a second, and leaves the line as it was', () => {
    const out = new MemoryOutput({ isTerminal: true })
    let nowMs = 0
    const bar = new ProgressBar(out, () => nowMs++)
    for (let i = 0; i <= 1000; i++) bar.update('get f ', i, 1000)
    bar.erase('get f ')
    expect(out.stdout.match(/%/g)).toHaveLength(10)
    expect(out.stdout).toContain(' 50%     500 B  1000 B/s  0:01 left')
    expect(out.stdout.endsWith('\r\x1b[Kget f ')).toBe(true)
  })

  test('takes what an earlier transfer had done for no part of the rate', () => {
    const out = new MemoryOutput({ isTerminal: true })
    let nowMs = 0
    const bar = new ProgressBar(out, () => nowMs)
    bar.update('get f ', 1_000_000, 2_000_000)
    nowMs = 1000
    bar.update('get f ', 1_000_100, 2_000_000)
    expect(out.stdout).toContain(' 100 B/s')
  })
})
