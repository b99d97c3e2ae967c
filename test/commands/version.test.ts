import { describe, expect, test } from '@jest/globals'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const plain = scratch.repo('plain')

describe('git annex version', () => {
  test('--raw prints a number of the form 10.YYYYMMDD, without a newline', () => {
    expect(plain.annex('version', '--raw').stdout).toMatch(/^10\.20\d{6}$/)
    expect(plain.annex('version', '--raw', '--quiet').stdout).toMatch(/^10\.20\d{6}$/)
  })

  test('has the lines of git-annex that programs read', () => {
    const names = plain
      .annex('version')
      .stdout.split('\n')
      .map((line) => line.split(':')[0])
    const real = plain
      .realAnnex('version')
      .stdout.split('\n')
      .map((line) => line.split(':')[0])
    expect(names).toEqual(real.filter((name) => name !== 'dependency versions'))
  })

  test('tells the version of an annex, and works outside of any repository', () => {
    const annex = scratch.repo('annex')
    annex.annex('init', '-q')
    expect(annex.annex('version').stdout).toContain('\nlocal repository version: 10\n')
    const outside = scratch.run(['git-annex', 'version'], { cwd: scratch.home })
    expect(outside.stdout).toMatch(/^git-annex version: 10\./)
    expect(outside.stdout).not.toContain('local repository')
  })

  test('takes no words', () => {
    const { status, stderr } = plain.tryAnnex('version', 'x')
    expect({ status, first: stderr.split('\n')[0] }).toEqual({
      status: 1,
      first: "Invalid argument `x'",
    })
  })
})
