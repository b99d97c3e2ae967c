/** Git remotes behind a plain web server, bare and with a work tree, read by ours. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { expectContent, expectPresent } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'
import { allowLoopback, useWebServer } from '../support/web-server.js'

const scratch = useScratch()
const web = useWebServer(scratch)
let tree: ScratchRepo
let bare: ScratchRepo

beforeAll(() => {
  tree = scratch.repo('www/tree')
  tree.realAnnex('init', 'tree')
  for (const [seed, name] of ['a', 'b', 'c d%'].entries())
    tree.write(name, someBytes(300_000, seed + 1))
  tree.write('locked', 'short\n')
  tree.realAnnex('add', '.')
  tree.realGit('commit', '-qm', 'files')
  bare = scratch.clone(tree, 'www/bare.git', '--bare')
  bare.realAnnex('init', 'bare')
  tree.git('remote', 'add', 'bare', bare.dir)
  tree.realAnnex('copy', '--to', 'bare', 'a', 'b')
  for (const repo of [tree, bare]) {
    repo.realAnnex('merge')
    repo.git('update-server-info')
  }
})

/** A clone over the web. @param path such as `/file/bare.git` */
function cloneFrom(path: string, name: string): ScratchRepo {
  scratch.run(['git', 'clone', '-q', web.url(path), scratch.path(name)])
  const clone = scratch.open(name)
  allowLoopback(clone)
  return clone
}

function setting(repo: ScratchRepo, name: string): string {
  return repo.tryGit('config', `remote.${name}`).stdout.trim()
}

describe('a git remote over http', () => {
  test('is known by its configuration, and gives what it has, whatever its layout', async () => {
    const clone = cloneFrom('/file/bare.git', 'from-bare')
    clone.annex('init', 'clone')
    expect(clone.annex('get', '--from', 'origin', 'a').stdout).toContain(
      'get a (from origin...) ok',
    )
    expectContent(clone, 'a', someBytes(300_000, 1))
    expect(setting(clone, 'origin.annex-uuid')).toBe(bare.git('config', 'annex.uuid').stdout.trim())
    clone.git('remote', 'add', 'tree', web.url('/file/tree'))
    clone.annex('get', '-J2', '.')
    expectContent(clone, 'c d%', someBytes(300_000, 3))
    expect(setting(clone, 'tree.annex-bare')).toBe('false')
    expect(clone.annex('fsck', '--fast', '--from', 'tree', 'b').stdout).toContain('fsck b ok')
    // Found out once, it is not asked for again.
    expect(await web.seen('/file/tree/.git/config')).toHaveLength(1)
    for (const [args, reason] of [
      [['copy', '--to', 'origin', 'locked'], 'copying to non-ssh repo not supported'],
      [['drop', '--from', 'origin', 'a'], 'dropping from http remote not supported'],
    ] as const)
      expect(clone.tryAnnex(...args).stderr).toContain(reason)
    // Its copies can be counted on when they have been looked at.
    expect(clone.annex('drop', 'a').stdout).toContain('drop a ok')
  })

  test('is gone on with where a download was cut', async () => {
    const clone = cloneFrom('/file/tree/.git', 'cut')
    const key = clone.annex('lookupkey', 'b').stdout.trim()
    clone.annex('init', 'cut')
    const temp = clone.path('.git/annex/tmp')
    clone.run(['mkdir', '-p', temp])
    writeFileSync(`${temp}/${key}`, someBytes(300_000, 2).subarray(0, 100_000))
    clone.annex('get', 'b')
    expectPresent(clone, key)
    const object = (await web.seenLike(key)).at(-1)!
    expect(object.range).toBe('bytes=100000-')
  })

  test('that is no annex, or not there, is left alone from then on', async () => {
    const clone = cloneFrom('/file/tree/.git', 'ignoring')
    const plain = scratch.repo('www/plain.git', '--bare')
    plain.git('update-server-info')
    clone.git('remote', 'add', 'plain', web.url('/file/plain.git'))
    clone.git('remote', 'add', 'gone', web.url('/file/gone.git'))
    clone.annex('init', 'ignoring')
    const { stderr } = clone.annex('get', 'a')
    expect(stderr).toContain('Remote gone not usable by git-annex; setting annex-ignore')
    expect(stderr).toContain('gone.git/config download failed: Not Found')
    for (const name of ['plain', 'gone'])
      expect(setting(clone, `${name}.annex-ignore`)).toBe('true')
    expect(clone.annex('whereis', 'a').stderr).toBe('')
    clone.git('config', '--unset', 'annex.security.allowed-ip-addresses')
    const refused = clone.tryAnnex('get', 'b')
    expect(refused.stderr).toContain(
      'Configuration of annex.security.allowed-ip-addresses does not allow accessing address 127.0.0.1',
    )
  })

  test('is told what git knows of a user and a password', () => {
    const config = `${scratch.home}/.gitconfig`
    const before = readFileSync(config, 'utf8')
    const log = scratch.path('credentials')
    const helper = `!f() { echo "$1" >>${log}; test "$1" = get && printf 'username=me\\npassword=%s\\n' "$(cat ${log}.password)"; cat >/dev/null; }; f`
    scratch.run(['git', 'config', '--global', 'credential.helper', helper])
    writeFileSync(`${log}.password`, 'secret')
    const clone = cloneFrom('/private/bare.git', 'private')
    writeFileSync(log, '')
    clone.annex('init', 'private')
    clone.annex('get', 'a')
    expectContent(clone, 'a', someBytes(300_000, 1))
    expect(readFileSync(log, 'utf8').split('\n').slice(-3)).toEqual(['get', 'store', ''])
    writeFileSync(`${log}.password`, 'wrong')
    writeFileSync(log, '')
    expect(clone.tryAnnex('get', 'b').stderr).toContain('Unauthorized')
    expect(readFileSync(log, 'utf8')).toBe('get\nerase\n')
    renameSync(config, `${config}.was`)
    writeFileSync(config, before)
  })
})
