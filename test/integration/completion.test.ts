/** Completion as bash does it, with the script that the program prints. */
import { describe, expect, test } from '@jest/globals'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** What bash offers for a command line whose last word is at the cursor. */
function complete(line: readonly string[], env: Record<string, string> = {}): string[] {
  const script = `
    eval "$(git-annex --bash-completion-script git-annex)"
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    if [ "$1" = git ]; then _git_annex; else _git_annex_program; fi
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = scratch.run(['bash', '-c', script, 'bash', ...line], { env })
  return stdout.split('\n').filter(Boolean)
}

describe('completion', () => {
  test('offers the commands that begin so', () => {
    expect(complete(['git-annex', 'where'])).toEqual(['whereis', 'whereused'])
    expect(complete(['git', 'annex', 'lo'])).toEqual(expect.arrayContaining(['lookupkey']))
    expect(complete(['git-annex', '--quiet', 'exam'])).toEqual(['examinekey'])
    expect(complete(['git-annex', ''])).toEqual(expect.arrayContaining(['get', 'find', 'help']))
  })

  test('offers the options of the command, common and matching ones too', () => {
    expect(complete(['git', 'annex', 'find', '--pri'])).toEqual(['--print0'])
    expect(complete(['git-annex', 'find', 'x', '--fo']).sort()).toEqual(['--force', '--format'])
    expect(complete(['git-annex', 'find', '--inb'])).toEqual(['--inbackend'])
    expect(complete(['git-annex', 'version', '--inb'])).toEqual([])
  })

  test('leaves words of a command to the file names of the shell', () => {
    expect(complete(['git-annex', 'get', 'so'])).toEqual([])
  })

  test('offers the same under every shell', () => {
    for (const SHELL of ['/bin/zsh', '/usr/bin/fish'])
      expect(complete(['git-annex', 'where'], { SHELL })).toEqual(['whereis', 'whereused'])
  })
})
