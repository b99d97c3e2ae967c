import { describe, expect, test } from '@jest/globals'
import {
  formatMessage,
  type P2pMessage,
  parseMessage,
} from '../../../../src/remotes/p2p/messages.js'

const KEY = 'SHA256E-s3--98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4.txt'

const MESSAGES: readonly P2pMessage[] = [
  { name: 'AUTH', uuid: 'u', token: 'abc123' },
  { name: 'AUTH-SUCCESS', uuid: 'u' },
  { name: 'AUTH-FAILURE' },
  { name: 'VERSION', number: 4 },
  { name: 'BYPASS', uuids: ['a', 'b'] },
  { name: 'CHECKPRESENT', key: KEY },
  { name: 'REMOVE-BEFORE', number: 12, key: 'WORM-s1--a b' },
  { name: 'GET', offset: 7, file: 'a%b_c', key: KEY },
  { name: 'GET', offset: 0, file: '', key: 'URL--http://x/ y' },
  { name: 'PUT', file: 'dir/f', key: KEY },
  { name: 'ALREADY-HAVE-PLUS', uuids: [] },
  { name: 'DATA', length: 2 ** 40 },
  { name: 'SUPPORTS', feature: 'PUT-WHOLE' },
  { name: 'PUT-WHOLE', length: 5, file: 'f', key: KEY },
  { name: 'CHANGED', refs: ['r1', 'r2'] },
  { name: 'ERROR', text: 'two words' },
]

describe('parseMessage()', () => {
  test.each(MESSAGES.map((message) => [formatMessage(message), message]))(
    'undoes formatMessage(): %j',
    (line, message) => {
      expect((line as string).endsWith('\n')).toBe(true)
      expect(parseMessage((line as string).slice(0, -1))).toEqual(message)
    },
  )

  test.each([
    '',
    'NONSENSE',
    'checkpresent SHA256-s1--x',
    'CHECKPRESENT',
    'CHECKPRESENT junk',
    'GET 5',
    'GET -1  SHA256-s1--x',
    'GET 1e3  SHA256-s1--x',
    'GET 9999999999999999999  SHA256-s1--x',
    'GET 0 /etc/passwd SHA256-s1--x',
    'PUT SHA256-s1--x',
    'DATA',
    'DATA 0x10',
    'UNLOCKCONTENT SHA256-s1--x',
    'AUTH u t-o',
    'toString x',
  ])('knows no message %j', (line) => {
    expect(parseMessage(line)).toBeUndefined()
  })

  test('takes two blanks as an empty name, and everything after the last one as the key', () => {
    expect(parseMessage('GET 6  WORM-s1--a  b ')).toEqual({
      name: 'GET',
      offset: 6,
      file: '',
      key: 'WORM-s1--a  b ',
    })
    expect(parseMessage('SUCCESS\r')).toEqual({ name: 'SUCCESS' })
  })

  test('reads a name with its blanks lost and nothing in it that a terminal would obey', () => {
    expect(parseMessage('PUT a%b%%c\x1b[2J K--x')).toMatchObject({ file: 'a_b%c_[2J' })
    expect(formatMessage({ name: 'PUT', file: 'a b%c', key: 'K--x' })).toBe('PUT a%b%%c K--x\n')
  })

  test('writes keys anew, so that one content has one name', () => {
    expect(parseMessage('CHECKPRESENT SHA256-s007--x')).toEqual({
      name: 'CHECKPRESENT',
      key: 'SHA256-s7--x',
    })
  })
})
