import { describe, expect, test } from '@jest/globals'
import { expectClean, expectPointer } from '../support/expect.js'
import { EXAMPLES } from '../support/external-programs.js'
import { PairedRepos } from '../support/paired-repos.js'
import { OUR_BIN, type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** Adds a file with a backend of its own. */
function add(repo: ScratchRepo, path: string, backend: string): void {
  repo.write(path, `content of ${path}`)
  repo.realAnnex('add', `--backend=${backend}`, path)
}

describe('git annex migrate', () => {
  test('gives files the keys that git-annex gives them, with urls and metadata', () => {
    const pair = PairedRepos.make(scratch, (repo) => {
      for (const [path, backend] of [
        ['one.txt', 'SHA256E'],
        ['two.tar.gz', 'SHA256'],
        ['sub/three.bin', 'SHA1'],
        ['four.mp3', 'MD5E'],
        ['five of worm', 'WORM'],
        ['six', 'BLAKE2BP512'],
      ] as const)
        add(repo, path, backend)
      repo.git('config', 'annex.addunlocked', 'false')
      add(repo, 'sub/locked.txt', 'MD5')
      add(repo, 'missing.txt', 'MD5')
      repo.realAnnex('metadata', '-s', 'title=a b', '-s', 'title+=c', 'four.mp3')
      const key = repo.realAnnex('lookupkey', 'four.mp3').stdout.trim()
      repo.realAnnex('registerurl', key, 'http://example.com/four')
      repo.write('.gitattributes', '*.mp3 annex.backend=SHA512E\n')
      repo.realGit('commit', '-qm', 'files')
      repo.realAnnex('drop', '--force', 'missing.txt')
    })
    pair.same(['migrate'])
    pair.same(['migrate'])
    pair.same(['migrate', '--backend=SHA256', 'one.txt', 'two.tar.gz', 'six'])
    pair.same(['migrate', '--remove-size', '--backend=SHA256', 'one.txt'])
    pair.same(['migrate', '--force', '--backend=SHA256', 'one.txt'])
    pair.same(['migrate', '--backend=WORM', 'two.tar.gz'])
    pair.same(['migrate', '--backend=URL', 'six'])
    expect(pair.run(['migrate', '--backend=NOPE']).ours.status).toBe(1)
    pair.expectSame()
  })

  test('passes git-annex fsck with every kind of backend', () => {
    const repo = scratch.repo('kinds')
    repo.annex('init')
    repo.write('f.tar.gz', 'some content')
    repo.annex('add', 'f.tar.gz')
    for (const backend of ['SKEIN512E', 'BLAKE2S160', 'SHA3_384E', 'SHA3_384', 'BLAKE2B512E']) {
      repo.annex('migrate', `--backend=${backend}`)
      expect(expectPointer(repo, 'f.tar.gz').split('-')[0]).toBe(backend)
      expect(repo.realAnnex('fsck').stdout).toContain('ok')
    }
  })

  test('records what became of the keys for other clones', () => {
    const repo = scratch.repo('recorded')
    repo.annex('init')
    repo.write('f', 'content')
    repo.annex('add', '--backend=MD5', 'f')
    const before = repo.git('cat-file', 'blob', ':f').stdout
    repo.annex('migrate')
    const log = ['log', '--format=%s', '-2', '--diff-filter=AD', 'git-annex', '--', 'migrate.tree']
    expect(repo.git(...log).stdout).toBe('graft cleanup\ngraft\n')
    const graft = repo
      .git('log', '--format=%H', '--diff-filter=A', 'git-annex', '--', 'migrate.tree')
      .stdout.trim()
    const show = (path: string) => repo.git('show', `${graft}:migrate.tree/${path}`).stdout
    expect(show('old/1')).toBe(before)
    expect(show('new/1')).toBe(repo.git('cat-file', 'blob', ':f').stdout)
    expect(repo.git('ls-tree', 'git-annex').stdout).not.toContain('migrate.tree')
    expect(repo.realAnnex('whereis', 'f').status).toBe(0)
  })

  test('to an external backend and back', () => {
    const repo = scratch.repo('external')
    repo.annex('init')
    repo.write('f.txt', 'content')
    repo.annex('add', 'f.txt')
    const before = expectPointer(repo, 'f.txt')
    repo.git('commit', '-qm', 'f')
    const env = { PATH: `${OUR_BIN}:${EXAMPLES}:${process.env.PATH}` }
    repo.run(['git', 'annex', 'migrate', '--backend=XSHA512TE'], { env })
    expect(expectPointer(repo, 'f.txt')).toMatch(/^XSHA512TE-s7--[0-9a-f]{64}\.txt$/)
    repo.run(['git', 'annex', 'migrate', '--backend=SHA256E'], { env })
    expect(expectPointer(repo, 'f.txt')).toBe(before)
    expectClean(repo)
  })

  test('refuses content that is not what the old key says', () => {
    const repo = scratch.repo('bad')
    repo.annex('init')
    repo.write('f', 'content')
    repo.annex('add', 'f')
    const object = repo.annex('contentlocation', expectPointer(repo, 'f')).stdout.trim()
    repo.run(['sh', '-c', `chmod u+w ${object} && printf CONTENT >${object}`])
    const { status, stderr } = repo.tryAnnex('migrate', '--backend=SHA1', 'f')
    expect(stderr).toContain('Verification of content failed')
    expect(status).toBe(1)
    expect(expectPointer(repo, 'f')).toMatch(/^SHA256E/)
  })

  test('refuses an insecure backend where annex.securehashesonly is set', () => {
    const repo = scratch.repo('secure')
    repo.annex('init')
    repo.write('f', 'content')
    repo.annex('add', 'f')
    repo.git('config', 'annex.securehashesonly', 'true')
    const { status, stderr } = repo.tryAnnex('migrate', '--backend=SHA1', 'f')
    expect(stderr).toContain('annex.securehashesonly forbids keys of backend SHA1')
    expect(status).toBe(1)
  })

  test('leaves a modification in the work tree', () => {
    const repo = scratch.repo('modified')
    repo.annex('init')
    repo.write('f', 'content')
    repo.annex('add', 'f')
    repo.git('commit', '-qm', 'f')
    repo.write('f', 'changed')
    repo.annex('migrate', '--backend=SHA1')
    expect(repo.read('f').toString()).toBe('changed')
    expect(repo.git('status', '--porcelain').stdout).toBe('MM f\n')
  })
})
