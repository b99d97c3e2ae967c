/** Files of every backend, added by one program and checked by the other. */
import { expect, test } from '@jest/globals'
import { expectClean, expectPointer, listObjects } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** Backends that git-annex has without a program of their own and that make keys of files. */
const BACKENDS = scratch
  .run(['git-annex', 'backends'])
  .stdout.split('\n')
  .filter((name) => name !== '' && !/URL$|^X/.test(name))

/** A file for each backend, which `.gitattributes` names, and one of music as in the issue. */
function fill(repo: ScratchRepo): void {
  const lines = BACKENDS.map((name) => `${name}.tar.gz annex.backend=${name}\n`)
  repo.write(
    '.gitattributes',
    `* annex.backend=SHA512\n*.mp3 annex.backend=BLAKE2B256E\n${lines.join('')}`,
  )
  for (const [i, name] of BACKENDS.entries())
    repo.write(`${name}.tar.gz`, someBytes(1 + 397 * i, i + 1))
  repo.write('song.MP3.mp3', someBytes(5000, 99))
  repo.write('else.txt', someBytes(6000, 98))
}

function expectBackends(repo: ScratchRepo): void {
  for (const name of BACKENDS)
    expect(expectPointer(repo, `${name}.tar.gz`)).toMatch(new RegExp(`^${name}-s\\d+-`))
  expect(expectPointer(repo, 'song.MP3.mp3')).toMatch(/^BLAKE2B256E-s5000--[0-9a-f]{64}\.MP3\.mp3$/)
  expect(expectPointer(repo, 'else.txt')).toMatch(/^SHA512-s6000--[0-9a-f]{128}$/)
}

test.each([
  ['git add', ['git', 'add', '.'], 'ours'],
  ['git annex add', ['git', 'annex', 'add', '.'], 'ours'],
  ['git-annex', ['git', 'annex', 'add', '.'], 'real'],
] as const)('both programs check what %s added with each backend', (label, argv, program) => {
  const repo = scratch.repo(label.replaceAll(' ', '-'))
  repo.annex('init')
  repo.git('config', 'annex.largefiles', 'anything')
  fill(repo)
  repo.git('-c', 'annex.largefiles=nothing', 'add', '.gitattributes')
  repo.run(argv, { program })
  expectBackends(repo)
  repo.run(['git', 'commit', '-qm', 'files'], { program })
  expect(listObjects(repo).size).toBe(BACKENDS.length + 2)
  expect(repo.realAnnex('fsck').stdout).not.toContain('failed')
  expect(repo.annex('fsck').stdout).not.toContain('failed')
  expectClean(repo)
})

test('git annex drop empties the work tree files of each backend, also those git is unsure of', () => {
  const repo = scratch.repo('drop')
  repo.annex('init')
  repo.git('config', 'annex.largefiles', 'anything')
  fill(repo)
  repo.git('add', '.')
  repo.git('commit', '-qm', 'files')
  // Their stat data in the index proves nothing any more.
  repo.run(['sh', '-c', 'touch *.tar.gz'])
  const hashed = BACKENDS.filter((name) => name !== 'WORM').map((name) => `${name}.tar.gz`)
  repo.annex('drop', '--force', ...hashed)
  expectClean(repo)
  for (const path of hashed) expect(repo.read(path).toString()).toMatch(/^\/annex\/objects\//)
})

test('content of an unknown backend is moved like any other', () => {
  const repo = scratch.repo('unknown')
  repo.annex('init')
  repo.annex('fromkey', '--force', 'FUTURE-s3--abc', 'f')
  repo.git('commit', '-qm', 'f')
  repo.write('source', 'xyz')
  repo.annex('setkey', 'FUTURE-s3--abc', 'source')
  const clone = scratch.clone(repo, 'unknown-clone')
  clone.annex('get', 'f')
  expect(clone.read('f').toString()).toBe('xyz')
  expect(clone.annex('fsck').stderr).toContain('unknown backend FUTURE')
  clone.annex('drop', 'f')
})
