import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { hostTag } from '../../../src/platform/process.js'
import { TempFiles } from '../../../src/store/temp-files.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()

describe('TempFiles', () => {
  test('newPath() gives another path each time, in a directory that is there', () => {
    mkdirSync(scratch.path('a'))
    const temp = new TempFiles(scratch.path('a/annex'))
    const paths = [temp.newPath(), temp.newPath(), new TempFiles(scratch.path('a/annex')).newPath()]
    expect(new Set(paths).size).toBe(3)
    expect(readdirSync(temp.dir)).toEqual([])
  })

  test('newPath() makes nothing where the repository has gone', () => {
    mkdirSync(scratch.path('mnt/repo'), { recursive: true })
    const temp = new TempFiles(scratch.path('mnt/repo/annex'))
    renameSync(scratch.path('mnt/repo'), scratch.path('away'))
    expect(() => temp.newPath()).toThrow(/ENOENT/)
    expect(existsSync(scratch.path('mnt/repo'))).toBe(false)
  })

  test("sweep() removes what dead processes have left, and nobody else's", () => {
    mkdirSync(scratch.path('b'))
    const temp = new TempFiles(scratch.path('b/annex'))
    const ours = temp.newPath()
    const dead = `${temp.dir}/${hostTag()}-${process.pid}-00000001-1`
    const foreign = `${temp.dir}/01234567-${process.pid}-00000001-1`
    for (const path of [ours, dead, foreign]) writeFileSync(path, '')
    expect(temp.sweep()).toBe(1)
    expect([ours, dead, foreign].map((path) => existsSync(path))).toEqual([true, false, true])
    expect(new TempFiles(scratch.path('nowhere/annex')).sweep()).toBe(0)
  })
})
