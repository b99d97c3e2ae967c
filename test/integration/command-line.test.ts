// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a shell script has such braces
/** What every command line has in common: names, options, exit statuses, streams. */
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { OUR_BIN, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const annex = makePeerAnnex(scratch, 'annex')
const plain = scratch.repo('plain')

const firstLine = (text: string) => text.split('\n')[0]

describe('git annex', () => {
  test.each([
    [[], 'Missing: COMMAND'],
    [['frobnicate'], "Invalid argument `frobnicate'"],
    [['--version'], "Invalid option `--version'"],
    [['find', '--frobnicate'], "Invalid option `--frobnicate'"],
    [['find', '--in'], 'The option `--in` expects an argument.'],
    [['get', '-J', 'x'], "option -J: cannot parse value `x'"],
    [['whereis', '--key=x'], 'option --key: invalid key'],
  ])('%j says what is wrong, as git-annex does, and shows the usage', (args, message) => {
    const ours = annex.tryRun(['git-annex', ...args])
    const real = annex.tryRun(['git-annex', ...args], { program: 'real' })
    expect([ours.status, ours.stdout, firstLine(ours.stderr)]).toEqual([1, '', message])
    expect([real.status, real.stdout, firstLine(real.stderr)]).toEqual([1, '', message])
    expect(ours.stderr).toContain('\n\nUsage: git-annex ')
  })

  test('guesses what was meant', () => {
    expect(annex.tryAnnex('wheris').stderr).toContain('\nDid you mean this?\n    whereis\n')
    expect(annex.tryAnnex('ad').stderr).toContain('\nDid you mean one of these?\n    add\n')
    expect(annex.tryAnnex('get', '--qiet').stderr).toContain('\nDid you mean this?\n    --quiet\n')
    expect(annex.tryAnnex('help', 'wheris').stderr).toContain('Did you mean "whereis"?')
    expect(annex.tryAnnex('frobnicate').stderr).not.toContain('Did you mean')
  })

  test('says of a command of git-annex that it is not built yet', () => {
    expect(annex.tryAnnex('webapp')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^git-annex: The command "webapp" is not built yet\n {2}\S/),
    })
  })

  test('runs a program git-annex-NAME from PATH, with its words and its status', () => {
    const bin = scratch.path('bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'git-annex-frob'), '#!/bin/sh\nprintf "%s|" "$@"\nexit 7\n')
    chmodSync(join(bin, 'git-annex-frob'), 0o755)
    const result = annex.tryRun(['git-annex', 'frob', 'a b', '--json'], {
      env: { PATH: `${OUR_BIN}:${bin}:${process.env['PATH']}` },
    })
    expect(result).toMatchObject({ status: 7, stdout: 'a b|--json|' })
  })

  test('takes common options before the command', () => {
    expect(annex.run(['git-annex', '--quiet', '-c', 'a.b=c', 'find']).stdout).toBe('file\n')
  })

  test('fails outside of a repository, before init, and in a bare one where files are needed', () => {
    const outside = scratch.tryRun(['git-annex', 'find'], { cwd: scratch.home })
    expect(outside).toMatchObject({ status: 1, stderr: 'git-annex: Not in a git repository.\n' })
    expect(expectLikeGitAnnex(plain, ['find']).stderr).toBe(
      'git-annex: First run: git-annex init\n',
    )
    const bare = scratch.repo('bare.git', '--bare')
    bare.realAnnex('init', 'bare')
    expectLikeGitAnnex(bare, ['status'])
  })

  test('initialises a clone of an annex by itself', () => {
    const clone = scratch.clone(annex, 'clone')
    expect(clone.annex('find', '--include=*').stdout).toBe('file\n')
    expect(clone.git('config', 'annex.uuid').stdout).toMatch(/^[0-9a-f-]{36}\n$/)
  })

  test('sums up failures on standard error, in JSON too', () => {
    expectLikeGitAnnex(annex, ['whereis', 'nope'])
    expectLikeGitAnnex(annex, ['whereis', 'nope', 'file', '--json'])
    expectLikeGitAnnex(annex, ['whereis', 'nope', '--quiet'])
  })

  test('stops at the time limit with status 101', () => {
    const { status, stderr } = annex.tryAnnex('whereis', '--time-limit=0s')
    expect({ status, stderr }).toEqual({
      status: 101,
      stderr: '  Time limit (0s) reached! Shutting down...\n',
    })
    expect(annex.annex('whereis', '--time-limit=1h').stdout).toContain('whereis file')
  })

  test('overrides settings with -c', () => {
    expect(annex.annex('find', '-c', 'annex.numcopies=5', '--lackingcopies=4').stdout).toBe(
      'file\n',
    )
    expect(annex.annex('find', '-c', 'annex.numcopies=4', '--lackingcopies=4').stdout).toBe('')
  })

  test('answers each request of a batch before it reads the next', async () => {
    const child = spawn(join(OUR_BIN, 'git-annex'), ['find', '--batch'], {
      cwd: annex.dir,
      env: scratch.env,
    })
    const answers = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]()
    for (const [request, answer] of [
      ['file\n', 'file\n'],
      ['nope\n', '\n'],
      ['./file\n', './file\n'],
    ] as const) {
      child.stdin.write(request)
      expect((await answers.next()).value).toBe(answer)
    }
    child.stdin.end()
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0)
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('ends at once on %s while it waits', async (signal) => {
    const child = spawn(join(OUR_BIN, 'git-annex'), ['find', '--batch'], {
      cwd: annex.dir,
      env: scratch.env,
    })
    child.stdin.write('file\n')
    await new Promise((resolve) => child.stdout.once('data', resolve))
    const ended = new Promise((resolve) => child.on('exit', (code, by) => resolve(by ?? code)))
    child.kill(signal)
    expect(await ended).toBe(signal)
  })

  test('ends without a word when its reader has gone', () => {
    const { stdout, stderr } = annex.run([
      'bash',
      '-c',
      'git annex help --all | true; echo "${PIPESTATUS[0]}"; yes file | head -100000 | git annex find --batch | head -1',
    ])
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^(0|141)\nfile\n$/)
  })
})

describe('git annex describe | true', () => {
  test('records what it did, though its reader has gone', () => {
    annex.run(['bash', '-c', '(sleep 0.2; exec git annex describe here told) | true'])
    expect(annex.realAnnex('info', 'here').stdout).toContain('description: told [here]\n')
    expect(annex.git('log', '-1', '--format=%s', 'git-annex').stdout).toBe('update\n')
  })
})
