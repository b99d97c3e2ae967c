import { describe, expect, test } from '@jest/globals'
import { isPointerText } from '../../../src/worktree/pointer-file.js'

const KEY = `SHA256E-s9--${'a'.repeat(64)}.txt`

describe('isPointerText()', () => {
  const isPointer = (text: string, key = KEY) => isPointerText(Buffer.from(text, 'latin1'), key)

  test('knows pointers in all their forms', () => {
    for (const end of ['\n', '', '\r\n', '\n/annex/more\n'])
      expect(isPointer(`/annex/objects/${KEY}${end}`)).toBe(true)
    expect(isPointer(`../.git/annex/objects/xx/yy/${KEY}/${KEY}\n`)).toBe(true)
  })

  test('takes nothing else for the pointer of a key', () => {
    const other = KEY.replace('aaa', 'aab')
    for (const text of [`/annex/objects/${other}\n`, `/annex/objects/${KEY}\nmine\n`, KEY, ''])
      expect(isPointer(text)).toBe(false)
  })

  test('reads the escapes of a key as what they stand for', () => {
    expect(isPointer('/annex/objects/URL--a%b\n', 'URL--a/b')).toBe(true)
    expect(isPointer('/annex/objects/URL--a%b\n', 'URL--a%b')).toBe(false)
    expect(isPointer('/annex/objects/URL--a&sb\n', 'URL--a%b')).toBe(true)
  })
})
