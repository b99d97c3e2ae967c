import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { readConfig } from '../../src/git/config.js'
import { installHooks } from '../../src/git/hooks.js'
import { openRepositoryAt } from '../../src/git/repository.js'
import { hostTag, processTag } from '../../src/platform/process.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

/**
 * The hooks under the shells that stand behind /bin/sh elsewhere: macOS has bash in POSIX mode, the
 * BSDs and Alpine have ash, OpenBSD and Android a Korn shell; yash and posh know POSIX and no more.
 */
const SHELLS: readonly string[][] = [
  ['/usr/bin/dash'],
  ['/bin/bash', '--posix'],
  ['/usr/bin/busybox', 'sh'],
  ['/usr/bin/mksh'],
  ['/usr/bin/yash'],
  ['/usr/bin/posh'],
]
const scratch = useScratch()
const log = scratch.path('log')
const program = scratch.path('git-annex')
let count = 0

function calls(): string[] {
  const text = existsSync(log) ? readFileSync(log, 'utf8') : ''
  rmSync(log, { force: true })
  return text.split('\n').filter(Boolean)
}

/** A repository whose hooks run in a shell, and which looks like an annex to them. */
function repoWith(shell: readonly string[]): ScratchRepo {
  const repo = scratch.repo(`r${count++}`)
  mkdirSync(repo.path('.git/annex/objects'), { recursive: true })
  repo.write('.git/hooks/pre-commit', `#!/bin/sh\necho "before $(basename "$0")" >>'${log}'\n`)
  chmodSync(repo.path('.git/hooks/pre-commit'), 0o755)
  repo.write(
    '../git-annex',
    `#!/bin/sh\necho "$*" >>'${log}'\ncase $1 in pre-push) cat >>'${log}' ;; esac\n`,
  )
  chmodSync(program, 0o755)
  const repository = openRepositoryAt(repo.dir)!
  installHooks(repository, readConfig(repository), { executable: program })
  for (const name of readdirSync(repo.path('.git/hooks'))) {
    const text = repo.read(`.git/hooks/${name}`).toString()
    if (text.includes('# annexe hook:'))
      repo.write(`.git/hooks/${name}`, text.replace('#!/bin/sh', `#!${shell.join(' ')}`))
  }
  return repo
}

function commit(repo: ScratchRepo, path: string, content: string | Uint8Array = path): void {
  repo.write(path, content)
  repo.git('add', path)
  repo.git('commit', '-qm', path)
}

const isInstalled = (shell: readonly string[]) =>
  spawnSync(shell[0]!, [...shell.slice(1), '-c', 'exit 0']).status === 0

describe.each(
  SHELLS.map((shell) => {
    const isHere = isInstalled(shell)
    return [
      `${shell.join(' ')}${isHere ? '' : ' (not tested: not installed)'}`,
      shell,
      isHere,
    ] as const
  }),
)('the hooks in %s', (_, shell, isHere) => {
  const testHere = isHere ? test : test.skip

  testHere('start git-annex when there is something to do, and only then', () => {
    const repo = repoWith(shell)
    const to = scratch.repo(`bare${count++}`, '--bare')
    commit(repo, 'f')
    expect(calls()).toEqual(['before pre-commit'])
    commit(repo, 'big', Buffer.alloc(1_000_001))
    repo.run(['ln', '-s', 'x', 'link'])
    repo.git('add', 'link')
    repo.git('commit', '-qm', 'link')
    expect(calls()).toEqual(Array(2).fill(['before pre-commit', 'pre-commit .']).flat())

    repo.git('checkout', '-qb', 'other')
    expect(calls()).toEqual([])
    const notes = '.git/annex/annexe/deferred'
    repo.write(`${notes}/${processTag()}`, 'of a process that lives')
    repo.git('checkout', '-q', 'main')
    expect(calls()).toEqual([])
    repo.write(`${notes}/${hostTag()}-999999999-00000000`, 'of one that does not')
    repo.git('checkout', '-q', 'other')
    expect(calls()).toHaveLength(1)
    rmSync(repo.path(`${notes}/${hostTag()}-999999999-00000000`))
    repo.write(`${notes}/${hostTag()}-${process.pid}-00000000`, 'of one whose number lives on')
    repo.git('checkout', '-q', 'main')
    expect(calls()).toHaveLength(1)
    repo.git('checkout', '-q', 'other')
    calls()
    commit(repo, 'g')
    repo.git('checkout', '-q', 'main')
    calls()
    repo.git('merge', '-q', 'other')
    expect(calls()).toEqual(['post-merge 0'])

    repo.git('push', '-q', to.dir, 'main')
    expect(calls()).toEqual([
      `pre-push ${to.dir} ${to.dir}`,
      expect.stringMatching(/^refs\/heads\/main [0-9a-f]{40} refs\/heads\/main 0{40}$/),
    ])
  })
})
