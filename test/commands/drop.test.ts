import { closeSync, openSync, renameSync, writeSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, expectNotPresent, expectPresent } from '../support/expect.js'
import { FILM, makeFilmPair } from '../support/film.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** A repository with an annexed file, and a clone that has the content, too. */
function makePair(name: string): ReturnType<typeof makeFilmPair> {
  const pair = makeFilmPair(scratch, name)
  pair.clone.annex('get', '-q', 'film')
  return pair
}

describe('git annex drop', () => {
  test('removes content that another repository has, and git sees nothing to do', () => {
    const { clone, key } = makePair('plain')
    expect(clone.annex('drop', 'film').stdout).toContain('drop film ok\n')
    expectNotPresent(clone, key)
    expect(clone.read('film').toString()).toBe(`/annex/objects/${key}\n`)
    expectClean(clone)
    expect(clone.annex('drop', 'film').stdout).toBe('')
    expect(clone.realAnnex('whereis', 'film').stdout).toContain('(1 copy)')
  })

  test('refuses to remove the last copy and says what would help', () => {
    const { origin, key } = makePair('last')
    const { status, stdout } = origin.tryAnnex('drop', 'film')
    expect(status).toBe(1)
    expect(stdout).toContain('drop film (unsafe)')
    expect(stdout).toContain('Could only verify the existence of 0 out of 1 necessary copy')
    expect(stdout).toContain('(Use --force to override this check, or adjust numcopies.)')
    expectPresent(origin, key)
    expectContent(origin, 'film', FILM)
  })

  test.each([
    ['numcopies of the branch', (clone: ScratchRepo) => clone.annex('numcopies', '2')],
    [
      'annex.numcopies of gitattributes',
      (clone: ScratchRepo) => clone.write('.gitattributes', 'film annex.numcopies=2\n'),
    ],
  ])('refuses while %s asks for more', (how, ask) => {
    const { clone, key } = makePair(`more${how.length}`)
    ask(clone)
    const { status, stdout } = clone.tryAnnex('drop', 'film')
    expect(status).toBe(1)
    expect(stdout).toContain('1 out of 2 necessary copies')
    expectPresent(clone, key)
    clone.annex('drop', '--numcopies=1', 'film')
    expectNotPresent(clone, key)
  })

  test('refuses when the other repository is away, and when it has lost its copy', () => {
    const { origin, clone, key } = makePair('away')
    renameSync(origin.dir, `${origin.dir}-gone`)
    const away = clone.tryAnnex('drop', 'film')
    expect(away.status).toBe(1)
    expect(away.stdout).toContain('Unable to access these remotes: origin')
    renameSync(`${origin.dir}-gone`, origin.dir)
    // The log still says that origin has it: what counts is what is found there.
    origin.run(['sh', '-c', 'chmod -R u+w .git/annex/objects && rm -rf .git/annex/objects'])
    expect(clone.tryAnnex('drop', 'film').status).toBe(1)
    expectPresent(clone, key)
  })

  test('does not count an untrusted repository, and counts a trusted one unseen', () => {
    const { origin, clone, key } = makePair('trust')
    clone.annex('untrust', 'origin')
    expect(clone.tryAnnex('drop', 'film').status).toBe(1)
    expectPresent(clone, key)
    clone.annex('trust', '--force', 'origin')
    renameSync(origin.dir, `${origin.dir}-gone`)
    clone.annex('drop', 'film')
    expectNotPresent(clone, key)
  })

  test('--force removes the last copy', () => {
    const { origin, key } = makePair('force')
    origin.annex('drop', '--force', 'film')
    expectNotPresent(origin, key)
    expectClean(origin)
  })

  test("--from removes a remote's copy, with ours as the proof", () => {
    const { origin, clone, key } = makePair('from')
    clone.annex('drop', '--from', 'origin', 'film')
    expectNotPresent(origin, key)
    expectClean(origin)
    expect(clone.annex('whereis', 'film').stdout).toContain('(1 copy)')
    const { status } = clone.tryAnnex('drop', 'film')
    expect(status).toBe(1)
    expectContent(clone, 'film', FILM)
  })

  test('--json tells why it was refused', () => {
    const { origin } = makePair('json')
    const item = JSON.parse(origin.tryAnnex('drop', '--json', 'film').stdout.split('\n')[0]!)
    expect(item).toMatchObject({ command: 'drop', file: 'film', success: false })
    expect(item.note).toContain('unsafe')
  })

  test('--json and --explain tell why it was safe', () => {
    const { origin, clone } = makePair('why')
    const uuid = origin.git('config', 'annex.uuid').stdout.trim()
    const proof = (...args: string[]) => JSON.parse(clone.annex(...args, '--json').stdout).proof
    expect(proof('drop', 'film')).toEqual({
      reason: 'numcopies',
      numcopies: 1,
      mincopies: 1,
      copies: [{ uuid, description: '[origin]', here: false, evidence: 'locked' }],
    })
    expect(proof('move', '--from=origin', 'film').reason).toBe('moved')
    clone.annex('copy', '-q', '--to=origin', 'film')
    clone.annex('trust', '-q', '--force', 'origin')
    const { stdout } = clone.annex('drop', '--explain', 'film')
    expect(stdout).toContain('numcopies is 1, mincopies is 1')
    expect(stdout).toContain(`${uuid} -- [origin] (trusted to have it)`)
    clone.annex('get', '-q', 'film')
    expect(proof('drop', '--force', 'film')).toMatchObject({ reason: 'forced', copies: [] })
  })

  test('--retry drops what was refused before, once', () => {
    const { origin, clone, key } = makePair('retry')
    clone.write('other', someBytes(3000, 7))
    clone.annex('add', '-q', 'other')
    const notes = () => clone.tryRun(['cat', '.git/annex/annexe/refused-drops']).stdout.split('\n')
    expect(clone.annex('drop', '--retry').stdout).toBe('')
    renameSync(origin.dir, `${origin.dir}-gone`)
    for (const _ of [1, 2]) expect(clone.tryAnnex('drop').status).toBe(1)
    expect(
      clone.tryAnnex('drop', '--retry', '--json').stdout.match(/"success":false/g),
    ).toHaveLength(2)
    expect(notes()).toHaveLength(3)
    renameSync(`${origin.dir}-gone`, origin.dir)
    expect(clone.annex('drop', '--retry', 'film').stdout).toContain('drop film ok\n')
    expectNotPresent(clone, key)
    expect(notes()).toHaveLength(2)
    expect(clone.tryAnnex('drop', '--retry').stdout).toMatch(/^drop other \(unsafe\)/)
    // Gone by other ways, it is forgotten.
    clone.annex('move', '-q', '--to=origin', 'other')
    expect(clone.annex('drop', '--retry').stdout).toBe('')
    expect(notes()).toEqual([''])
    // What somebody has put there means nothing.
    clone.write('.git/annex/annexe/refused-drops', 'nonsense\n \nSHA256E-s1--aa\nx y\ncut')
    expect(clone.annex('drop', '--retry').stdout).toBe('')
    expect(notes()).toEqual([''])
    // At a remote.
    expect(clone.tryAnnex('drop', '--from=origin', 'film').status).toBe(1)
    clone.annex('get', '-q', 'film')
    expect(clone.annex('drop', '--retry').stdout).toContain('drop origin film ok\n')
    expect(notes()).toEqual([''])
  })

  test('leaves a work tree file that somebody is about to write to', () => {
    const { clone, key } = makePair('open')
    const fd = openSync(clone.path('film'), 'r+')
    clone.annex('drop', 'film')
    expectNotPresent(clone, key)
    writeSync(fd, 'my work')
    closeSync(fd)
    expectContent(clone, 'film', Buffer.concat([Buffer.from('my work'), FILM.subarray(7)]))
    expect(clone.git('status', '--porcelain').stdout).toBe(' M film\n')
  })

  test('two files with one content go together', () => {
    const { clone, key } = makePair('twice')
    clone.write('copy of film', FILM)
    clone.annex('add', 'copy of film')
    clone.git('commit', '-q', '-m', 'copy')
    clone.annex('drop', 'film')
    expectNotPresent(clone, key)
    expect(clone.read('copy of film').length).toBeLessThan(200)
    expectClean(clone)
  })
})
