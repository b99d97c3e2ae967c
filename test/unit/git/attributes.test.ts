import { rmSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { AttributeReader } from '../../../src/git/attributes.js'
import { checkAttributes } from '../../../src/git/check-attr.js'
import { readConfig } from '../../../src/git/config.js'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { Random } from '../../support/random.js'
import { type ScratchRepo, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const NAMES = ['annex.largefiles', 'annex.backend']
let count = 0

/** A repository with these files. */
function repoWith(texts: Readonly<Record<string, string>>): ScratchRepo {
  const repo = scratch.repo(`r${count++}`)
  for (const [path, text] of Object.entries(texts)) repo.write(path, Buffer.from(text, 'latin1'))
  return repo
}

function readerFor(repo: ScratchRepo, staged: readonly string[] = []): AttributeReader {
  const repository = openRepositoryAt(repo.dir)!
  return new AttributeReader({
    repository,
    config: readConfig(repository),
    env: { ...repo.scratch.env },
    names: NAMES,
    isStaged: (path) => staged.includes(path),
  })
}

describe('AttributeReader', () => {
  test.each([
    ['sets', '* annex.largefiles=anything\n', 'a', 'anything'],
    ['sets without a value', 'a annex.largefiles\n', 'a', 'set'],
    ['unsets', '* annex.largefiles=x\na -annex.largefiles\n', 'a', 'unset'],
    ['takes back', '* annex.largefiles=x\na !annex.largefiles\n', 'a', undefined],
    ['lets the last line win', 'a annex.largefiles=1\n* annex.largefiles=2\n', 'a', '2'],
    ['lets the last word win', 'a annex.largefiles=1 annex.largefiles=2\n', 'a', '2'],
    ['keeps equal signs', 'a annex.largefiles=largerthan=1\n', 'a', 'largerthan=1'],
    ['unquotes patterns', '"a\\040\\"b" annex.largefiles=1\n', 'a "b', '1'],
    ['ignores comments', '# * annex.largefiles=1\n', 'a', undefined],
    ['ignores directories', 'a/ annex.largefiles=1\n', 'a/b', undefined],
    ['anchors with a slash', '/b annex.largefiles=1\n', 'a/b', undefined],
    ['finds names anywhere', 'b annex.largefiles=1\n', 'a/b', '1'],
    ['rejects a line with a bad name', '* annex.largefiles=1 -=x\n', 'a', undefined],
    ['accepts CRLF', '* annex.largefiles=1\r\n', 'a', '1'],
  ])('%s', (_, text, path, value) => {
    expect(readerFor(repoWith({ '.gitattributes': text })).get(path, 'annex.largefiles')).toBe(
      value,
    )
  })

  test('prefers info/attributes, then the nearest directory, then the settings of the user', () => {
    const repo = repoWith({
      '.git/info/attributes': '*.1 annex.largefiles=info\n',
      'a/.gitattributes': '*.1 annex.largefiles=near\n*.2 annex.largefiles=near\n',
      '.gitattributes': '*.2 annex.largefiles=top\n*.3 annex.largefiles=top\n',
      '../home/.config/git/attributes': '* annex.largefiles=user\n',
    })
    const reader = readerFor(repo)
    const values = ['a/f.1', 'a/f.2', 'a/f.3', 'a/f.4'].map((p) => reader.get(p, NAMES[0]!))
    expect(values).toEqual(['info', 'near', 'top', 'user'])
    rmSync(repo.path('../home/.config'), { recursive: true })
  })

  test('leaves macros to git', () => {
    const repo = repoWith({
      '.gitattributes': '[attr]big annex.largefiles=anything\n*.x big\n',
      'a/.gitattributes': '*.y big\n',
    })
    expect(readerFor(repo).get('a/f.y', 'annex.largefiles')).toBe('anything')
  })

  test('leaves a file that is only in the index to git', () => {
    const repo = repoWith({ 'a/.gitattributes': '* annex.backend=MD5\n' })
    repo.git('add', '.')
    rmSync(repo.path('a/.gitattributes'))
    expect(readerFor(repo, ['a/.gitattributes']).get('a/f', 'annex.backend')).toBe('MD5')
  })

  test.each([1, 2, 3, 4, 5, 6])('says what git check-attr says, for random files (%i)', (seed) => {
    const { texts, paths } = randomCase(seed)
    const repo = repoWith(texts)
    const reader = readerFor(repo)
    const expected = checkAttributes(openRepositoryAt(repo.dir)!, paths, NAMES)
    for (const path of paths)
      for (const name of NAMES)
        expect([path, name, reader.get(path, name)]).toEqual([
          path,
          name,
          expected.get(path)?.[name],
        ])
  })
})

const PIECES =
  '* ? ** / / a b c foo .bin [ab] [!a] [^b] [a-c] []a] [[:alpha:]] \\* \\a \xe9 [ A *.bin **/ /**'.split(
    ' ',
  )
const VALUES = [
  ...['=anything', '', '=', '=(largerthan=1)and(include=*)'].map((v) => `annex.largefiles${v}`),
  '-annex.largefiles',
  '!annex.largefiles',
  'text annex.backend=MD5',
]
const PARTS = ['a', 'b', 'c', 'foo', 'foo.bin', 'ab', '.bin', 'A', 'a*b', '\xe9', 'a b']

/** Attributes files at several levels, and paths for them. */
function randomCase(seed: number): { texts: Record<string, string>; paths: string[] } {
  const random = new Random(seed)
  const some = <T>(limit: number, make: () => T) => [make(), ...random.list(limit - 1, make)]
  const pattern = () => some(4, () => random.pick(PIECES)).join('')
  const text = () => some(8, () => `${pattern()} ${random.pick(VALUES)}\n`).join('')
  const places = ['.gitattributes', 'a/.gitattributes', 'a/b/.gitattributes', 'foo/.gitattributes']
  const texts = Object.fromEntries([...places, '.git/info/attributes'].map((p) => [p, text()]))
  const path = () => some(4, () => random.pick(PARTS)).join('/')
  return { texts, paths: Array.from({ length: 150 }, path) }
}
