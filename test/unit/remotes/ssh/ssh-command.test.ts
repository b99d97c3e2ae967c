import { describe, expect, test } from '@jest/globals'
import { GitConfig } from '../../../../src/git/config.js'
import { cipherOptions, preferAes } from '../../../../src/remotes/ssh/cipher.js'
import { readSshAccess, sshArgv } from '../../../../src/remotes/ssh/command.js'
import { parseSshUrl } from '../../../../src/remotes/ssh/url.js'

describe('parseSshUrl()', () => {
  test.each([
    ['ssh://host/srv/r', 'host', undefined, '/srv/r'],
    ['ssh://u@host:2222/srv/a%20b', 'u@host', '2222', '/srv/a b'],
    ['git+ssh://[::1]:22/r', '::1', '22', '/r'],
    ['ssh://host/~/r', 'host', undefined, '/~/r'],
    ['ssh://host/~user/r', 'host', undefined, '/~user/r'],
    ['host:r', 'host', undefined, '/~/r'],
    ['u@host:~user/r', 'u@host', undefined, '/~user/r'],
    ['u@host:/srv/r', 'u@host', undefined, '/srv/r'],
    ['u@[fe80::1%eth0]:r', 'u@fe80::1%eth0', undefined, '/~/r'],
    ['[host:2222]:r', 'host', '2222', '/~/r'],
  ])('takes %s apart', (url, host, port, path) => {
    expect(parseSshUrl(url)).toEqual({ host, port, path })
  })

  test.each(['ssh://-oProxyCommand=evil/r', '-oProxyCommand=evil:r', 'ssh:///r', 'u@-x:r'])(
    'refuses %s',
    (url) => {
      expect(() => parseSshUrl(url)).toThrow('Cannot use the ssh url')
    },
  )
})

describe('sshArgv()', () => {
  const p2p = {
    name: 'p2pstdio',
    parameters: ['client'],
    words: ['--uuid', 'U'],
    isReadOnly: false,
  }
  const line = (path: string) => `git-annex-shell 'p2pstdio' '${path}' 'client' --uuid U`

  function argv(
    url: string,
    settings: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): string[] {
    const config = new GitConfig('', settings)
    const access = readSshAccess(config, 'o', { place: parseSshUrl(url), env })
    return sshArgv(access, p2p, ['-S', 'socket'])
  }

  test('runs ssh as git-annex does', () => {
    const settings = ['remote.o.annex-ssh-options=-i key  -C', 'annex.ssh-options=-v']
    expect(argv('ssh://u@h:9/r', settings)).toEqual([
      'ssh',
      'u@h',
      '-S',
      'socket',
      '-i',
      'key',
      '-C',
      '-p',
      '9',
      '-T',
      line('/r'),
    ])
    expect(argv('h:r', ['annex.ssh-options=-v'])[4]).toBe('-v')
  })

  test('quotes what the other shell must not understand', () => {
    expect(argv("h:/a'b$(touch x) c", ['remote.o.annex-shell=/opt/gas']).at(-1)).toBe(
      `/opt/gas 'p2pstdio' '/a'"'"'b$(touch x) c' 'client' --uuid U`,
    )
  })

  test.each([
    [{ GIT_SSH: '/x/ssh' }, [], ['/x/ssh', '-p', '9', 'h']],
    [{ GIT_SSH: '/x/plink' }, [], ['/x/plink', '-P', '9', 'h']],
    [{ GIT_SSH: '/x/ssh', GIT_SSH_VARIANT: 'simple' }, [], ['/x/ssh', 'h']],
    [
      { GIT_SSH: '/x/ssh', GIT_ANNEX_SSHOPTION: '-C' },
      [],
      ['ssh', 'h', '-S', 'socket', '-p', '9', '-T'],
    ],
    [
      { GIT_SSH: '/x', GIT_SSH_COMMAND: 'a -b' },
      [],
      ['sh', '-c', 'a -b "$@"', 'ssh', '-p', '9', 'h'],
    ],
    [{ GIT_SSH: '/x' }, ['core.sshCommand=c d'], ['sh', '-c', 'c d "$@"', 'ssh', '-p', '9', 'h']],
  ])('runs what git would run: %j %j', (env, settings, start) => {
    expect(argv('ssh://h:9/r', settings, env as Record<string, string>)).toEqual([
      ...start,
      line('/r'),
    ])
  })
})

describe('preferAes()', () => {
  const settings = (ciphers: string) => `user me\nciphers ${ciphers}\nport 22\n`

  test('puts aes128-gcm before the ciphers that ssh has when nobody has chosen any', () => {
    const old =
      'chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com'
    expect(preferAes(settings(old))).toEqual([
      '-o',
      'Ciphers=aes128-gcm@openssh.com,chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes256-gcm@openssh.com',
    ])
    const [first, ctr1, ctr2, ctr3, gcm1, gcm2] = old.split(',')
    const now = [first, gcm1, gcm2, ctr1, ctr2, ctr3].join(',')
    expect(preferAes(settings(now))[1]).toMatch(/^Ciphers=aes128-gcm@openssh\.com,chacha20/)
  })

  test.each([
    'chacha20-poly1305@openssh.com',
    'chacha20-poly1305@openssh.com,aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,aes128-gcm@openssh.com',
  ])('leaves the choice of %s alone', (ciphers) => {
    expect(preferAes(settings(ciphers))).toEqual([])
  })

  test('asks for nothing when ssh does not tell its ciphers', () => {
    expect(preferAes('')).toEqual([])
  })
})

describe('cipherOptions()', () => {
  test.each([
    [{ GIT_SSH: '/x/ssh' }, []],
    [{ GIT_SSH_COMMAND: 'ssh -v' }, []],
    [{}, ['annex.ssh-prefer-aes=false']],
    [{}, ['remote.o.annex-ssh-prefer-aes=false', 'annex.ssh-prefer-aes=true']],
    [{}, ['annex.ssh-options=-c aes256-ctr']],
    [{}, ['annex.ssh-options=-o Ciphers=aes256-ctr']],
    [{}, ['annex.ssh-options=-F none -o Ciphers=-aes128-ctr']],
  ])('has none when the user has chosen: %j %j', (env, lines) => {
    const place = parseSshUrl('ssh://no-such-host/r')
    const access = readSshAccess(new GitConfig('', lines), 'o', { place, env })
    expect(cipherOptions(access)).toEqual([])
  })
})
