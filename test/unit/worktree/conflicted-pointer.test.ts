import { describe, expect, test } from '@jest/globals'
import { isConflictOf, withoutConflict } from '../../../src/worktree/conflicted-pointer.js'

const OURS = '/annex/objects/SHA256E-s5--aa.bin\n'
const THEIRS = '/annex/objects/SHA256E-s6--bb.bin\n'

describe('withoutConflict()', () => {
  test.each([
    ['two sides', `<<<<<<< HEAD\n${OURS}=======\n${THEIRS}>>>>>>> other\n`],
    ['three sides', `<<<<<<< a b\n${OURS}||||||| 123\n${OURS}=======\n${THEIRS}>>>>>>> c\n`],
    ['longer marks', `<<<<<<<<<<\n${OURS}==========\n${THEIRS}>>>>>>>>>>\n`],
    ['other content there', `<<<<<<< HEAD\n${OURS}=======\nsome\ntext\n>>>>>>> other\n`],
    ['line ends of Windows', `<<<<<<< HEAD\r\n${OURS}=======\r\n${THEIRS}>>>>>>> other\r\n`],
  ])('gives our side of a conflict with %s', (_, text) => {
    expect(withoutConflict(Buffer.from(text)).toString()).toBe(OURS)
  })

  test.each([
    ['a pointer', OURS],
    ['nothing', ''],
    ['our side being text', `<<<<<<< HEAD\ntext\n=======\n${THEIRS}>>>>>>> other\n`],
    ['more around it', `<<<<<<< HEAD\n${OURS}=======\n${THEIRS}>>>>>>> other\nmore\n`],
    ['our side being two lines', `<<<<<<< HEAD\n${OURS}x\n=======\n${THEIRS}>>>>>>> other\n`],
    ['an end that is missing', `<<<<<<< HEAD\n${OURS}=======\n${THEIRS}`],
  ])('leaves %s as it is', (_, text) => {
    const blob = Buffer.from(text)
    expect(withoutConflict(blob)).toBe(blob)
  })

  test('takes no time for long content that looks like one', () => {
    const blob = Buffer.from(`<<<<<<< HEAD\n${OURS}${'=======\n'.repeat(3500)}`)
    const start = performance.now()
    expect(withoutConflict(blob)).toBe(blob)
    expect(performance.now() - start).toBeLessThan(30_000)
  })
})

describe('isConflictOf()', () => {
  const is = (text: string, ours: string) =>
    isConflictOf(Buffer.from(text), Buffer.from(ours), Buffer.from(THEIRS))

  test('knows both sides with markers, with and without that of the ancestor', () => {
    expect(is(`<<<<<<< HEAD\nours\n=======\n${THEIRS}>>>>>>> other\n`, 'ours\n')).toBe(true)
    expect(is(`<<<<<<< HEAD\nours\n=======\n${THEIRS}>>>>>>> other\n`, 'ours')).toBe(true)
    const three = `<<<<<<< HEAD\na\nb\n||||||| base\nc\n=======\n${THEIRS}>>>>>>> other\n`
    expect(is(three, 'a\nb\n')).toBe(true)
  })

  test.each([
    ['changed sides', `<<<<<<< HEAD\nedited\n=======\n${THEIRS}>>>>>>> other\n`],
    ['more before', `more\n<<<<<<< HEAD\nours\n=======\n${THEIRS}>>>>>>> other\n`],
    ['more after', `<<<<<<< HEAD\nours\n=======\n${THEIRS}>>>>>>> other\nmore\n`],
    ['no markers', 'ours\n'],
  ])('does not take %s for it', (_, text) => {
    expect(is(text, 'ours\n')).toBe(false)
  })
})
