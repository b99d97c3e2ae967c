import { describe, expect, test } from '@jest/globals'
import { bytesFromText, bytesToText } from '../../../src/model/bytes.js'
import {
  isUrl,
  preservedName,
  safeSuggestedName,
  urlFileName,
} from '../../../src/model/url-file-name.js'

const nameOf = (url: string, depth?: number) => bytesToText(urlFileName(bytesFromText(url), depth))

// What git-annex 10.20230126 calls them.
describe('urlFileName()', () => {
  test.each([
    ['http://127.0.0.1:8080/file/w.txt', '127.0.0.1_file_w.txt'],
    ['http://127.0.0.1/file/w.txt?x=y#frag', '127.0.0.1_file_w.txt_x_y'],
    ['http://user:pw@example.com:80/.hidden', 'example.com_.hidden'],
    ['HTTP://Example.COM/A', 'Example.COM_A'],
    ['http://example.com/a%20b.tar.gz', 'example.com_a_20b.tar.gz'],
    ['http://example.com/%C3%A9t%C3%A9.txt', 'example.com__C3_A9t_C3_A9.txt'],
    ['http://example.com/été.txt', 'example.com__C3_A9t_C3_A9.txt'],
    ["http://h/~a+b$c;d,e!(f)*'[g]_-h@i&j=k", 'h__a_b_c_d_e__f____5Bg_5D_-h_i_j_k'],
    ['http://[::1]:80/v6', '___1__v6'],
    ['mailto:x@y', 'x_y'],
    ['http://', 'file'],
    [`http://example.com/${'a'.repeat(300)}`, `example.com_${'a'.repeat(243)}`],
  ])('%s is %s', (url, name) => expect(nameOf(url)).toBe(name))

  test.each([
    ['http://h/file/sub/w.txt', 1, 'file/sub/w.txt'],
    ['http://h/file/sub/w.txt', 3, 'w.txt'],
    ['http://h/file/sub/w.txt', 9, 'h/file/sub/w.txt'],
    ['http://h/file/sub/w.txt', -1, 'w.txt'],
    ['http://h/file/sub/w.txt?q', -2, 'sub/w.txt_q'],
    ['http://example.com/a//b/..%2f/c', 2, 'b/_._2f/c'],
    ['http://example.com/a/../../b', 2, '_./_./b'],
    ['http://example.com/.git/hooks/x', 1, '_git/hooks/x'],
  ])('%s at depth %d is %s', (url, depth, name) => expect(nameOf(url, depth)).toBe(name))

  test('refuses depth 0 and what is no url', () => {
    expect(() => nameOf('http://h/x', 0)).toThrow('bad --pathdepth')
    expect(() => nameOf('/etc/passwd')).toThrow('bad url /etc/passwd')
    expect(['http://h', 'a+b:c'].every(isUrl)).toBe(true)
    expect(['', 'x', '/x', '1:2', ':x'].some(isUrl)).toBe(false)
  })
})

describe('safeSuggestedName()', () => {
  test.each([
    ['../evil name.txt', '_._evil_name.txt'],
    ['disp na:me.txt', 'disp_na_me.txt'],
    ['a\\"b.txt', 'a__b.txt'],
    ['', 'file'],
    ['-rf', '_rf'],
    ['.git', '_git'],
    ['/etc/passwd', '_etc_passwd'],
    ['caf\xe9', 'caf_'],
    ['tab\tnew\nline\x1b', 'tab_new_line_'],
  ])('%j becomes %s', (name, safe) => expect(safeSuggestedName(name)).toBe(safe))

  test('cuts long names between characters', () => {
    const name = safeSuggestedName(bytesFromText('é'.repeat(200)))
    expect(bytesToText(name)).toBe('é'.repeat(127))
  })
})

describe('preservedName()', () => {
  test.each(['good name?.txt', 'dir/ok', '-dash', '..two dots'])('keeps %s', (name) =>
    expect(preservedName(name)).toBe(name),
  )

  test.each([
    ['../../up', 'path traversal'],
    ['a/../b', 'path traversal'],
    ['/abs', 'path traversal'],
    ['', 'path traversal'],
    ['.git/hooks/x', 'contains a .git directory'],
    ['a/.GIT/x', 'contains a .git directory'],
    ['esc\x1bx', 'contains a control character'],
    ['new\nline', 'contains a control character'],
  ])('refuses %j: %s', (name, problem) => expect(() => preservedName(name)).toThrow(problem))
})
