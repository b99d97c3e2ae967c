import { appendFileSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { hostTag } from '../../../src/platform/process.js'
import { findAbandoned, UnfinishedKeys } from '../../../src/store/unfinished.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()
let count = 0

function makeAnnexDir(): string {
  const dir = scratch.path(`r${count++}`)
  mkdirSync(dir)
  return `${dir}/annex`
}

/** Turns the notes of this process into those of one that has ended. */
function die(annexDir: string): string[] {
  const dir = `${annexDir}/annexe/unfinished`
  return readdirSync(dir).map((name, i) => {
    const dead = `${dir}/${hostTag()}-${process.pid}-00000001-${i}`
    renameSync(`${dir}/${name}`, dead)
    return dead
  })
}

describe('UnfinishedKeys', () => {
  test('leaves nothing when it is done, and makes nothing when there was nothing', () => {
    const annexDir = makeAnnexDir()
    const unfinished = new UnfinishedKeys(annexDir)
    unfinished.done()
    expect(findAbandoned(annexDir)).toBeUndefined()
    unfinished.noteComing('WORM--KEY')
    unfinished.done()
    unfinished.noteGoing('WORM--OTHER')
    unfinished.done()
    expect(readdirSync(`${annexDir}/annexe/unfinished`)).toEqual([])
  })

  test('is not abandoned while its process runs', () => {
    const annexDir = makeAnnexDir()
    new UnfinishedKeys(annexDir).noteComing('WORM--KEY')
    expect(findAbandoned(annexDir)).toBeUndefined()
  })
})

describe('findAbandoned()', () => {
  test('reads what processes noted before they were killed', () => {
    const annexDir = makeAnnexDir()
    const one = new UnfinishedKeys(annexDir)
    one.noteComing('WORM--a\xfc b')
    one.noteComing('WORM--a\xfc b')
    one.noteGoing('WORM--OTHER')
    for (let i = 0; i < 64; i++) one.notePlaced(`1 2 3 4:dir/file\n${i}`)
    one.notePlaced('too late')
    new UnfinishedKeys(annexDir).noteGoing('WORM--THIRD')
    const notes = die(annexDir)
    appendFileSync(notes[0]!, '-../../x\0?\0\0-WORM--CUT SHO')
    const found = findAbandoned(annexDir)!
    expect([...found.keyTexts]).toEqual(
      expect.arrayContaining(['WORM--a\xfc b', 'WORM--OTHER', 'WORM--THIRD']),
    )
    expect(found.keyTexts.size).toBe(3)
    expect([...found.going].sort()).toEqual(['WORM--OTHER', 'WORM--THIRD'])
    expect(found.placed.size).toBe(64)
    expect(found.placed).toContain('1 2 3 4:dir/file\n63')
    expect([...found.notes].sort()).toEqual(notes.sort())
  })
})
