import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { expectClean, expectContent, expectInGit, expectPointer } from '../support/expect.js'
import { PROJECT, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** The commands of docs/moving.md, as they stand there. */
const COMMANDS = /```sh\n([\s\S]*?)```/.exec(readFileSync(`${PROJECT}/docs/moving.md`, 'utf8'))![1]!

test('docs/moving.md turns files of git-lfs into annexed ones, but for those that are elsewhere', () => {
  const origin = scratch.repo('lfs')
  origin.run(['git', 'lfs', 'install', '--local'])
  origin.git('lfs', 'track', '*.psd', '*.mov')
  origin.write('a.psd', someBytes(5000, 1))
  origin.write('film.mov', someBytes(6000, 2))
  origin.git('add', '.')
  origin.git('commit', '-q', '-m', 'with git-lfs')
  const elsewhere = scratch.path('elsewhere')
  scratch.run(['git', 'clone', '-q', origin.dir, elsewhere], { env: { GIT_LFS_SKIP_SMUDGE: '1' } })

  scratch.run(['sh', '-e', '-c', COMMANDS], { cwd: origin.dir })
  expectPointer(origin, 'a.psd')
  expectContent(origin, 'a.psd', someBytes(5000, 1))
  expect(origin.git('show', ':film.mov').stdout).toContain('git-lfs.github.com')
  expectContent(origin, 'film.mov', someBytes(6000, 2))
  expectClean(origin)

  const clone = scratch.open('elsewhere')
  const steps = COMMANDS.replace(/^git lfs pull.*\n/, '').replace(/^git commit.*\n/m, '')
  const { stderr } = scratch.run(['sh', '-e', '-c', steps], { cwd: clone.dir })
  expect(stderr).toContain('a.psd is a pointer of git-lfs and goes to git as it is')
  expectInGit(clone, 'a.psd')
})
