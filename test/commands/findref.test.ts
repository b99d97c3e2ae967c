// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the formats look like that
import { expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex findref lists the files of branches and trees that git-annex lists', () => {
  const clone = makePeerClone(scratch)
  for (const args of [
    ['HEAD'],
    ['HEAD', '--json', '--anything'],
    ['HEAD', '--include=*.txt', '--print0'],
    ['HEAD:sub', 'main', '--format=${file} ${key}\\n'],
    [],
    ['HEAD', '--batch'],
  ])
    expectLikeGitAnnex(clone, ['findref', ...args])
  expect(clone.annex('findref', '--branch=HEAD').stdout).toContain('here.txt\n')
  expect(clone.tryAnnex('findref', 'nope').status).toBe(1)
})
