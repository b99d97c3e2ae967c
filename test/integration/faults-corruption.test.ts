import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, listObjects } from '../support/expect.js'
import { OUR_BIN, REAL_BIN, type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'
import { findFaults } from '../support/soundness.js'

/** What lies about between `git add` and years later: rot, slips of scripts, and the way back. */
const scratch = useScratch()

const NAMES = Array.from({ length: 24 }, (_, i) => `f${i}`)
const contentOf = (name: string) => someBytes(3000 + name.length, Number(name.slice(1)) + 1)

/** An annex with all contents, and a clone with all of them. */
function makePair(top: string): { origin: ScratchRepo; clone: ScratchRepo } {
  scratch.run(['mkdir', scratch.path(top)])
  const origin = scratch.repo(`${top}/origin`)
  origin.annex('init')
  origin.git('config', 'annex.largefiles', 'anything')
  for (const name of NAMES) origin.write(name, contentOf(name))
  origin.annex('add', '-q')
  origin.git('commit', '-qm', 'files')
  const clone = scratch.clone(origin, `${top}/clone`)
  clone.git('config', 'annex.addunlocked', 'false')
  clone.annex('init')
  clone.annex('get', '-q')
  return { origin, clone }
}

/** Overwrites the object of a file, or removes it. */
function damage(repo: ScratchRepo, name: string, content: string | undefined): void {
  const path = listObjects(repo).get(repo.annex('lookupkey', name).stdout.trim())!
  for (const each of [dirname(path), path]) chmodSync(each, 0o755)
  if (content === undefined) unlinkSync(path)
  else writeFileSync(path, content)
}

function run(repo: ScratchRepo, bin: string, ...args: string[]): Promise<number | null> {
  const child = spawn(`${bin}/git-annex`, args, {
    cwd: repo.dir,
    env: { ...scratch.env, PATH: `${bin}:${process.env.PATH}` },
    stdio: 'ignore',
  })
  return new Promise((resolve) => child.on('exit', resolve))
}

describe('content that went bad', () => {
  test('is put aside by two programs at once, and comes back from the other repository', async () => {
    const { origin, clone } = makePair('both')
    // A locked file, an unlocked one whose work tree file is good, one that is only a pointer now.
    clone.annex('lock', '-q', 'f0')
    clone.git('commit', '-qm', 'locked')
    for (const name of ['f0', 'f1', 'f2']) damage(clone, name, 'rotten')
    for (const name of ['f3', 'f4']) damage(clone, name, undefined)
    const key = clone.annex('lookupkey', 'f2').stdout.trim()
    clone.write('f2', `/annex/objects/${key}\n`)

    const statuses = await Promise.all([run(clone, OUR_BIN, 'fsck'), run(clone, REAL_BIN, 'fsck')])
    expect(statuses).toContain(1)
    // Neither of them has lost what the other had put aside.
    const bad = clone.path('.git/annex/bad')
    expect(readdirSync(bad)).toHaveLength(3)
    for (const name of readdirSync(bad))
      expect(readFileSync(`${bad}/${name}`, 'utf8')).toBe('rotten')
    for (const name of ['f0', 'f1', 'f2', 'f3', 'f4'])
      expect(clone.tryAnnex('find', '--in=here', name).stdout).toBe('')

    clone.annex('get', '-q')
    clone.annex('fsck', '-q')
    for (const name of NAMES) expectContent(clone, name, contentOf(name))
    expectClean(clone)
    expect([...findFaults(clone), ...findFaults(origin)]).toEqual([])
  })

  test('of a remote is found from here, dropped there, and sent anew', () => {
    const { origin, clone } = makePair('remote')
    damage(origin, 'f5', 'rotten')
    damage(origin, 'f6', undefined)
    const { status, stderr } = clone.tryAnnex('fsck', '--from=origin')
    expect(status).toBe(1)
    // There is a good copy here: the bad one is of no use to anybody.
    expect(stderr).toMatch(/f5: Bad file size .* dropped from origin\n/)
    expect(stderr).toContain('Based on the location log, f6\n')
    expect(existsSync(clone.path('.git/annex/bad'))).toBe(false)
    clone.annex('copy', '-q', '--to=origin', '.')
    clone.annex('fsck', '-q', '--from=origin')
    expect([...findFaults(clone), ...findFaults(origin)]).toEqual([])
    for (const name of NAMES) expectContent(origin, name, contentOf(name))
  })

  test('that lies in the directories of another key is found and put back', () => {
    const { clone } = makePair('stray')
    const key = clone.annex('lookupkey', 'f7').stdout.trim()
    const move =
      'd=$(dirname .git/annex/objects/*/*/"$1"/*); chmod u+w "$d"; mv "$d" "$2"/; chmod 555 "$2/$1"'
    clone.run(['mkdir', '-p', '.git/annex/objects/zz/zz'])
    clone.run(['sh', '-ec', move, 'sh', key, '.git/annex/objects/zz/zz'])
    expect(clone.annex('fsck').stdout).toContain(
      'fsck f7 (normalizing object location) (checksum...) ok\n',
    )
    expect(existsSync(clone.path('.git/annex/objects/zz'))).toBe(false)
    expect(findFaults(clone)).toEqual([])
  })

  test('a checkout killed while it is checked goes on where it was', () => {
    const { clone } = makePair('killed')
    const count = (...args: string[]) =>
      clone.annex('fsck', '--json', ...args).stdout.match(/^\{/gm)
    // The pipe is closed after a few answers.
    const few = `git annex fsck --incremental --json -- ${NAMES.join(' ')} | head -n 5; true`
    clone.run(['sh', '-c', few])
    expect(count('--incremental')).toHaveLength(NAMES.length)
    expect(count('--more')).toBeNull()
    const record = readdirSync(clone.path('.git/annex/fsck')).map((uuid) =>
      clone.path('.git/annex/fsck', uuid, 'checked'),
    )[0]!
    const lines = readFileSync(record, 'utf8').split('\n')
    // As a kill in mid-write would have left it.
    writeFileSync(record, lines.slice(0, 11).join('\n').slice(0, -5))
    expect(count('--more')).toHaveLength(NAMES.length - 9)
    expect(count('--more')).toBeNull()
  })
})
