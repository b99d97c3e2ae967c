import { describe, expect, test } from '@jest/globals'
import { blobSizes, readBlobs, readInfos } from '../../../src/git/cat-file.js'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { someBytes, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const repo = scratch.repo('r')
repo.write('text', 'one\ntwo\n')
repo.write('empty', '')
repo.write('binary', someBytes(100_000))
repo.git('add', '.')
repo.git('commit', '-qm', 'x')
const repository = openRepositoryAt(repo.dir)!
const MISSING = '0123456789012345678901234567890123456789'

describe('readBlobs()', () => {
  test('gives the contents of those objects that exist, by the name asked for', () => {
    const names = ['HEAD:text', MISSING, 'HEAD:nothing here', 'HEAD:empty', ':binary', 'HEAD:text']
    const blobs = readBlobs(repository, names)
    expect([...blobs.keys()]).toEqual(['HEAD:text', 'HEAD:empty', ':binary'])
    expect(blobs.get('HEAD:text')!.toString()).toBe('one\ntwo\n')
    expect(blobs.get('HEAD:empty')).toHaveLength(0)
    expect(blobs.get(':binary')!.equals(someBytes(100_000))).toBe(true)
  })

  test('treats names that do not fit on a line as missing', () => {
    expect(readBlobs(repository, ['HEAD:te\nxt', '', 'HEAD:te\0xt', 'HEAD:text']).size).toBe(1)
  })

  test('finds objects by names that are not UTF-8', () => {
    repo.run(['sh', '-c', 'printf latin > "$(printf "n\\344me")"; git add .'])
    expect(readBlobs(repository, [':n\xe4me']).get(':n\xe4me')!.toString()).toBe('latin')
  })
})

describe('readInfos()', () => {
  test('gives id, type and size', () => {
    const infos = readInfos(repository, ['HEAD', 'HEAD:text', MISSING])
    expect(infos.get('HEAD')).toMatchObject({ type: 'commit' })
    expect(infos.get('HEAD:text')).toEqual({
      oid: repo.git('rev-parse', 'HEAD:text').stdout.trim(),
      type: 'blob',
      sizeBytes: 8,
    })
    expect(infos.size).toBe(2)
  })

  test('blobSizes() gives sizes alone', () => {
    expect([...blobSizes(repository, [':binary', MISSING])]).toEqual([[':binary', 100_000]])
  })
})
