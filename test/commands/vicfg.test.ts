import { describe, expect, test } from '@jest/globals'
import { useScratch } from '../support/scratch.js'
import { Twins } from '../support/twins.js'

const scratch = useScratch()
const OTHER = '11111111-2222-3333-4444-555555555555'
const twins = new Twins(scratch, (world) => {
  world.run('git', 'init', '-q', 'r')
  world.annex('r', 'init', 'the first')
  world.git('r', 'remote', 'add', 'gone', '../gone')
  world.git('r', 'config', 'remote.gone.annex-uuid', OTHER)
  for (const args of [
    ['numcopies', '2'],
    ['group', 'here', 'backup'],
    ['group', 'here', 'mine'],
    ['wanted', 'here', 'standard'],
    ['required', 'here', 'include=*.txt'],
    ['groupwanted', 'mine', 'anything'],
    ['schedule', 'here', 'fsck self 30m every day at any time'],
    ['untrust', 'here'],
    ['config', '--set', 'annex.largefiles', 'largerthan=1kb'],
  ])
    world.annex('r', '-q', ...args)
})

/** Edits with sed. */
const edit = (...scripts: string[]) => ({
  EDITOR: `sed -i ${scripts.map((script) => `-e '${script}'`).join(' ')}`,
})

describe('git annex vicfg', () => {
  test('shows what git-annex shows', () => {
    const { stdout } = twins.expectSame('r', [['vicfg']], { env: { EDITOR: 'cat' } })
    expect(stdout).toContain('\nwanted ')
  })

  test('records what was changed, added and taken out, as git-annex does', () => {
    twins.expectSame('r', [['vicfg'], ['merge']], {
      env: edit(
        's/^trust \\(.*\\) = .*/trust \\1 = trusted/',
        's/^group \\(.*\\) = .*/group \\1 = x  archive/',
        '/^schedule/d',
        '/^required/d',
        '/^config/d',
        's/^numcopies default.*/numcopies default = 3/',
        's/^# mincopies default.*/mincopies default = 2/',
        's/^#groupwanted source = /groupwanted source = not copies=2/',
        `$a wanted ${OTHER} = include=*`,
        '$a config annex.dotfiles = true',
      ),
    })
  })

  test('asks again about lines that cannot be understood', () => {
    const repo = twins.copy('ours').repo('r')
    repo.write('../editor', EDITOR)
    const { stdout } = repo.run(['git', 'annex', 'vicfg'], { env: { EDITOR: 'sh ../editor' } })
    expect(stdout).toBe(`# ** There was a problem parsing your input!
# ** Search for "Parse error" to find the bad lines.
# ** Either fix the bad lines, or delete them (to discard your changes).
# ** Parse error in next line: unknown setting "colour"
# ** Parse error in next line: unknown trust value "some"
# ** Parse error in next line: parse error (expected an integer)
(recording state in git...)
`)
    expect(repo.annex('numcopies').stdout).toBe('7\n')
  })

  test('changes nothing when the editor fails', () => {
    const repo = twins.copy('ours').repo('r')
    const { status, stderr } = repo.tryRun(['git', 'annex', 'vicfg'], {
      env: { EDITOR: 'sh -c \'echo numcopies default = 9 >"$1"; exit 1\' -' },
    })
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining('exited nonzero; aborting'),
    })
    expect(repo.annex('numcopies').stdout).toBe('2\n')
  })
})

/** Writes nonsense the first time, shows the remarks and mends it the second time. */
const EDITOR = `
if grep -q '^# [*][*]' "$1"; then
  grep '^# [*][*]' "$1"
  sed -i -e '/^colour/d' -e '/^trust .* some/d' -e 's/^numcopies .*/numcopies default = 7/' "$1"
else
  sed -i 's/^numcopies .*/numcopies default = many/' "$1"
  printf 'colour x = red\\ntrust y = some\\n' | cat - "$1" >"$1.new"
  mv "$1.new" "$1"
fi
`
