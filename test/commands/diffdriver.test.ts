import { chmodSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const BINARY = [someBytes(2_000_000, 1), someBytes(3_500_000, 2)] as const
let count = 0

/** `*.bin` is tracked; `a.bin` has two versions, `b.txt` is ordinary. */
function makeTracked(): ScratchRepo {
  const repo = scratch.repo(`repo${count++}`)
  repo.annex('init')
  repo.annex('track', '*.bin')
  for (const [i, content] of BINARY.entries()) {
    repo.write('a.bin', content)
    repo.write('b.txt', `ordinary ${i}\n`)
    repo.git('add', '.')
    repo.git('commit', '-qm', `version ${i}`)
  }
  return repo
}

/** A program that shows its arguments, and what is in the files among them. */
function makeShower(): string {
  const path = scratch.path('show')
  scratch.run(['sh', '-c', 'cat >"$0"', path], {
    input: '#!/bin/sh\nfor arg; do echo "[$arg]"; [ -f "$arg" ] && cat "$arg"; done; exit 0\n',
  })
  chmodSync(path, 0o755)
  return path
}

describe('git diff of tracked files', () => {
  const old = /-annexed content, 2 MB, SHA256E-s2000000--[0-9a-f]{64}\.bin/
  const added = /\+annexed content, 3.5 MB, SHA256E-s3500000--[0-9a-f]{64}\.bin/

  test('shows size and key, from the pointers and from contents in the work tree', () => {
    const repo = makeTracked()
    const committed = repo.git('diff', 'HEAD~1', 'HEAD', '--', 'a.bin').stdout
    expect(committed).toMatch(old)
    expect(committed).toMatch(added)
    repo.write('a.bin', BINARY[0])
    const changed = repo.git('diff').stdout.split('\n')
    expect(changed[5]).toMatch(/^-annexed content, 3\.5 MB, SHA256E-s3500000--/)
    expect(changed[6]).toMatch(/^\+annexed content, 2 MB, SHA256E-s2000000--/)
    const keys = committed.match(/SHA256E-s\S+/g)!
    expect(changed.join('\n').match(/SHA256E-s\S+/g)).toEqual([...keys].reverse())
    expect(repo.git('log', '-p', '-1').stdout).toMatch(added)
  })

  test('shows the same where the contents are not', () => {
    const repo = makeTracked()
    const here = repo.git('diff', 'HEAD~1', 'HEAD').stdout
    const clone = scratch.clone(repo, `clone${count++}`)
    clone.annex('init')
    expect(clone.git('diff', 'HEAD~1', 'HEAD').stdout).toBe(here)
  })

  test('starts nothing for ordinary files', () => {
    const repo = makeTracked()
    repo.git('config', 'diff.annex.textconv', 'false')
    expect(repo.git('diff', 'HEAD~1', 'HEAD', '--', 'b.txt').stdout).toContain('+ordinary 1\n')
    expect(repo.tryGit('diff', 'HEAD~1', 'HEAD', '--', 'a.bin').status).not.toBe(0)
  })

  test('needs no long contents, which archives, checkouts and diff programs get', () => {
    const repo = makeTracked()
    repo.git('config', 'annex.smudge-inline-max', '100kB')
    repo.git('config', 'diff.annex.textconv', 'head -c 30')
    for (const argv of [
      ['diff', 'HEAD~1', 'HEAD'],
      ['-c', 'color.ui=false', '-C', '.', 'show'],
      ['log', '-p', '-1'],
    ])
      expect(repo.git(...argv).stdout).toContain('+/annex/objects/SHA256E-s35000')
    const archive = ['sh', '-c', 'git archive HEAD a.bin | tar xO | wc -c']
    expect(repo.run(archive).stdout.trim()).toBe('3500000')
    const env = { GIT_EXTERNAL_DIFF: 'wc -c <"$5"; :' }
    const { stdout } = repo.run(['git', 'diff', 'HEAD~1', 'HEAD', '--', 'a.bin'], { env })
    expect(stdout.trim()).toBe('3500000')
    repo.git('checkout-index', '--prefix=copy/', 'a.bin')
    expect(repo.read('copy/a.bin').equals(BINARY[1])).toBe(true)
  })

  test('shows texts that are annexed as texts', () => {
    const repo = makeTracked()
    repo.write('text.bin', 'one\ntwo\n')
    repo.git('add', '.')
    repo.git('commit', '-qm', 'text')
    repo.write('text.bin', 'one\nthree\n')
    expect(repo.git('diff').stdout).toContain(' one\n-two\n+three\n')
  })

  test('leaves patches that can be applied', () => {
    const repo = makeTracked()
    const patch = repo.git('format-patch', '--stdout', '-1').stdout
    repo.git('reset', '-q', '--hard', 'HEAD~1')
    repo.run(['git', 'am', '-q'], { input: patch })
    expect(repo.read('a.bin').equals(BINARY[1])).toBe(true)
  })

  test('shows pointers where git-annex is another one or gone', () => {
    const repo = makeTracked()
    const textconv = repo.git('config', 'diff.annex.textconv').stdout.trim()
    repo.git('config', 'diff.annex.textconv', textconv.replace(/^a='[^']*'/, "a='/nowhere'"))
    const clone = scratch.clone(repo, `clone${count++}`)
    clone.git('config', 'diff.annex.textconv', textconv.replace(/^a='[^']*'/, "a='/nowhere'"))
    const args = ['git', 'diff', 'HEAD~1', 'HEAD', '--', 'a.bin']
    for (const path of ['/usr/bin:/bin', undefined])
      expect(
        clone.run(args, { program: 'real', ...(path && { env: { PATH: path } }) }).stdout,
      ).toMatch(/\n-\/annex\/objects\/SHA256E-s2000000--/)
  })
})

describe('diff.annex.textconv', () => {
  test('is set by init, kept when it is the user’s own, and removed by uninit', () => {
    const repo = scratch.repo('settings')
    repo.annex('init')
    expect(repo.git('config', 'diff.annex.textconv').stdout).toContain('diffdriver --describe')
    repo.git('config', 'diff.annex.textconv', 'mine')
    repo.annex('init')
    repo.realAnnex('init')
    expect(repo.git('config', 'diff.annex.textconv').stdout).toBe('mine\n')
    repo.git('config', '--unset', 'diff.annex.textconv')
    repo.annex('init')
    repo.git('commit', '-qm', 'empty', '--allow-empty')
    repo.annex('uninit')
    expect(repo.tryGit('config', 'diff.annex.textconv').status).toBe(1)
  })
})

describe('git annex diffdriver', () => {
  test('hands contents to a program as git-annex does', () => {
    const repo = scratch.repo('driven')
    repo.realAnnex('init')
    repo.git('config', 'annex.addunlocked', 'true')
    repo.write('f', 'one\n')
    repo.write('g', 'plain\n')
    repo.realAnnex('add', 'f')
    repo.git('-c', 'annex.largefiles=nothing', 'add', 'g')
    repo.git('commit', '-qm', 'one')
    repo.write('f', 'two\n')
    repo.write('g', 'plainer\n')
    repo.realAnnex('add', 'f')
    repo.realGit('-c', 'annex.largefiles=nothing', 'commit', '-qam', 'two')
    repo.realAnnex('lock', 'f')
    const driver = `git-annex diffdriver -- ${makeShower()} x --`
    for (const args of [['HEAD~1'], ['HEAD~1', 'HEAD'], ['HEAD'], ['--cached']]) {
      const argv = ['git', 'diff', ...args]
      const outputs = (['ours', 'real'] as const).map((program) =>
        repo
          .run(argv, { program, env: { GIT_EXTERNAL_DIFF: driver } })
          .stdout // Our filter gives git contents for its temporary files, git-annex’s gives it pointers.
          .replace(/^\[(\.git\/annex\/objects|.*git-blob-).*\]$/gm, '[FILE]'),
      )
      expect(outputs[0]).toBe(outputs[1])
      expect(outputs[0]).not.toBe('')
    }
  })

  test('--text compares contents that git has links to', () => {
    const repo = scratch.repo('text')
    repo.annex('init')
    repo.git('config', 'annex.addunlocked', 'false')
    for (const text of ['one\n', 'two\n']) {
      repo.run(['rm', '-f', 'f'])
      repo.write('f', text)
      repo.annex('add', 'f')
      repo.git('commit', '-qm', text)
    }
    const env = { GIT_EXTERNAL_DIFF: 'git-annex diffdriver --text --' }
    const { stdout } = repo.run(['git', 'diff', 'HEAD~1'], { env })
    expect(stdout).toBe('--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\n+two\n')
  })

  test.each([[[]], [['--', 'cmd', 'a', 'b']], [['--', 'cmd', '--', 'a', 'b']]])(
    'refuses %j as git-annex does',
    (args) => {
      const repo = scratch.repo(`refuses${count++}`)
      expect(repo.tryAnnex('diffdriver', ...args).status).toBe(1)
      expect(repo.tryRealAnnex('diffdriver', ...args).status).toBe(1)
    },
  )

  test('passes the failure of the program on', () => {
    const repo = scratch.repo('failing')
    expect(repo.tryAnnex('diffdriver', '--', 'false', '--', 'unmerged').status).toBe(1)
    expect(repo.tryAnnex('diffdriver', '--', 'true', '--', 'unmerged').status).toBe(0)
  })
})
