import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { changeIndex, removeStaleLock } from '../../../src/git/index-lock.js'
import { hostTag } from '../../../src/platform/process.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()
let count = 0

function makeIndex(): string {
  const dir = scratch.path(`d${count++}`)
  scratch.run(['mkdir', dir])
  writeFileSync(`${dir}/index`, 'old')
  return `${dir}/index`
}

const filesBeside = (index: string) => readdirSync(index.replace(/\/index$/, '')).sort()
const deadMark = (index: string) => `${index}.lock.${hostTag()}-${process.pid}-00000001`

describe('changeIndex()', () => {
  test('puts the new content in place and leaves nothing else', () => {
    const index = makeIndex()
    const seen: string[] = []
    const result = changeIndex(index, ({ content }) => {
      seen.push(content.toString(), ...filesBeside(index))
      return { content: Buffer.from('new') }
    })
    expect([result, readFileSync(index, 'utf8'), filesBeside(index)]).toEqual([
      'done',
      'new',
      ['index'],
    ])
    expect(seen).toEqual(['old', 'index', 'index.lock', expect.stringMatching(/^index\.lock\../)])
  })

  test('leaves the index as it is when there is nothing to change, or changing fails', () => {
    const index = makeIndex()
    expect(changeIndex(index, () => undefined)).toBe('done')
    const fail = () => {
      throw new Error('no')
    }
    expect(() => changeIndex(index, fail)).toThrow('no')
    expect([readFileSync(index, 'utf8'), filesBeside(index)]).toEqual(['old', ['index']])
  })

  test("says that the index is locked, and leaves git's lock alone", () => {
    const index = makeIndex()
    writeFileSync(`${index}.lock`, "git's")
    expect(changeIndex(index, () => ({ content: Buffer.from('new') }))).toBe('locked')
    expect(filesBeside(index)).toEqual(['index', 'index.lock'])
  })
})

describe('removeStaleLock()', () => {
  test('removes the lock that a dead process of ours has left', () => {
    const index = makeIndex()
    writeFileSync(deadMark(index), '')
    linkSync(deadMark(index), `${index}.lock`)
    const link = scratch.path('link-to-index')
    symlinkSync(index, link)
    removeStaleLock(link)
    expect(filesBeside(index)).toEqual(['index'])
  })

  test('removes only the second name when the lock was renamed, or is of somebody else', () => {
    const index = makeIndex()
    writeFileSync(deadMark(index), '')
    writeFileSync(`${index}.lock`, "git's")
    removeStaleLock(index)
    expect(filesBeside(index)).toEqual(['index', 'index.lock'])
  })

  test('leaves the lock of a running process', () => {
    const index = makeIndex()
    changeIndex(index, () => {
      removeStaleLock(index)
      expect(existsSync(`${index}.lock`)).toBe(true)
      return undefined
    })
  })
})
