import { describe, expect, test } from '@jest/globals'
import { makeContentTwins } from '../support/content-worlds.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)

describe('git annex metadata', () => {
  test('shows and changes what git-annex shows and changes', () => {
    const file = 'here.txt'
    const { world } = twins.expectSame('clone', [
      ['metadata', file],
      ['metadata', '--json', file],
      ['metadata', file, '-s', 'x=1', '-s', 'Über=läßt'],
      ['metadata', file, '-s', 'x+=2', '-s', 'y=z', '-t', 'foo', '-t', 'b a r'],
      ['metadata', '--json', file, '-s', 'x-=1', '-u', 'foo'],
      ['metadata', file, '-s', 'x?=9', '-s', 'n?=1'],
      ['metadata', file, '-s', 'X=3', '-s', 'X=4', '-s', 'x+=5'],
      ['metadata', file, '-s', 'y?=q', '-r', 'never'],
      ['metadata', file, file],
      ['metadata', '-g', 'x', '.'],
      ['metadata', '-g', 'nope', file],
      ['metadata', '-g', 'TAG', file],
      ['metadata', file, '-r', 'x', '-s', 'lastchanged=never', '-s', 'novalue'],
      ['metadata', '--quiet', 'there.txt', '-s', 'a=b=c'],
      ['metadata', '--metadata', 'a=b=c'],
      ['metadata', '--all', '--quiet', '-s', 'every=one'],
      ['metadata', '--branch=HEAD'],
      ['metadata', file, '--remove-all'],
    ])
    expect(world.annex('clone', 'metadata', '-g', 'every', 'there.txt').stdout).toBe('one\n')
  })

  test('refuses what git-annex refuses', () => {
    twins.expectSame('clone', [
      ['metadata', 'nope'],
      ['metadata', '-s', 'x=1'],
      ['metadata', '-s', 'x=1', '.'],
      ['metadata', '-s', 'x=1', '.', '--force', '--quiet'],
      ['metadata', '--batch'],
      ['metadata', '--branch=HEAD', 'here.txt'],
    ])
    const clone = twins.copy('ours').repo('clone')
    for (const args of [
      ['-s', 'bad field=1'],
      ['-r', ''],
      ['-g', '-x'],
      ['-g', 'x', '-t', 'y'],
    ])
      expect(clone.tryAnnex('metadata', 'here.txt', ...args).status).toBe(1)
    expect(clone.annex('metadata', '--json', '-g', 'x', 'here.txt').stdout).toContain('"values":[]')
  })

  test('takes requests in JSON, also its own answers', () => {
    const [ours, real] = twins.copies()
    const key = ours.annex('clone', 'lookupkey', 'here.txt').stdout.trim()
    const requests = [
      { file: 'here.txt' },
      { file: 'here.txt', fields: { author: ['you', 'me'], 'x-lastchanged': ['never'] } },
      { key, fields: { author: ['him'] } },
      { file: 'plain.txt' },
      { file: './here.txt', fields: { author: [] } },
    ]
    const input = requests.map((request) => `${JSON.stringify(request)}\n`).join('')
    const [answers, expected] = [ours, real].map((world) =>
      world
        .tryRun('clone', ['git', 'annex', 'metadata', '--batch', '--json'], { input })
        .stdout.replace(/\d{4}-\d\d-\d\d@[-\d]+/g, 'DATE')
        .split('\n')
        .map((line) => (line === '' ? line : JSON.parse(line))),
    )
    expect(answers).toEqual(expected)
    const clone = ours.repo('clone')
    const answer = clone.annex('metadata', '--json', 'here.txt', '-s', 'y=1').stdout
    const again = clone.tryRun(['git', 'annex', 'metadata', '--batch', '--json'], {
      input: answer,
    }).stdout
    expect(JSON.parse(again).fields.y).toEqual(['1'])
    for (const input of ['garbage\n', '{}\n', '[]\n', '{"file":"f","fields":{"x":"1"}}\n'])
      expect(
        clone.tryRun(['git', 'annex', 'metadata', '--batch', '--json'], { input }).stderr,
      ).toContain('Batch input parse failure')
  })
})
