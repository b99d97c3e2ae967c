import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { PROJECT, type RunOptions, useScratch } from '../support/scratch.js'

const scratch = useScratch()
let count = 0

const newPrefix = () => scratch.path(`prefix ${count++}`)
const install = (args: readonly string[], options: RunOptions = {}) =>
  scratch.tryRun([join(PROJECT, 'install.sh'), ...args], options)

/** A directory with one program that only prints a version. */
function fakeProgram(name: string, version: string): string {
  const dir = scratch.path(`fake${count++}`)
  scratch.run(['mkdir', dir])
  writeFileSync(join(dir, name), `#!/bin/sh\necho '${version}'\n`)
  chmodSync(join(dir, name), 0o755)
  return dir
}

describe('install.sh', () => {
  test('installs both programs, again over itself, and removes them', () => {
    const prefix = newPrefix()
    for (let time = 0; time < 2; time++) {
      const { status, stdout } = install(['--prefix', prefix])
      expect(status).toBe(0)
      expect(stdout).toContain(`Installed ${prefix}/bin/git-annex (10.`)
      expect(stdout).toContain(`${prefix}/bin is not on your PATH.`)
      expect(readdirSync(join(prefix, 'bin')).sort()).toEqual(['git-annex', 'git-annex-shell'])
    }
    expect(readlinkSync(join(prefix, 'bin/git-annex-shell'))).toBe('git-annex')
    expect(scratch.run([`${prefix}/bin/git-annex`, 'version', '--raw']).stdout).toMatch(
      /^10\.\d{8}$/m,
    )
    expect(scratch.tryRun([`${prefix}/bin/git-annex-shell`]).stderr).toContain('git-annex-shell')

    const man = readFileSync(`${prefix}/share/man/man1/git-annex.1`, 'latin1')
    const completion = `${prefix}/share/bash-completion/completions/git-annex`
    expect(readFileSync(completion, 'utf8')).toMatch(/^complete .* git-annex$/m)
    expect(man).toMatch(/^\.TH GIT\\-ANNEX 1\n/)
    expect(man).toMatch(/^ {2}git annex get +fetches the content of files$/m)

    expect(install(['--uninstall', '--prefix', prefix]).status).toBe(0)
    expect(readdirSync(join(prefix, 'bin'))).toEqual([])
    expect(readdirSync(join(prefix, 'share'))).toEqual([])
    expect(install(['--uninstall', '--prefix', prefix]).stdout).toMatch(/^Nothing was installed/)
  })

  test('needs no npm once everything is built', () => {
    const broken = fakeProgram('npm', 'never')
    writeFileSync(join(broken, 'npm'), '#!/bin/sh\nexit 1\n')
    const env = { PATH: `${broken}:${process.env.PATH}` }
    expect(install(['--prefix', newPrefix()], { env }).status).toBe(0)
  })

  test('warns of nothing when the installed program is the one that git finds', () => {
    const prefix = newPrefix()
    const env = { PATH: `${prefix}/bin:${process.env.PATH}` }
    const { stdout } = install(['--prefix', prefix], { env })
    expect(stdout).not.toMatch(/PATH|Another/)
  })

  test('names another git-annex that comes first', () => {
    const other = fakeProgram('git-annex', '10.1')
    const prefix = newPrefix()
    const env = { PATH: `${other}:${prefix}/bin:${process.env.PATH}` }
    const { stdout } = install(['--prefix', prefix], { env })
    expect(stdout).toContain(`starts that one: ${other}/git-annex`)
    expect(stdout).not.toContain('not on your PATH')
  })

  test('neither replaces nor removes a program that it has not installed', () => {
    const prefix = newPrefix()
    scratch.run(['mkdir', '-p', `${prefix}/bin`])
    writeFileSync(join(prefix, 'bin/git-annex'), 'theirs')
    const { status, stderr } = install(['--prefix', prefix])
    expect(status).toBe(1)
    expect(stderr).toContain(
      `${prefix}/bin/git-annex is there and was not installed by this script`,
    )
    expect(install(['--prefix', prefix, '--force']).status).toBe(0)
    scratch.run(['sh', '-c', `rm "${prefix}/bin/git-annex"; echo other >"${prefix}/bin/git-annex"`])
    expect(install(['--prefix', prefix, '--uninstall']).stdout).toContain('Left')
    expect(readdirSync(join(prefix, 'bin'))).toEqual(['git-annex'])
  })

  test.each([
    ['git', 'git version 2.17.1', /Found git 2\.17\.1 at .*; 2\.25 or later is needed\n.*Install/],
    ['node', 'v18.19.0', /Found Node\.js 18\.19\.0 at .*; 20\.0 or later is needed\n.*Install/],
  ])('says which %s it found and which it needs', (name, version, message) => {
    const prefix = newPrefix()
    const env = { PATH: `${fakeProgram(name, version)}:${process.env.PATH}` }
    const { status, stderr } = install(['--prefix', prefix], { env })
    expect(status).toBe(1)
    expect(stderr).toMatch(message)
    expect(existsSync(prefix)).toBe(false)
  })

  test('refuses arguments that it does not know', () => {
    const { status, stderr } = install(['--prefx', 'x'])
    expect(status).toBe(1)
    expect(stderr).toMatch(/^usage: [\s\S]*Unknown argument: --prefx\n$/)
  })

  test('--demo does the main job to its end and leaves nothing behind', () => {
    const before = readdirSync(scratch.path('tmp'))
    const { status, stdout, stderr } = install(['--demo'], { timeoutMs: 120_000 })
    expect(stderr).not.toContain('The demo stopped')
    expect(stdout).toContain('laptop$ git annex init laptop\n')
    expect(stdout).toMatch(/laptop\$ git show HEAD:big\.bin\n\/annex\/objects\/SHA256E-s\d+--/)
    expect(stdout).toMatch(/desktop\$ git annex get big\.bin\n/)
    expect(stdout).toContain('every step was checked')
    expect(status).toBe(0)
    expect(readdirSync(scratch.path('tmp'))).toEqual(before)
  })
})
