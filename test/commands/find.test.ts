// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the formats look like that
import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerClone(scratch)

describe('git annex find', () => {
  test.each([
    [[]],
    [['sub']],
    [['sub/', 'here.txt']],
    [['plain.txt']],
    [['--include=*']],
    [['--exclude=*.txt']],
    [['--json']],
    [['--json', '--include=*', 'there.txt']],
    [['--print0']],
    [['--quiet']],
    [['--in=origin']],
    [['--in=the origin']],
    [['--not', '--in=here']],
    [['--copies=2', '--and', '--not', '--copies=3']],
    [['-(', '--locked', '--or', '--in=here', '-)', '--largerthan=20']],
    [['--unlocked']],
    [['--smallerthan', '1 kB']],
    [['--inbackend=SHA256E', '--securehash']],
    [['--branch=main']],
    [['--branch=HEAD', '--include=*']],
    [['--branch=HEAD', '--json']],
    [['--format=${file}|${key}|${bytesize;8}|${humansize;-8}|${mtime}\\n']],
    [
      [
        'here.txt',
        '--format=${escaped_file}\\000${hashdirlower}${hashdirmixed}${backend}${keyname}',
      ],
    ],
  ])('%j answers as git-annex does', (args) => {
    expectLikeGitAnnex(repo, ['find', ...args])
  })

  test.each([
    [['nope']],
    [['nope', 'here.txt', 'neither']],
    [['../..']],
    [['--in=nowhere']],
    [['--largerthan=big']],
    [['--copies=many']],
    [['--branch=main', 'here.txt']],
    [['--batch', 'here.txt']],
    [['--branch=main', '--batch']],
  ])('%j fails as git-annex does', (args) => {
    const { status } = expectLikeGitAnnex(repo, ['find', ...args])
    expect(status).toBe(1)
  })

  test('shows paths relative to the current directory', () => {
    const cwd = repo.path('sub')
    expectLikeGitAnnex(repo, ['find', '..'], { cwd })
    expectLikeGitAnnex(repo, ['find', '--include=../*.txt', repo.dir], { cwd })
    expect(expectLikeGitAnnex(repo, ['find'], { cwd }).stdout).toBe('ünlocked file.bin\n')
  })

  test('compares copies with numcopies, from attributes only where git-annex does', () => {
    const args = ['--lackingcopies=1', '--approxlackingcopies=1'].map((term) => ['find', term])
    for (const arg of args) expect(expectLikeGitAnnex(repo, arg).stdout).toBe('')
    repo.write('.gitattributes', '*.bin annex.numcopies=3\n')
    for (const arg of args) expectLikeGitAnnex(repo, arg)
    expect(repo.annex('find', '--lackingcopies=1').stdout).toBe('sub/ünlocked file.bin\n')
    expect(repo.annex('find', '--numcopies=9', '--approxlackingcopies=1').stdout).toBe('')
    repo.write('.gitattributes', '')
  })

  test('knows metadata, and what a repository wants to get and to drop', () => {
    repo.realAnnex('metadata', 'here.txt', '-s', 'rating=5', '-s', 'tag=Work')
    for (const question of ['rating<10', 'rating>=5.5', 'TAG=w*', 'lastchanged=2*', 'bad field=1'])
      expectLikeGitAnnex(repo, ['find', '--metadata', question])
    expect(repo.annex('find', '--metadata', 'tag=work').stdout).toBe('here.txt\n')
    const wishes = ['--want-get', '--want-drop', '--want-get-by=origin', '--want-drop-by=.']
    for (const wanted of ['', 'metadata=tag=work', 'present', 'not present', 'not copies=2']) {
      repo.annex('wanted', '.', wanted)
      for (const wish of wishes) expectLikeGitAnnex(repo, ['find', wish])
    }
    repo.annex('required', '.', 'include=there.txt')
    for (const wish of wishes) expectLikeGitAnnex(repo, ['find', wish])
    expect(repo.annex('find', '--want-get', '--not', '--in=here').stdout).toBe('there.txt\n')
    for (const command of ['wanted', 'required']) repo.annex(command, '.', '')
  })

  test('knows the files with the same content, and when a content was read', () => {
    repo.run(['cp', 'here.txt', 'twin.txt'])
    repo.realAnnex('add', 'twin.txt')
    for (const glob of ['here.txt', 't*', 'there.txt', '*'])
      for (const option of ['--includesamecontent', '--excludesamecontent'])
        expectLikeGitAnnex(repo, ['find', `${option}=${glob}`])
    expect(repo.annex('find', '--includesamecontent=h*').stdout).toBe('twin.txt\n')
    const [object] = repo
      .annex('contentlocation', repo.annex('lookupkey', 'here.txt').stdout.trim())
      .stdout.split('\n')
    repo.run(['touch', '-a', '-d', '3 days ago', object!])
    for (const limit of ['2d', '4d', '0'])
      expectLikeGitAnnex(repo, ['find', `--accessedwithin=${limit}`])
    expect(repo.annex('find', '--accessedwithin=2d', 'here.txt').stdout).toBe('')
    expect(repo.tryAnnex('find', '--accessedwithin=x').stderr).toContain(
      'failed to parse duration "x"',
    )
    repo.realGit('rm', '-q', '--cached', 'twin.txt')
    repo.run(['rm', '-f', 'twin.txt'])
  })

  test('knows urls, groups, and what is said to be here', () => {
    repo.annex('addurl', '--relaxed', '--file=web.bin', 'http://example.org/A.bin')
    expect(repo.annex('find', '--url=*EXAMPLE*').stdout).toBe('web.bin\n')
    expect(repo.annex('find', '--expected-present').stdout).toBe(repo.annex('find').stdout)
    repo.annex('group', 'origin', 'far')
    expect(repo.annex('find', '--onlyingroup=far').stdout).toBe('there.txt\n')
    repo.annex('ungroup', 'origin', 'far')
    repo.realGit('rm', '-qf', 'web.bin')
  })

  test('answers a batch line by line, what is not there with an empty line', () => {
    const input = 'here.txt\nthere.txt\nnope\n./sub/ünlocked file.bin\nsub\n\n'
    expectLikeGitAnnex(repo, ['find', '--batch'], { input })
    expectLikeGitAnnex(repo, ['find', '--batch', '--json'], { input })
    expectLikeGitAnnex(repo, ['find', '--batch', '--include=*.bin'], { input })
  })

  test('takes requests that end with NUL', () => {
    const { stdout } = repo.run(['git', 'annex', 'find', '--batch', '-z'], {
      input: 'here.txt\0nope\0there.txt\0',
    })
    expect(stdout).toBe('here.txt\n\n\n')
  })

  test('sees files that are added while a batch runs', async () => {
    repo.write('later.bin', 'later')
    const script = 'echo later.bin; sleep 0.5; git annex add -q later.bin >&2; echo later.bin'
    const { stdout } = repo.run([
      'sh',
      '-c',
      `(${script.replaceAll('git annex add -q', `PATH=/usr/bin git annex add -q`)}) | git annex find --batch`,
    ])
    expect(stdout).toBe('\nlater.bin\n')
  })
})
