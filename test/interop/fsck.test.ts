import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { useScratch } from '../support/scratch.js'
import { SshServer, whyNoSshd } from '../support/ssh-server.js'
import { Twins } from '../support/twins.js'

const scratch = useScratch()

/** Names of files say what becomes of them; all contents are in both repositories. */
const NAMES = [
  ...['fine', 'flipped', 'short', 'lost', 'dirless', 'writable', 'pointer', 'moved', 'elsewhere'],
  ...['open fine', 'open flipped', 'open lost'],
]
const twins = new Twins(scratch, (world) => {
  world.run('git', 'init', '-q', 'origin')
  world.annex('origin', 'init', 'the origin')
  for (const name of NAMES) world.repo('origin').write(name, `content of ${name}\n`)
  // Young files would be read again by git.
  world.sh('origin', 'touch -d "2 days ago" *; git annex add -q; git annex unlock -q open*')
  world.git('origin', 'commit', '-qm', 'files')
  world.run('git', 'clone', '-q', 'origin', 'clone')
  world.git('clone', 'config', 'remote.origin.url', '../origin')
  world.annex('clone', 'init', 'the clone')
  world.annex('clone', 'get', '-q')
  world.sh('clone', 'touch -d "2 days ago" open*; git update-index -q --refresh')
  world.annex('clone', 'sync', '-q', '--no-commit')
})

/** Shell functions: the object of a file, and damage to it. */
const TOOLS = `
o() { echo "$(git rev-parse --git-common-dir)"/annex/objects/*/*/"$(git annex lookupkey "$1")"/*; }
thaw() { chmod u+w "$(dirname "$1")" "$1"; }
flip() { thaw "$1"; printf X | dd of="$1" conv=notrunc status=none; }
cut() { thaw "$1"; truncate -s -3 "$1"; }
lose() { thaw "$1"; rm "$1"; }
there() { (cd ../origin; "$@"); }
`

/** Damage of every kind. */
const DAMAGE = `${TOOLS}
git update-index -q --refresh
flip "$(o flipped)"; flip "$(o 'open flipped')"; cut "$(o short)"; lose "$(o lost)"; lose "$(o 'open lost')"
d=$(dirname "$(o dirless)"); chmod u+w "$d"; rm -r "$d"
chmod 666 "$(o writable)"; chmod 777 "$(dirname "$(o writable)")"
f=$(o pointer); thaw "$f"; echo "/annex/objects/$(basename "$f")" >"$f"
mkdir dir; git mv moved dir/
f=$(o elsewhere); d=$(dirname "$f"); k=$(basename "$f"); chmod u+w "$d"
n=.git/annex/objects/$(git annex examinekey --format='$''{hashdirlower}' "$k"); mkdir -p "$n"; mv "$d" "$n$k"
`

const ALL = ['fsck', '--json', '--json-error-messages']

describe('git annex fsck', () => {
  test('says of damage of every kind, and mends, what git-annex does', () => {
    twins.expectSame('clone', [['fsck'], ['fsck', '--all', '--json']], { prepare: DAMAGE })
    twins.expectSame('clone', [['fsck', '--fast', '--json', '--branch=main'], ALL], {
      prepare: `${TOOLS} cut "$(o short)"; lose "$(o lost)"`,
    })
    const { world } = twins.expectSame(
      'clone',
      [
        ['fsck', '-q'],
        ['get', '-q'],
        ['fsck', '-q'],
      ],
      {
        prepare: DAMAGE,
      },
    )
    expect(readdirSync(world.repo('clone').path('.git/annex/bad'))).toHaveLength(4)
  })

  test.each([
    [
      'numcopies and trust',
      "echo 'f* annex.numcopies=3' >.gitattributes; git annex numcopies -q 2; git annex untrust -q origin",
    ],
    ['distrust', 'git annex untrust -q origin; git annex untrust -q here'],
    ['death', 'git annex dead -q origin; git annex dead -q here'],
    [
      'required content',
      'git annex required -q here anything; git annex required -q origin present; git annex drop -q --force lost',
    ],
    [
      'keys that are dead, and keys of nobody',
      `git annex drop -q --force fine; git annex setpresentkey "$(git annex lookupkey fine)" "$(git config remote.origin.annex-uuid)" 0; git annex dead --key "$(git annex lookupkey fine)"
      echo -n /annex/objects/SHA256E-s3--abc | git hash-object -w --stdin >../oid
      git update-index --add --cacheinfo 100644,$(cat ../oid),strange; git checkout -q strange`,
    ],
  ])('heeds %s as git-annex does', (_, change) => {
    const prepare = TOOLS + change
    const few = ['fine', 'lost', 'open fine', 'strange']
    twins.expectSame('clone', [[...ALL, ...few]], { prepare })
  })

  test('leaves alone what a user has written to a file that is its object as well, as git-annex', () => {
    const prepare = `${TOOLS}
      git config annex.thin true; git annex lock -q open*; git annex unlock -q open*
      [ "$(stat -c %h 'open fine')" = 2 ]; chmod 444 "$(o 'open fine')"
      echo mine >>'open lost'
      touch -r 'open flipped' ../time; flip 'open flipped'; touch -r ../time 'open flipped'`
    const few = ['open fine', 'open flipped', 'open lost']
    const { world } = twins.expectSame(
      'clone',
      [
        [...ALL, ...few],
        ['fsck', ...few],
      ],
      // Git's own look at the files differs: to our filter, what was flipped is modified.
      { prepare, only: 'answers' },
    )
    expect(world.repo('clone').read('open lost').toString()).toContain('mine')
  })

  test('--from a remote says and does what git-annex does', () => {
    twins.expectSame('clone', [
      [...ALL, '--from=origin', '--all'],
      ['fsck', '--from=origin', '--fast', 'fine'],
    ])
    const prepare = `${TOOLS} there flip "$(there o fine)"; there cut "$(there o moved)"; there lose "$(there o short)"
      git annex drop -q --force fine`
    const { world } = twins.expectSame(
      'clone',
      [
        [...ALL, '--from=origin'],
        ['fsck', '--from', 'origin'],
      ],
      {
        prepare,
      },
    )
    const bad = world.repo('clone').path('.git/annex/bad')
    expect(existsSync(bad) && readdirSync(bad)).toHaveLength(1)
  })

  test('--incremental and --more go on as in git-annex', () => {
    const prepare = `${TOOLS} lose "$(o lost)"`
    const lines = [
      ['--more', 'fine', 'lost'],
      ['-S', 'fine', 'lost'],
      ['--more', 'fine', 'lost', 'short'],
      ['-m', '--all'],
      ['--incremental-schedule=30d', 'fine'],
      ['--incremental-schedule=0s', 'fine'],
      ['--incremental-schedule=1h', 'fine'],
      ['--from=origin', '--more', 'fine'],
      ['--from=origin', '--more', 'fine'],
    ]
    twins.expectSame(
      'clone',
      lines.map((line) => ['fsck', '--json', ...line]),
      { prepare },
    )
  })
})

const withSshd = whyNoSshd() === undefined ? test : test.skip

withSshd(
  'git annex fsck --from a remote behind ssh drops nothing there, as git-annex',
  async () => {
    const answers = []
    for (const program of ['ours', 'real'] as const) {
      const world = twins.copy(program)
      const server = await SshServer.start(scratch, program)
      try {
        const clone = server.clone(world.repo('origin'), `behind-ssh-${program}`, program)
        const run = (...args: string[]) =>
          clone.tryRun(['git', 'annex', ...args], { program, env: server.env(program) })
        run('init', '-q', 'behind ssh')
        world.sh('origin', `${TOOLS} flip "$(o flipped)"; cut "$(o short)"; lose "$(o lost)"`)
        const { status, stdout } = run(...ALL, '--from=origin', '--numcopies=2')
        const items = stdout.split('\n').filter((line) => line.startsWith('{'))
        const objects = world.sh('origin', 'find .git/annex/objects -type f -name "SHA*"').stdout
        answers.push({ status, items: items.map(readItem), objects: objects.split('\n').sort() })
      } finally {
        server.stop()
      }
    }
    expect(answers[0]).toEqual(answers[1])
  },
)

/** What is wrong with the way it is told each in its own words. */
function readItem(line: string): unknown {
  const { 'error-messages': messages, ...item } = JSON.parse(line)
  const isDamaged = messages.some((text: string) => text.includes('failed to download'))
  return isDamaged ? { ...item, isDamaged } : { ...item, messages }
}
