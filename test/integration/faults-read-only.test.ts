import { spawnSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { type AnnexPair, copyPair, findMisplaced, makePair } from '../support/annex-pair.js'
import { expectContent, expectPointer, listObjects } from '../support/expect.js'
import { mounting, whyNoMount } from '../support/mounting.js'
import { OUR_BIN, type RunResult, someBytes, useScratch } from '../support/scratch.js'
import { findFaults } from '../support/soundness.js'
import { failing, whyNoTrace } from '../support/tracing.js'

/** Repositories that cannot be written, and file systems that lack something. */
const scratch = useScratch()
const annex = `${OUR_BIN}/git-annex`
const NOBODY = 65_534
const template = makePair(scratch, 'template', false)
template.clone.annex('get', 'tiny', 'big')
let count = 0

function makeTrial(): AnnexPair {
  return copyPair(scratch, template, `trial${count++}`)
}

/** Runs a command in the clone while a directory can only be read. */
function readOnly(dir: string, pair: AnnexPair, argv: readonly string[]): RunResult {
  const script = 'mount --bind "$0" "$0"; mount -o remount,ro,bind "$0"; cd "$1"; shift; exec "$@"'
  return pair.clone.tryRun([...mounting(script), dir, pair.clone.dir, ...argv])
}

const testMounted = whyNoMount === undefined ? test : test.skip
const unmounted = whyNoMount === undefined ? '' : ` (not tested: ${whyNoMount})`

describe(`a read-only repository${unmounted}`, () => {
  testMounted('answers questions', () => {
    const pair = makeTrial()
    pair.clone.git('annex', 'fsck', '-q', 'tiny')
    const ask = (...args: string[]) => readOnly(pair.clone.dir, pair, [annex, ...args])
    expect(ask('find').stdout).toBe('big\ntiny\n')
    expect(ask('whereis', 'tiny').stdout).toContain('whereis tiny (2 copies)')
    expect(ask('info', '--fast').stdout).toContain('[here]')
    expect(ask('list').stdout).toContain('big')
    expect(ask('lookupkey', 'big').stdout).toContain('SHA256E-s2500000--')
    expect(ask('numcopies').status).toBe(0)
    expect(ask('merge').status).toBe(0)
    expect(readOnly(pair.clone.dir, pair, ['git', 'status', '--short']).stdout).toBe('')
  })

  testMounted('sees what others have pushed to it, though it cannot merge it', () => {
    const pair = makeTrial()
    pair.origin.annex('describe', 'here', 'a new name')
    pair.clone.git('fetch', '-q')
    const { stdout } = readOnly(pair.clone.dir, pair, [annex, 'whereis', 'tiny'])
    expect(stdout).toContain('a new name [origin]')
  })

  testMounted.each([
    ['get', 'mid.bin'],
    ['drop', 'tiny'],
    ['move', '--to=origin', 'tiny'],
    ['lock', 'tiny'],
    ['add', 'new'],
    ['describe', 'here', 'name'],
    ['init'],
  ])('says why it cannot %s', (...args) => {
    const pair = makeTrial()
    pair.clone.write('new', 'new\n')
    const { status, stderr } = readOnly(pair.clone.dir, pair, [annex, ...args])
    expect(status).toBe(1)
    expect(stderr).toMatch(/^\s*git-annex: Cannot .*: .*read-only/)
    expect(stderr).not.toMatch(/ at .*:\d+/)
    expectContent(pair.clone, 'tiny', 'x\n')
    expect(findMisplaced(pair.origin, true)).toEqual([])
  })

  testMounted('leaves git add to say so itself', () => {
    const pair = makeTrial()
    pair.clone.write('new', someBytes(5000))
    const { status, stderr } = readOnly(pair.clone.dir, pair, ['git', 'add', 'new'])
    expect([status, stderr]).toEqual([128, expect.stringContaining('Read-only file system')])
  })
})

describe(`a read-only remote${unmounted}`, () => {
  testMounted('gives contents, and counts as a copy', () => {
    const pair = makeTrial()
    const run = (...args: string[]) => readOnly(pair.origin.dir, pair, [annex, ...args])
    expect(run('get', '.').status).toBe(0)
    expect(run('drop', 'big').stdout).toContain('drop big ok\n')
    const { status, stderr } = run('drop', '--from=origin', 'tiny')
    expect(status).toBe(1)
    expect(stderr).toMatch(/git-annex: Cannot .*: read-only file system\n/)
    run('get', 'big')
    expect([findMisplaced(pair.clone, true), findMisplaced(pair.origin, true)]).toEqual([[], []])
    expect(findFaults(pair.clone)).toEqual([])
  })
})

const isRoot = process.getuid?.() === 0
describe(isRoot ? "somebody else's repository" : "somebody else's (not tested: not root)", () => {
  const asNobody = isRoot ? test : test.skip
  const become = ['setpriv', `--reuid=${NOBODY}`, '--clear-groups']

  function openToAll(): AnnexPair {
    const pair = makeTrial()
    scratch.run(['git', 'config', '--global', 'safe.directory', '*'])
    scratch.run(['chmod', 'a+rX', scratch.dir, scratch.home, pair.dir])
    return pair
  }

  asNobody('answers questions, and says who may not do what', () => {
    const { clone } = openToAll()
    clone.write('new', 'new\n')
    const run = (...args: string[]) => clone.tryRun([...become, annex, ...args])
    expect(run('find').stdout).toBe('big\ntiny\n')
    expect(run('whereis', 'tiny').stdout).toContain('(2 copies)')
    expect(run('info', '--fast').status).toBe(0)
    for (const args of [
      ['get', 'mid.bin'],
      ['drop', 'tiny'],
      ['add', 'new'],
      ['lock', 'tiny'],
    ]) {
      const { status, stderr } = run(...args)
      expect([args, status]).toEqual([args, 1])
      expect(stderr).toMatch(
        /git-annex: Cannot .*: (permission denied|operation not permitted)\n {2}See who owns it/,
      )
    }
    expect(findFaults(clone)).toEqual([])
  })

  asNobody('is no reason to think that its contents are gone', () => {
    const { clone, origin } = openToAll()
    clone.run(['chown', '-R', String(NOBODY), clone.dir])
    const objects = origin.path('.git/annex/objects')
    origin.run(['chmod', '0', objects])
    for (const args of [
      ['drop', 'tiny'],
      ['get', 'mid.bin'],
      ['drop', '--force', '--from=origin', 'mid.bin'],
    ]) {
      const { status, stdout, stderr } = clone.tryRun([...become, annex, ...args])
      expect([args, status]).toEqual([args, 1])
      expect(stdout + stderr).toMatch(
        /Cannot look into origin at |Unable to access these remotes: origin/,
      )
    }
    origin.run(['chmod', '755', objects])
    clone.run(['chown', '-R', '0', clone.dir])
    expect(clone.realAnnex('find', '--in=origin', 'mid.bin').stdout).toBe('mid.bin\n')
  })
})

describe(
  whyNoTrace === undefined
    ? 'a file system without links'
    : `a file system without links (not tested: ${whyNoTrace})`,
  () => {
    const tracing = whyNoTrace === undefined ? test : test.skip
    const without = [...failing('symlink,symlinkat', 'EPERM'), '-f']

    tracing('is found out by git annex init, and works with unlocked files', () => {
      const repo = scratch.repo('crippled')
      repo.run([...without, annex, 'init'])
      expect(repo.git('config', 'annex.crippledfilesystem').stdout).toBe('true\n')
      expect(repo.git('config', 'core.symlinks').stdout).toBe('false\n')
      repo.write('f', someBytes(5000))
      repo.run([...without, annex, 'add', 'f'])
      repo.git('commit', '-qm', 'f')
      const key = expectPointer(repo, 'f')
      expect(listObjects(repo).get(key)).toMatch(/objects\/[0-9a-f]{3}\/[0-9a-f]{3}\//)
      repo.run(['rm', 'f'])
      repo.run([...without, 'git', 'checkout', '--', 'f'])
      expectContent(repo, 'f', someBytes(5000))
      expect(repo.realAnnex('fsck', '-q').stdout).toBe('')
    })
  },
)

const whyNoVfat = (() => {
  if (whyNoMount !== undefined) return whyNoMount
  if (spawnSync('mkfs.vfat', ['--help']).error) return 'mkfs.vfat is not installed'
  const script = 'truncate -s 8M "$0"; mkfs.vfat "$0"; mount -o loop "$0" /mnt'
  const [shell, ...args] = mounting(script)
  return spawnSync(shell!, [...args, scratch.path('probe.img')]).status === 0
    ? undefined
    : 'vfat cannot be mounted here'
})()

describe(whyNoVfat === undefined ? 'a vfat disk' : `a vfat disk (not tested: ${whyNoVfat})`, () => {
  const testVfat = whyNoVfat === undefined ? test : test.skip
  testVfat('is found out by git annex init, and works with unlocked files', () => {
    const script = `
      truncate -s 64M "$0"; mkfs.vfat "$0" >/dev/null; mount -o loop "$0" /mnt; cd /mnt
      git init -q .; git annex init -q; git config annex.crippledfilesystem
      head -c 100000 /dev/urandom >f; git annex add f; git commit -qm f
      rm f; git checkout -- f; git status --short; git annex fsck; git fsck`
    const { stdout } = scratch.run([...mounting(script), scratch.path('vfat.img')])
    expect(stdout).toMatch(/^true\nadd f ok\n(\(recording state in git\.\.\.\)\n)?fsck f .*ok\n/s)
  })
})
