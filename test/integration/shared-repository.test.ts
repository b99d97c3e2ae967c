import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { someBytes, useScratch } from '../support/scratch.js'

/** Two users of one group, who share a repository that neither of them owns alone. */
const scratch = useScratch()
const GROUP = 2000
const isRoot = process.getuid?.() === 0
const asUsers = isRoot ? test : test.skip
const WHY = isRoot ? '' : ' (not tested: only root can be two users)'

asUsers.each(['022', '077'])(
  `git init --shared lets a group add, get, move and drop (umask %s)${WHY}`,
  (umask) => {
    const dir = scratch.path(umask)
    mkdirSync(dir)
    for (const open of [scratch.dir, dir]) chmodSync(open, 0o777)
    const [first, second] = [user(dir, umask, 2001), user(dir, umask, 2002)]
    first('.', 'git init -q --bare --shared=group hub; cd hub; git annex init -q hub')
    for (const [name, run] of [
      ['a', first],
      ['b', second],
    ] as const) {
      run('.', `git clone -q hub ${name} 2>/dev/null; cd ${name}; git annex init -q ${name}`)
      ;[1, 2, 3, 4].forEach((i) => {
        run(name, `cat >${name}${i}`, someBytes(3000, 10 * i + name.charCodeAt(0)))
      })
      run(name, 'git annex add -q .; git commit -qm x; git annex copy -q --to origin .')
      run(name, 'git annex sync -q >/dev/null; git annex drop -q .')
    }
    first(
      'a',
      'git annex sync -q >/dev/null; git annex get -q .; git annex drop -q --from origin b1 --force',
    )
    expect(readFileSync(`${dir}/a/b2`)).toEqual(someBytes(3000, 20 + 'b'.charCodeAt(0)))
    first('a', 'git annex move -q --to origin .')
    second(
      'hub',
      'git annex fsck -q --all; git annex drop -q --force --key $(git annex findkeys | head -n 1)',
    )
    expect(first('hub', 'git annex findkeys').trim().split('\n')).toHaveLength(7)
  },
)

asUsers('a group can share a work tree, whatever the umask of its first user', () => {
  const dir = scratch.path('tree')
  mkdirSync(dir)
  for (const open of [scratch.dir, dir]) chmodSync(open, 0o777)
  const [first, second] = [user(dir, '077', 2001), user(dir, '007', 2002)]
  first('.', 'git init -q --shared=group w; chmod g+rwx w; cd w; git annex init -q')
  first('w', 'cat >a; git annex add -q a; git commit -qm a', someBytes(5000))
  // Git itself does not share this one.
  second(
    'w',
    'rm .git/COMMIT_EDITMSG; cat >big; git add big; git commit -qm big',
    someBytes(2e6, 2),
  )
  expect(second('w', 'git cat-file blob :big')).toMatch(/^\/annex\/objects\/SHA256E-s2000000--/)
  // The hook has recorded it.
  expect(second('w', 'git annex find --in=here').trim()).toBe('a\nbig')
  first('w', 'cat >c; git annex add -q c; git commit -qm c; git annex drop -q --force big')
  expect(first('w', 'git status --porcelain')).toBe('')
})

/** Runs shell code as somebody else, below a directory. */
function user(dir: string, umask: string, uid: number) {
  const home = `${dir}/home-${uid}`
  mkdirSync(home)
  cpSync(`${scratch.home}/.gitconfig`, `${home}/.gitconfig`)
  writeFileSync(`${home}/.gitconfig`, '[safe]\n\tdirectory = *\n', { flag: 'a' })
  chownSync(home, uid, GROUP)
  const become = ['setpriv', `--reuid=${uid}`, `--regid=${GROUP}`, '--clear-groups', 'sh', '-ec']
  return (where: string, code: string, input?: Uint8Array): string =>
    scratch.run([...become, `umask ${umask}; ${code}`], {
      cwd: `${dir}/${where}`,
      env: { HOME: home },
      ...(input && { input }),
    }).stdout
}
