import { describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, expectNotPresent, expectPresent } from '../support/expect.js'
import { FILM, makeFilmPair } from '../support/film.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

describe('git annex move', () => {
  test('--from brings the content here and leaves none there', () => {
    const { origin, clone, key } = makeFilmPair(scratch, 'from')
    expect(clone.annex('move', '--from', 'origin', 'film').stdout).toContain(
      'move film (from origin...) ok\n',
    )
    expectContent(clone, 'film', FILM)
    expectNotPresent(origin, key)
    for (const repo of [origin, clone]) expectClean(repo)
    expect(clone.realAnnex('whereis', 'film').stdout).toContain('(1 copy)')
  })

  test('--to gives the content away', () => {
    const { origin, clone, key } = makeFilmPair(scratch, 'to')
    clone.annex('move', '-q', '--from', 'origin', 'film')
    expect(clone.annex('move', '--to', 'origin', 'film').stdout).toContain(
      'move film (to origin...) ok\n',
    )
    expectPresent(origin, key)
    expectNotPresent(clone, key)
    expect(clone.annex('move', '--to', 'origin', 'film').stdout).toBe('')
    expectContent(origin, 'film', FILM)
    for (const repo of [origin, clone]) expectClean(repo)
  })

  test('keeps the copy here when numcopies needs both and the remote had it already', () => {
    const { origin, clone, key } = makeFilmPair(scratch, 'numcopies')
    clone.annex('get', '-q', 'film')
    clone.annex('numcopies', '2')
    const { status, stdout } = clone.tryAnnex('move', '--to', 'origin', 'film')
    expect(status).toBe(1)
    expect(stdout).toContain('Content not dropped from here.')
    for (const repo of [origin, clone]) expectPresent(repo, key)
  })

  test('moves although numcopies asks for more, when the number of copies stays', () => {
    const { origin, clone, key } = makeFilmPair(scratch, 'stays')
    clone.annex('numcopies', '2')
    clone.annex('move', '--from', 'origin', 'film')
    expectPresent(clone, key)
    expectNotPresent(origin, key)
  })

  test('--to here takes it from whoever has it', () => {
    const { origin, clone, key } = makeFilmPair(scratch, 'here')
    clone.annex('move', '--to', 'here', 'film')
    expectPresent(clone, key)
    expectNotPresent(origin, key)
  })

  test('leaves the content where it is when the transfer fails', () => {
    const { origin, clone, key } = makeFilmPair(scratch, 'fails')
    clone.annex('move', '-q', '--from', 'origin', 'film')
    origin.run(['sh', '-c', 'chmod -R u+w .git/annex/objects; rm -rf .git/annex/objects'])
    origin.write('.git/annex/objects', 'in the way\n')
    expect(clone.tryAnnex('move', '--to', 'origin', 'film').status).toBe(1)
    expectPresent(clone, key)
    expectContent(clone, 'film', FILM)
  })
})
