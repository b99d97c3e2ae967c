import { expect, test } from '@jest/globals'
import { someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** What is said to command lines in which `$f` is a name in Latin-1, without the lines about states. */
function transcript(program: 'ours' | 'real', ...lines: readonly string[]): string[] {
  const repo = scratch.repo(program)
  const run = (code: string) => {
    const argv = ['sh', '-c', `f=$(printf 'caf\\351'); ${code} 2>&1`]
    return scratch.tryRun(argv, { cwd: repo.dir, program }).stdoutBytes.toString('latin1')
  }
  run('git annex init -q; git config annex.addunlocked true; mkdir "d$f"')
  repo.write('content', someBytes(3000))
  run('mv content "d$f/b$f"; echo "$f" >"$f"; git annex add -q "$f"; git annex add -q "d$f"')
  return lines.map((line) => run(line).replaceAll('(recording state in git...)\n', ''))
}

test('git annex takes names that are no UTF-8 as git-annex does', () => {
  const lines = [
    'git ls-files -z',
    'git annex find "d$f"',
    'git annex drop --force "d$f/b$f"',
    'cd "d$f"; git annex find --not --in=here',
    'git annex lock "$f"; git annex unlock "$f"',
    'git annex find --include="*$f"',
    'git annex find "no$f"',
    'git annex fsck --fast --json "$f" | grep -o \'"file":"[^"]*"\'',
    'git annex unannex "$f"',
    'git status --short',
  ]
  const ours = transcript('ours', ...lines)
  expect(ours).toEqual(transcript('real', ...lines))
  expect(ours[1]).toBe('dcaf\xe9/bcaf\xe9\n')
})

test('git annex works in a directory whose name is no UTF-8', () => {
  const code = `
    d=$(printf 'd\\351'); git init -q "$d"; cd "$d"; git annex init -q
    head -c 5000 /dev/zero >f; git annex add -q f; git commit -qm x; cd ..
    git clone -q "$d" "$d.clone"; cd "$d.clone"; git annex init -q; git annex get -q f
    git annex drop -q f; git annex get -q .; git status --short; wc -c <f`
  expect(scratch.run(['sh', '-ec', code]).stdout.trim()).toBe('5000')
})
