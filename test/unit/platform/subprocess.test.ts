import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, test } from '@jest/globals'
import { runSync } from '../../../src/platform/subprocess.js'

const LINES = 'i=0; while [ $i -lt 2000 ]; do echo "line $i"; i=$((i + 1)); done'

describe('runSync()', () => {
  test('gives the same output of a program that writes in pieces, and leaves no file', () => {
    const piped = runSync(['sh', '-c', `cat; ${LINES}`], { input: Buffer.from('first\n') })
    const filed = runSync(['sh', '-c', `cat; ${LINES}`], {
      input: Buffer.from('first\n'),
      writesInPieces: true,
    })
    expect(filed.stdout.toString()).toBe(piped.stdout.toString())
    expect(filed.stdout.toString()).toMatch(/^first\nline 0\n[\s\S]*\nline 1999\n$/)
    const ours = new RegExp(`^git-annex-${process.pid}-`)
    expect(readdirSync(tmpdir()).filter((name) => ours.test(name))).toEqual([])
  })

  test('tells what a program that failed has said, whichever way it wrote', () => {
    for (const writesInPieces of [false, true]) {
      const { status, stdout, stderr } = runSync(['sh', '-c', 'echo out; echo err >&2; exit 3'], {
        writesInPieces,
      })
      expect([status, String(stdout), String(stderr)]).toEqual([3, 'out\n', 'err\n'])
    }
    expect(runSync(['/nowhere/program'], { writesInPieces: true }).status).toBe(127)
  })
})
