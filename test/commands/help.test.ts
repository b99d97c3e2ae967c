import { describe, expect, test } from '@jest/globals'
import { COMMANDS } from '../../src/commands/registry.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const run = (...args: string[]) => scratch.tryRun(['git-annex', ...args])

describe('git annex help', () => {
  test('names the few commands to start with', () => {
    const { status, stdout } = run('help')
    expect(status).toBe(0)
    for (const name of ['init', 'get', 'drop', 'sync', 'status'])
      expect(stdout).toMatch(new RegExp(`^  git annex ${name}  +\\w`, 'm'))
    expect(stdout).not.toContain('examinekey')
    expect(stdout.split('\n').length).toBeLessThan(25)
  })

  test('--all names every command once', () => {
    const { stdout } = run('help', '--all')
    for (const name of Object.keys(COMMANDS))
      expect(stdout.match(new RegExp(`^  git annex ${name}  `, 'gm'))).toHaveLength(1)
  })

  test.each(Object.keys(COMMANDS))('tells about %s', (name) => {
    const { status, stdout } = run('help', name)
    expect(status).toBe(0)
    expect(stdout).toMatch(new RegExp(`^Usage: git annex ${name}\\b`))
    expect(stdout).toContain(`git-annex ${name} - `)
    expect(stdout).toMatch(/^ {2}-c, --config=NAME=VALUE +override a git setting$/m)
  })

  test('lists the values of options and the matching options', () => {
    const { stdout } = run('help', 'find')
    expect(stdout).toMatch(/^ +--format=FORMAT +control/m)
    expect(stdout).toMatch(/^ +-i, --in=REPOSITORY$/m)
  })

  test('is also behind --help', () => {
    expect(run('find', '--help').stdout).toBe(run('help', 'find').stdout)
    expect(run('find', 'x', '-h').stdout).toBe(run('help', 'find').stdout)
    expect(run('--help').stdout).toBe(run('help').stdout)
  })

  test('fails for a command that is none', () => {
    expect(run('help', 'frobnicate')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('There is no command named "frobnicate"'),
    })
  })
})
