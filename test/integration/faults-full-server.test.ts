/** A server behind ssh with next to no room: what fits is stored, of the rest it is said why not. */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { mounting, whyNoMount } from '../support/mounting.js'
import { OUR_BIN, someBytes, useScratch } from '../support/scratch.js'
import { findFaults } from '../support/soundness.js'

const scratch = useScratch()
const reason = whyNoMount === undefined ? '' : ` (not tested: ${whyNoMount})`
const testMounted = whyNoMount === undefined ? test : test.skip

/** Runs the server's side of an ssh on this machine, where the small disk is mounted. */
function fakeSsh(): string {
  const path = scratch.path('fake-ssh')
  writeFileSync(path, '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n')
  chmodSync(path, 0o755)
  return path
}

describe(`a server whose disk is full${reason}`, () => {
  testMounted(
    'stores what fits; copy, push and git push tell what does not, and go on later',
    () => {
      const here = scratch.repo('here')
      here.annex('init', '-q', 'here')
      here.git('config', 'annex.gitadd-threshold', '0')
      for (let i = 0; i < 12; i++) here.write(`a${i}`, someBytes(4000, i))
      here.write('m-long', someBytes(2_000_000, 20))
      here.write('m-other', someBytes(600_000, 21))
      here.write('z', someBytes(4000, 22))
      here.annex('add', '-q', '.')
      here.git('commit', '-qm', 'files')
      const server = scratch.repo('server.git', '--bare')
      server.annex('init', '-q', 'server')
      server.git('config', 'annex.diskreserve', '0')
      const mnt = scratch.path('mnt')
      mkdirSync(mnt)
      here.git('remote', 'add', 'origin', `ssh://nowhere.invalid${mnt}/server.git`)
      const script = `
      mount -t tmpfs -o size=6m tmpfs "$0"
      cp -a "$1" "$0/server.git"
      cat /dev/zero >"$0/fill" 2>/dev/null || true
      truncate -s -400000 "$0/fill"
      try() { name=$1; shift; "$@" >"$NOTES/$name" 2>&1; echo "exit $?" >>"$NOTES/$name"; }
      try copy git annex copy --to=origin . || true
      try push git annex push || true
      try git-push git push -q origin main:side || true
      rm "$0/fill"
      try again git annex copy --to=origin . || true
      cp -a "$0/server.git" "$2"`
      const after = scratch.path('after.git')
      const env = {
        GIT_SSH: fakeSsh(),
        NOTES: scratch.path(),
        PATH: `${OUR_BIN}:${process.env['PATH']}`,
      }
      scratch.run([...mounting(script), mnt, server.dir, after], { cwd: here.dir, env })
      const said = (name: string) => readFileSync(scratch.path(name), 'utf8')

      const full =
        /origin: not enough free space in .*server.git, need .* more \(free some, or adjust/g
      expect(said('copy').match(full)).toHaveLength(2)
      expect(said('copy')).toContain('copy z (to origin...) ok')
      expect(said('copy')).toMatch(/copy: 2 failed\n(.*\n)*exit 1\n$/)
      expect(said('push').match(full)).toHaveLength(2)
      expect(said('push')).toMatch(/exit 1\n$/)
      expect(said('git-push')).toMatch(/Cannot send the content of m-.*: origin: not enough free/)
      expect(said('git-push')).toContain('annex.push-content=none')
      expect(said('git-push')).toMatch(/exit 1\n$/)
      expect(said('again')).toMatch(/exit 0\n$/)
      expect(here.annex('find', '--not', '--in=origin').stdout).toBe('')
      rmSync(mnt, { recursive: true })
      for (const repo of [here, scratch.open('after.git')]) expect(findFaults(repo)).toEqual([])
    },
  )
})
