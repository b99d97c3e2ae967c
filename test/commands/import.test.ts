import { linkSync, lstatSync, readdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectContent, expectInGit, expectPointer, expectPresent } from '../support/expect.js'
import { someBytes, useScratch } from '../support/scratch.js'
import { stateOf, Twins, type World } from '../support/twins.js'

const scratch = useScratch()
const twins = new Twins(scratch, (world) => {
  world.run('git', 'init', '-q', 'r')
  world.annex('r', 'init', 'r')
  world.sh(
    'r',
    `git config annex.addunlocked false; echo old >old; git annex add -q old; echo '*.ign' >.gitignore; echo lost >lost
    git annex add -q lost; git add .gitignore; git commit -qm 1; git annex drop -q --force lost
    mkdir -p ../src/deep ../src/empty; cd ../src; echo one >one; echo two >deep/two; echo old >dup
    echo lost >again; ln -s one link; echo ign >x.ign; echo big >big.txt; printf ü >ü; chmod +x one`,
  )
})

/** What one program answers to command lines in a copy of its own, and what is left then. */
function runAll(world: World, lines: readonly (readonly string[])[], prepare: string) {
  world.sh('r', prepare)
  const answers = lines.map((args) => {
    const result = world.tryRun('r', ['git', 'annex', 'import', ...args])
    const { status, stdout, stderr } = result
    // Directories are listed in any order; progress bars and blank lines do not count.
    const clean = (text: string) =>
      text
        .replaceAll(world.dir, 'WORLD')
        .replace(/\n\r[^\n]*\r/g, '')
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.startsWith('(recording'))
        .map((line) => (line.startsWith('{') ? JSON.stringify(JSON.parse(line), null, 1) : line))
        .sort()
    return { args, status, stdout: clean(stdout), stderr: clean(stderr) }
  })
  const left = readdirSync(`${world.dir}/src`, { recursive: true }).sort()
  return { answers, left, state: stateOf(world) }
}

describe('git annex import', () => {
  test.each([
    ['imports files and directories', '', [['../src'], ['../src/empty']]],
    [
      'imports what is given by its name',
      '',
      [['../src/one', '../src/deep', '--json-error-messages']],
    ],
    [
      'keeps the originals',
      '',
      [
        ['--duplicate', '../src'],
        ['--duplicate', '../src'],
      ],
    ],
    ['removes duplicates', '', [['--deduplicate', '../src']]],
    ['only cleans up', '', [['--clean-duplicates', '../src']]],
    ['skips duplicates', '', [['--skip-duplicates', '../src']]],
    ['reinjects duplicates', '', [['--reinject-duplicates', '../src']]],
    [
      'matches',
      '',
      [
        ['--include=*.txt', '--or', '--smallerthan=3', '../src'],
        ['--exclude=*/deep/*', '../src'],
      ],
    ],
    ['takes ignored files', '', [['--no-check-gitignore', '../src']]],
    [
      'does not overwrite',
      'mkdir -p src/big.txt; echo mine >src/one; ln -s x src/dup',
      [['../src']],
    ],
    ['overwrites by force', 'mkdir src; echo mine >src/one', [['--force', '../src']]],
    ['needs directories', 'echo mine >deep', [['../src/deep']]],
    ['unlocks', 'git config annex.addunlocked true', [['../src', '--backend=SHA1']]],
    ['refuses the work tree', '', [['old'], ['../src/link'], []]],
  ])('%s as git-annex does', (_, prepare, lines) => {
    const [ours, real] = twins.copies()
    expect(runAll(ours, lines, prepare)).toEqual(runAll(real, lines, prepare))
  })

  test('leaves a file with a second name alone, and refuses what it could not take', () => {
    const repo = twins.copy('ours').repo('r')
    const film = someBytes(100_000, 7)
    writeFileSync(repo.path('../src/film'), film)
    linkSync(repo.path('../src/film'), repo.path('../src/other'))
    repo.git('config', 'annex.addunlocked', 'false')
    repo.annex('import', '../src/film')
    repo.run(['git', 'commit', '-qm', 'film'])
    const key = repo.annex('lookupkey', 'film').stdout.trim()
    expectPresent(repo, key)
    expect(lstatSync(repo.path('../src/other')).mode & 0o222).not.toBe(0)
    writeFileSync(repo.path('../src/other'), 'changed')
    expectContent(repo, 'film', film)
    expect(repo.tryAnnex('import', '..').stderr).toContain('directory that the repository is in')
    expect(repo.tryAnnex('import', '../nope').status).toBe(1)
    expect(repo.tryAnnex('import', '--from', 'x', 'main').status).toBe(1)
    expect(repo.tryAnnex('import', '--duplicate', '--deduplicate', '../src').status).toBe(1)
    repo.annex('import', '-J2', '-c', 'annex.addunlocked=true', '../src/one', '../src/other')
    expectPointer(repo, 'one')
    expect(lstatSync(repo.path('one')).mode & 0o111).not.toBe(0)
    expect(readdirSync(repo.path('../src'))).not.toContain('one')
  })

  test('obeys annex.largefiles, and removes an original that is in git now', () => {
    const repo = twins.copy('ours').repo('r')
    repo.git('config', 'annex.largefiles', 'exclude=*.txt')
    const { stdout } = repo.annex('import', '../src/big.txt', '../src/one')
    expect(stdout).toContain('big.txt (non-large file; adding content to git repository) ok\n')
    expectInGit(repo, 'big.txt')
    expectContent(repo, 'big.txt', 'big\n')
    expect(lstatSync(repo.path('one')).isSymbolicLink()).toBe(true)
    const left = readdirSync(repo.path('../src'))
    expect([left.includes('big.txt'), left.includes('one')]).toEqual([false, false])
  })

  test('keeps the original when the content cannot be stored', () => {
    const repo = twins.copy('ours').repo('r')
    repo.git('config', 'annex.securehashesonly', 'true')
    const { status } = repo.tryAnnex('import', '--backend=SHA1', '../src/one', '../src/deep')
    expect(status).toBe(1)
    expect(readdirSync(repo.path('../src'))).toContain('one')
    expect(readdirSync(repo.path('../src/deep'))).toEqual(['two'])
    expect(readdirSync(repo.dir)).not.toContain('one')
    expect(lstatSync(repo.path('../src/one')).mode & 0o777).toBe(0o755)
  })
})
