import { describe, expect, test } from '@jest/globals'
import { checkAttributes, mayHaveAttribute } from '../../../src/git/check-attr.js'
import { GitConfig } from '../../../src/git/config.js'
import { readIndexEntries } from '../../../src/git/index-file.js'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { type ScratchRepo, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const open = (repo: ScratchRepo) => openRepositoryAt(repo.dir)!

describe('checkAttributes()', () => {
  test('gives the values of many paths, also of odd ones', () => {
    const repo = scratch.repo('values')
    repo.write('.gitattributes', '*.c annex.numcopies=2 -text\n')
    repo.write(
      'd/.gitattributes',
      '* annex.backend=MD5E\nx.c annex.numcopies=3\n*.set annex.flag\n',
    )
    const paths = ['a.c', 'd/x.c', 'other', 'with\nnewline.c', 'n\xe4me.c', 'd/y.set']
    const names = ['annex.numcopies', 'annex.backend', 'annex.flag', 'text']
    expect(Object.fromEntries(checkAttributes(open(repo), paths, names))).toEqual({
      'a.c': { 'annex.numcopies': '2', text: 'unset' },
      'd/x.c': { 'annex.numcopies': '3', 'annex.backend': 'MD5E', text: 'unset' },
      other: {},
      'with\nnewline.c': { 'annex.numcopies': '2', text: 'unset' },
      'n\xe4me.c': { 'annex.numcopies': '2', text: 'unset' },
      'd/y.set': { 'annex.backend': 'MD5E', 'annex.flag': 'set' },
    })
    expect(checkAttributes(open(repo), [], names).size).toBe(0)
  })
})

describe('mayHaveAttribute()', () => {
  const PATHS = ['d/sub/file', 'd/other']

  function ask(repo: ScratchRepo, more: { config?: string; env?: Record<string, string> } = {}) {
    return mayHaveAttribute(open(repo), {
      text: 'annex.',
      paths: PATHS,
      config: new GitConfig(more.config ?? ''),
      env: { HOME: scratch.home, GIT_ATTR_NOSYSTEM: '1', ...more.env },
      entries: readIndexEntries(open(repo)),
    })
  }

  test('is false when no file on the way mentions the text', () => {
    const repo = scratch.repo('none')
    repo.write('.gitattributes', '* filter=annex\n')
    repo.write('elsewhere/.gitattributes', '* annex.numcopies=2\n')
    expect(ask(repo)).toBe(false)
  })

  test.each(['.gitattributes', 'd/.gitattributes', 'd/sub/.gitattributes', '.git/info/attributes'])(
    'is true when %s does',
    (path) => {
      const repo = scratch.repo(path.replaceAll('/', '_'))
      repo.write(path, '* annex.numcopies=2\n')
      expect(ask(repo)).toBe(true)
    },
  )

  test('looks into the files of the user', () => {
    const repo = scratch.repo('user')
    const file = scratch.path('user-attributes')
    repo.write('../user-attributes', '* annex.numcopies=2\n')
    expect(ask(repo, { config: `core.attributesfile\n${file}\0` })).toBe(true)
    expect(ask(repo, { config: 'core.attributesfile\n~/../user-attributes\0' })).toBe(true)
    repo.write('../xdg/git/attributes', '* annex.numcopies=2\n')
    expect(ask(repo, { env: { XDG_CONFIG_HOME: scratch.path('xdg') } })).toBe(true)
    expect(ask(repo)).toBe(false)
    // Newer gits can be told to take them from a commit.
    expect(ask(repo, { config: 'attr.tree\nHEAD\0' })).toBe(true)
    expect(ask(repo, { env: { GIT_ATTR_SOURCE: 'HEAD' } })).toBe(true)
  })

  test('is true when git would read the file from the index', () => {
    const repo = scratch.repo('index')
    repo.write('d/.gitattributes', '* annex.numcopies=2\n')
    repo.git('add', '.')
    repo.run(['rm', repo.path('d/.gitattributes')])
    expect(ask(repo)).toBe(true)
    expect(checkAttributes(open(repo), ['d/other'], ['annex.numcopies']).get('d/other')).toEqual({
      'annex.numcopies': '2',
    })
  })
})
