import { describe, expect, test } from '@jest/globals'
import { isLocalAddress, isSameAddress, parseIpAddress } from '../../../src/model/ip-address.js'

describe('isLocalAddress()', () => {
  test.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.127.255.255',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '0:0:0:0:0:0:0:1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.1.2.3',
    '::127.0.0.1',
    '64:ff9b::192.168.0.1',
    '2002:7f00:1::',
    '2002:c0a8:101::1',
  ])('%s is not of the public internet', (text) => {
    expect(isLocalAddress(parseIpAddress(text)!)).toBe(true)
  })

  test.each([
    '8.8.8.8',
    '126.255.255.255',
    '128.0.0.1',
    '172.15.255.255',
    '172.32.0.1',
    '192.167.1.1',
    '100.63.0.1',
    '100.128.0.1',
    '223.255.255.255',
    '2001:4860:4860::8888',
    '::ffff:8.8.8.8',
    '2002:808:808::1',
    'fbff::1',
  ])('%s is', (text) => {
    expect(isLocalAddress(parseIpAddress(text)!)).toBe(false)
  })
})

describe('parseIpAddress()', () => {
  test.each(['', 'localhost', '1.2.3', '1.2.3.4.5', '256.1.1.1', '1:2', '1::2::3', ':::', 'g::1'])(
    'refuses "%s"',
    (text) => expect(parseIpAddress(text)).toBeUndefined(),
  )

  test('knows the forms of one address', () => {
    for (const text of ['2001:db8::1', '2001:0DB8:0:0::1', '2001:db8:0:0:0:0:0:1'])
      expect(isSameAddress(text, '2001:db8:0::0:1')).toBe(true)
    expect(isSameAddress('1.2.3.4', '::1.2.3.4')).toBe(false)
    expect(isSameAddress('nonsense', 'nonsense')).toBe(false)
  })
})
