import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { readConfig } from '../../src/git/config.js'
import { installHooks } from '../../src/git/hooks.js'
import { openRepositoryAt } from '../../src/git/repository.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

/**
 * The hooks under real git. In place of git-annex stands a script that notes how it was called: what
 * is tested is whether a hook starts the executable, with what, and what becomes of its exit status.
 */
const scratch = useScratch()
const program = scratch.path("it's a program", 'git-annex')
const log = scratch.path('log')
let count = 0

/** What our program was called with since the last time: arguments, then stdin when there was any. */
function calls(): string[] {
  const text = existsSync(log) ? readFileSync(log, 'utf8') : ''
  rmSync(log, { force: true })
  return text.split('\n').filter(Boolean)
}

function annexedRepo(...setup: ((repo: ScratchRepo) => void)[]): ScratchRepo {
  const repo = scratch.repo(`r${count++}`)
  mkdirSync(repo.path('.git/annex/objects'), { recursive: true })
  for (const step of setup) step(repo)
  const repository = openRepositoryAt(repo.dir)!
  installHooks(repository, readConfig(repository), { executable: program })
  return repo
}

function commit(repo: ScratchRepo, path: string): void {
  repo.write(path, path)
  repo.git('add', path)
  repo.git('commit', '-qm', path)
}

const withHook = (name: string, text: string) => (repo: ScratchRepo) => {
  repo.write(`.git/hooks/${name}`, text)
  chmodSync(repo.path('.git/hooks', name), 0o755)
}

beforeAll(() => {
  const repo = scratch.repo('program')
  const text = `#!/bin/sh
case " $* " in *' --help '*) exit ;; esac
printf '%s\\n' "$*" >>'${log}'
case $1 in pre-push | post-receive) sed 's/^/  /' >>'${log}' ;; esac
exit "\${EXIT_STATUS:-0}"
`
  repo.write("../it's a program/git-annex", text)
  chmodSync(program, 0o755)
})

beforeEach(() => {
  calls()
})

describe('hooks/pre-commit', () => {
  test('starts nothing for a commit of ordinary files', () => {
    commit(annexedRepo(), 'f')
    expect(calls()).toEqual([])
  })

  test.each(['journal/uuid.log', 'annexe/journal/1.mp'])('starts git-annex for %s', (path) => {
    const repo = annexedRepo()
    mkdirSync(repo.path('.git/annex/annexe/journal'), { recursive: true })
    commit(repo, 'f')
    expect(calls()).toEqual([])
    repo.write(`.git/annex/${path}`, 'x')
    commit(repo, 'g')
    expect(calls()).toEqual(['pre-commit .'])
  })

  test('finds the journal from a linked work tree', () => {
    const repo = annexedRepo()
    commit(repo, 'f')
    repo.write('.git/annex/journal/uuid.log', 'x')
    commit(repo, 'g')
    expect(calls()).toEqual(['pre-commit .'])
    repo.git('worktree', 'add', '-q', '../linked')
    calls()
    commit(scratch.open('linked'), 'h')
    expect(calls()).toEqual(['pre-commit .'])
  })

  test('starts git-annex for a symbolic link that is new where it is', () => {
    const repo = annexedRepo()
    commit(repo, 'f')
    repo.run(['ln', '-s', '.git/annex/objects/x', 'link'])
    repo.git('add', 'link')
    repo.git('commit', '-qm', 'link')
    expect(calls()).toEqual(['pre-commit .'])
    commit(repo, 'g')
    expect(calls()).toEqual([])
  })

  test('runs the hook that was there before, and fails with it', () => {
    const repo = annexedRepo(withHook('pre-commit', `#!/bin/sh\necho before >>'${log}'; exit 1\n`))
    repo.write('.git/annex/journal/uuid.log', 'x')
    expect(() => commit(repo, 'f')).toThrow(/exited 1/)
    expect(calls()).toEqual(['before'])
  })

  test('lets a hook of husky’s kind find its own name and directory', () => {
    const text = `#!/usr/bin/env sh\necho "$(basename "$0") in $(dirname "$0")" >>'${log}'\n`
    commit(annexedRepo(withHook('pre-commit', text)), 'f')
    expect(calls()).toEqual(['pre-commit in .git/hooks'])
  })

  test('runs a hook in another language', () => {
    const text = `#!/usr/bin/perl\nopen(L, '>>', '${log}'); print L "perl\\n";\n`
    commit(annexedRepo(withHook('pre-commit', text)), 'f')
    expect(calls()).toEqual(['perl'])
  })

  test('works from core.hooksPath', () => {
    const repo = annexedRepo((r) => r.git('config', 'core.hooksPath', '.husky/_'))
    repo.write('.git/annex/journal/uuid.log', 'x')
    commit(repo, 'f')
    expect(calls()).toEqual(['pre-commit .'])
  })
})

describe('hooks/post-checkout and hooks/post-merge', () => {
  test('start nothing when nothing was left to do', () => {
    const repo = annexedRepo()
    commit(repo, 'f')
    repo.git('checkout', '-qb', 'other')
    commit(repo, 'g')
    repo.git('checkout', '-q', 'main')
    repo.git('merge', '-q', 'other')
    expect(calls()).toEqual([])
  })

  test.each(['smudge.log', 'restage.log'])('start git-annex for %s', (name) => {
    const repo = annexedRepo()
    commit(repo, 'f')
    repo.git('branch', 'other')
    repo.write(`.git/annex/${name}`, 'x')
    repo.git('checkout', '-q', 'other')
    const head = repo.git('rev-parse', 'HEAD').stdout.trim()
    expect(calls()).toEqual([`post-checkout ${head} ${head} 1`])
    commit(repo, 'g')
    repo.git('checkout', '-q', 'main')
    calls()
    repo.git('merge', '-q', 'other')
    expect(calls()).toEqual(['post-merge 0'])
  })

  test('start git-annex when annex.autoget is set', () => {
    const repo = annexedRepo()
    commit(repo, 'f')
    repo.git('config', 'annex.autoget', 'true')
    repo.git('checkout', '-qb', 'other')
    expect(calls()).toHaveLength(1)
  })
})

describe('hooks/pre-push', () => {
  const pair = () => {
    const repo = annexedRepo()
    const to = scratch.repo(`bare${count++}`, '--bare')
    repo.git('remote', 'add', 'origin', to.dir)
    commit(repo, 'f')
    return { repo, to }
  }

  test('hands the remote and the refs over, and nothing when nothing is pushed', () => {
    const { repo, to } = pair()
    repo.git('push', '-q', 'origin', 'main')
    const head = repo.git('rev-parse', 'HEAD').stdout.trim()
    const zero = '0'.repeat(40)
    expect(calls()).toEqual([
      `pre-push origin ${to.dir}`,
      `  refs/heads/main ${head} refs/heads/main ${zero}`,
    ])
    repo.git('push', '-q', 'origin', 'main')
    expect(calls()).toEqual([])
  })

  test('passes over deletions, the git-annex branch and the branches of sync', () => {
    const { repo } = pair()
    repo.git('branch', 'git-annex')
    repo.git('push', '-q', 'origin', 'git-annex', 'main:synced/main')
    repo.git('push', '-q', 'origin', ':synced/main')
    expect(calls()).toEqual([])
    repo.git('push', '-q', 'origin', 'git-annex:synced/git-annex', 'main')
    expect(calls()).toHaveLength(3)
  })

  test('stops the push when the contents could not be sent', () => {
    const { repo, to } = pair()
    const env = { EXIT_STATUS: '1' }
    expect(repo.tryRun(['git', 'push', '-q', 'origin', 'main'], { env }).status).toBe(1)
    expect(to.git('branch', '--list').stdout).toBe('')
  })

  test('leaves a push of our own alone, and a repository without objects', () => {
    const { repo } = pair()
    repo.run(['git', 'push', '-q', 'origin', 'main'], { env: { ANNEXE_PUSHING: '1' } })
    rmSync(repo.path('.git/annex'), { recursive: true })
    commit(repo, 'g')
    repo.git('push', '-q', 'origin', 'main')
    expect(calls()).toEqual([])
  })

  test('gives the refs to the hook that was there before as well', () => {
    const { repo } = pair()
    const before = `#!/bin/sh\necho "before $1" >>'${log}'; cat >>'${log}'\n`
    withHook('pre-push.before-annexe', before)(repo)
    repo.git('push', '-q', 'origin', 'main')
    const said = calls()
    expect(said[0]).toBe('before origin')
    expect(`  ${said[1]}`).toBe(said[3])
    withHook('pre-push.before-annexe', '#!/usr/bin/perl\nexit 3;\n')(repo)
    commit(repo, 'g')
    expect(repo.tryGit('push', '-q', 'origin', 'main').status).toBe(1)
    expect(calls()).toEqual([])
  })
})

describe('hooks/post-receive', () => {
  test('starts git-annex when an adjusted branch is checked out', () => {
    const repo = annexedRepo()
    commit(repo, 'f')
    const clone = scratch.clone(repo, `clone${count++}`)
    clone.git('push', '-q', 'origin', 'main:one')
    expect(calls()).toEqual([])
    repo.git('checkout', '-qb', 'adjusted/main(unlocked)')
    clone.git('push', '-q', 'origin', 'main:two')
    const said = calls()
    expect(said).toHaveLength(2)
    expect(said[0]).toBe('post-receive')
    expect(said[1]).toMatch(/^ {2}0+ [0-9a-f]+ refs\/heads\/two$/)
  })
})

describe('every hook', () => {
  const busy = () => {
    const repo = annexedRepo()
    const to = scratch.repo(`bare${count++}`, '--bare')
    repo.git('remote', 'add', 'origin', to.dir)
    for (const name of ['journal/x', 'smudge.log']) repo.write(`.git/annex/${name}`, 'x')
    return repo
  }
  const everything = (repo: ScratchRepo, env: Record<string, string>) => {
    repo.write('f', 'f')
    const script = 'git add f && git commit -qm f && git checkout -qb b && git push -q origin main'
    return repo.run(['sh', '-c', script], { env })
  }

  test('uses the git-annex on PATH when the one it was installed with is gone', () => {
    const repo = busy()
    scratch.run(['mv', program, `${program}.away`])
    scratch.run(['mkdir', 'elsewhere'])
    scratch.run(['cp', `${program}.away`, 'elsewhere/git-annex'])
    everything(repo, { PATH: `${scratch.path('elsewhere')}:${process.env.PATH}` })
    scratch.run(['mv', `${program}.away`, program])
    expect(calls().filter((line) => !line.startsWith(' '))).toEqual([
      'pre-commit .',
      expect.stringMatching(/^post-checkout /),
      expect.stringMatching(/^pre-push /),
    ])
  })

  test('never breaks git when there is no git-annex at all', () => {
    const repo = busy()
    const bare = scratch.path('only-git')
    mkdirSync(bare)
    for (const name of ['git', 'sh', 'cat', 'grep']) {
      const found = scratch.run(['sh', '-c', `command -v ${name}`]).stdout.trim()
      scratch.run(['ln', '-s', found, `${bare}/${name}`])
    }
    scratch.run(['mv', program, `${program}.away`])
    const { stderr } = everything(repo, { PATH: bare })
    scratch.run(['mv', `${program}.away`, program])
    expect(stderr).toBe(
      'git-annex is not installed: the push goes on without the contents of annexed files\n',
    )
  })
})
