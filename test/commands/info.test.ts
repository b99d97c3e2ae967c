import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex, makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerClone(scratch)
const originUuid = repo.git('config', 'remote.origin.annex-uuid').stdout.trim()

describe('git annex info', () => {
  test.each([
    [['here.txt']],
    [['there.txt', 'sub/ünlocked file.bin']],
    [['--bytes', 'here.txt']],
    [['.']],
    [['sub', '--bytes']],
    [['.', '--fast']],
    [['.', '--include=*.txt']],
    [['main']],
    [['HEAD', '--bytes']],
    [['here']],
    [['origin']],
    [['origin', '--fast']],
    [[originUuid]],
    [['the origin']],
  ])('%j answers as git-annex does', (items) => {
    expectLikeGitAnnex(repo, ['info', ...items])
    expectLikeGitAnnex(repo, ['info', '--json', ...items])
  })

  test('tells about this repository what git-annex tells, but for its bloom filter', () => {
    const lines = (text: string) =>
      text.split('\n').filter((line) => !/bloom|disk space/.test(line))
    const args = ['info', '--fast']
    for (const more of [[], ['--bytes']])
      expect(lines(repo.annex(...args, ...more).stdout)).toEqual(
        lines(repo.realAnnex(...args, ...more).stdout),
      )
    expect(lines(repo.annex('info').stdout)).toEqual(lines(repo.realAnnex('info').stdout))
  })

  test('--json has the same fields with the same values', () => {
    const read = (text: string) => {
      const {
        'bloom filter size': _,
        'available local disk space': room,
        ...rest
      } = JSON.parse(text)
      expect(room).toMatch(/^[\d.]+ \w+bytes \(\+100 megabytes reserved\)$/)
      return rest
    }
    expect(read(repo.annex('info', '--json').stdout)).toEqual(
      read(repo.realAnnex('info', '--json').stdout),
    )
  })

  test('counts what matches, and refuses names where there are none', () => {
    for (const args of [
      ['here.txt', 'there.txt', '--in=here'],
      ['main', '--in=here'],
      ['main:sub'],
      ['origin', '--largerthan=100'],
      ['here', '--not', '--inbackend=SHA256E'],
      ['main', '--include=*'],
    ])
      expectLikeGitAnnex(repo, ['info', '--json', ...args])
    expect(repo.tryAnnex('info', '--include=*.txt').stderr).toContain('Unable to continue.')
    const key = repo.annex('lookupkey', 'here.txt').stdout.trim()
    expect(repo.annex('info', key).stdout).toBe(`size: 21 bytes\nkey: ${key}\npresent: true\n`)
  })

  test('tells what lies about, what is dead, and which remotes enable themselves', () => {
    const other = makePeerAnnex(scratch, 'other')
    const key = other.annex('lookupkey', 'file').stdout.trim()
    for (const dir of ['tmp', 'bad']) other.write(`.git/annex/${dir}/${key}`, 'abc')
    other.write('sha1', 'content of another backend\n')
    other.realAnnex('add', '--backend=SHA1', 'sha1')
    other.write('url', '/annex/objects/URL--http&c%%127.0.0.1%x\n')
    other.realGit('add', 'url')
    other.run(['mkdir', '../special'])
    const settings = [
      'type=directory',
      'directory=../special',
      'encryption=none',
      'autoenable=true',
    ]
    other.realAnnex('initremote', 'special', ...settings)
    expectLikeGitAnnex(other, ['info', 'url', '.', 'sha1', '--json'])
    expectLikeGitAnnex(other, ['info', '--autoenable', '--json'])
    expectLikeGitAnnex(other, ['info', '--fast', '--bytes', '--in=here', 'other'])
    const untold = (text: string) => text.replace(/^(bloom|available).*\n/gm, '')
    for (const args of [[], ['--in=here', '--bytes']])
      expect(untold(other.annex('info', ...args).stdout)).toEqual(
        untold(other.realAnnex('info', ...args).stdout),
      )
    expect(other.annex('info', '--show=bad keys size', '--bytes').stdout).toBe(
      'bad keys size: 3 (clean up with git-annex unused)\n',
    )
    other.annex('dead', 'special')
    expect(other.annex('info', '--dead-repositories').stdout).toMatch(
      /^dead repositories: 1\n\t\S+ -- \[special\]\n$/,
    )
    other.annex('dead', 'here')
    expectLikeGitAnnex(other, ['info', '--fast', '--autoenable'])
    expect(other.annex('info', '--fast').stderr).toBe(other.realAnnex('info', '--fast').stderr)
  })

  test('tells of transfers of either program', () => {
    const key = repo.annex('lookupkey', 'here.txt').stdout.trim()
    const path = `.git/annex/transfer/upload/${originUuid}/`
    const note = () => {
      repo.write(`${path}${key}`, '1795288318s\nhere.txt')
      repo.write(`${path}lck.${key}`, '')
    }
    note()
    // Nobody holds the lock: it was interrupted.
    expect(repo.annex('info', '--fast').stdout).toContain('transfers in progress: none\n')
    const hold = `import fcntl, subprocess, sys
lock = open(sys.argv[1], "r+")
fcntl.lockf(lock, fcntl.LOCK_EX)
sys.exit(subprocess.run(sys.argv[2:]).returncode)`
    const ask = (program: 'ours' | 'real', ...args: string[]) => {
      note()
      const lock = repo.path(path, `lck.${key}`)
      const argv = ['python3', '-c', hold, lock, 'git', 'annex', 'info', '--fast', ...args]
      return repo.run(argv, { program }).stdout.replace(/^available.*\n/m, '')
    }
    expect(ask('ours')).toContain('transfers in progress: \n\tuploading here.txt to origin\n')
    expect(ask('ours')).toBe(ask('real'))
    const transfers = (text: string) => JSON.parse(text)['transfers in progress']
    expect(transfers(ask('ours', '--json'))).toEqual(transfers(ask('real', '--json')))
  })

  test('says what it does not know, and goes on with the rest', () => {
    const { stdout, stderr } = repo.annex('info', 'nope', 'here.txt')
    expect(stdout).toMatch(/^info nope \(not a directory or [\w ]+\) failed\nfile: here\.txt\n/)
    expect(stderr).toBe('')
    const argv = ['git', 'annex', 'info', '--batch', '--json']
    for (const program of ['ours', 'real'] as const) {
      const { status, stdout } = repo.tryRun(argv, { program, input: './plain.txt\n' })
      expect({ status, ...JSON.parse(stdout) }).toMatchObject({ status: 0, success: false })
    }
  })

  test('answers a batch', () => {
    const input = 'here.txt\nhere\n'
    expectLikeGitAnnex(repo, ['info', '--batch'], { input })
    expectLikeGitAnnex(repo, ['info', '--batch', '--json'], { input })
  })
})
