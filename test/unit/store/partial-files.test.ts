import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { hostTag } from '../../../src/platform/process.js'
import {
  claimPartial,
  findPartial,
  listOfferedPartials,
  offerAbandonedPartials,
  offerPartial,
} from '../../../src/store/partial-files.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const KEY = 'SHA256E-s9--0000.x/y'
const FILE = 'SHA256E-s9--0000.x%y'
let count = 0

function makeAnnex(): { dir: string; offered: string } {
  const dir = scratch.path(`r${count++}/annex`)
  mkdirSync(`${dir}/tmp`, { recursive: true })
  return { dir, offered: `${dir}/tmp/${FILE}` }
}

describe('a partial download', () => {
  test('claimPartial() takes what lies there, so that nobody else can open it', () => {
    const { dir, offered } = makeAnnex()
    writeFileSync(offered, 'begun')
    const claimed = claimPartial(dir, KEY)
    expect(readFileSync(claimed, 'utf8')).toBe('begun')
    expect([existsSync(offered), findPartial(dir, KEY)]).toEqual([false, claimed])
  })

  test('offerPartial() gives it back, and leaves nothing of ours', () => {
    const { dir, offered } = makeAnnex()
    writeFileSync(claimPartial(dir, KEY), 'begun')
    offerPartial(dir, KEY)
    expect(readFileSync(offered, 'utf8')).toBe('begun')
    expect(listOfferedPartials(dir)).toEqual([KEY])
    expect(readdirSync(`${dir}/annexe/partial`)).toEqual([])
  })

  test('offerPartial() leaves the directory to a job that has written nothing there yet', () => {
    const { dir } = makeAnnex()
    const other = claimPartial(dir, 'SHA256E-s9--1111')
    claimPartial(dir, KEY)
    offerPartial(dir, KEY)
    writeFileSync(other, 'begun')
    offerPartial(dir, 'SHA256E-s9--1111')
    expect(readdirSync(`${dir}/annexe/partial`)).toEqual([])
  })

  test('offerPartial() keeps the longer one', () => {
    for (const [theirs, left] of [
      ['longer', 'longer'],
      ['x', 'ours'],
    ] as const) {
      const { dir, offered } = makeAnnex()
      writeFileSync(claimPartial(dir, KEY), 'ours')
      writeFileSync(offered, theirs)
      offerPartial(dir, KEY)
      expect(readFileSync(offered, 'utf8')).toBe(left)
    }
  })

  test('offerPartial() makes nothing of one that has become an object', () => {
    const { dir } = makeAnnex()
    const claimed = claimPartial(dir, KEY)
    writeFileSync(claimed, 'whole')
    renameSync(claimed, `${dir}/object`)
    offerPartial(dir, KEY)
    expect([readdirSync(`${dir}/tmp`), readdirSync(`${dir}/annexe/partial`)]).toEqual([[], []])
  })

  test("offerAbandonedPartials() gives back those of killed processes, and nobody else's", () => {
    const { dir, offered } = makeAnnex()
    const running = claimPartial(dir, 'SHA256E-s9--1111')
    writeFileSync(running, 'ours')
    const dead = `${dir}/annexe/partial/${hostTag()}-${process.pid}-00000001`
    mkdirSync(dead)
    writeFileSync(`${dead}/${FILE}`, 'dead')
    offerAbandonedPartials(dir)
    expect(readFileSync(offered, 'utf8')).toBe('dead')
    expect([existsSync(dead), existsSync(running)]).toEqual([false, true])
  })
})
