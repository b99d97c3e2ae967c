import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { readRequests } from '../../../src/cli/batch.js'

const dir = mkdtempSync(join(tmpdir(), 'annexe-batch-'))
afterAll(() => rmSync(dir, { recursive: true }))

function requests(input: string, z = false): string[] {
  const path = join(dir, 'input')
  writeFileSync(path, input, 'latin1')
  const fd = openSync(path, 'r')
  try {
    return [...readRequests({ z }, fd)]
  } finally {
    closeSync(fd)
  }
}

describe('readRequests()', () => {
  test.each([
    ['', []],
    ['a\nb\n', ['a', 'b']],
    ['a\n\nb', ['a', '', 'b']],
    ['a\r\n\xff\0\n', ['a\r', '\xff\0']],
  ])('splits %j at newlines', (input, lines) => {
    expect(requests(input)).toEqual(lines)
  })

  test('splits at NUL when asked to, and adds no request for the last one', () => {
    expect(requests('a\nb\0c\0', true)).toEqual(['a\nb', 'c'])
  })

  test('puts requests together that are longer than one read', () => {
    const lines = Array.from({ length: 3 }, (_, i) => String(i).repeat(100_000))
    expect(requests(`${lines.join('\n')}\n`)).toEqual(lines)
  })
})
