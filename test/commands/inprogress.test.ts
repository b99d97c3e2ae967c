import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { makePeerClone } from '../support/oracle.js'
import { REAL_BIN, type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** Starts a download that goes on for longer than the test. */
async function startDownload(repo: ScratchRepo, temp: string) {
  const args = ['-c', 'remote.origin.annex-bwlimit=2kB', 'annex', 'get', '-q', 'film']
  const env = { ...scratch.env, PATH: `${REAL_BIN}:${process.env['PATH']}` }
  const child = spawn('git', args, { cwd: repo.dir, env, detached: true })
  while (child.exitCode === null && !existsSync(temp)) await sleep(10)
  return async () => {
    process.kill(-child.pid!, 'SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
}

test('git annex inprogress names the files that are being downloaded, as git-annex does', async () => {
  const clone = makePeerClone(scratch)
  const origin = scratch.open('origin')
  origin.write('film', someBytes(300_000))
  origin.realAnnex('add', '-q', 'film')
  origin.realGit('commit', '-qm', 'film')
  clone.realGit('pull', '-q')
  clone.realAnnex('merge', '-q')
  const key = clone.realAnnex('lookupkey', 'film').stdout.trim()
  const temp = `.git/annex/tmp/${key}`
  const stop = await startDownload(clone, clone.path(temp))
  try {
    for (const args of [[], ['film'], ['here.txt'], ['--all'], ['--key', key], ['sub']]) {
      const ours = clone.tryAnnex('inprogress', ...args)
      const real = clone.tryRealAnnex('inprogress', ...args)
      expect({ args, ...ours }).toEqual({ args, ...real })
      const isAbout = args.length !== 1 || args[0] === 'film' || args[0] === '--all'
      expect(ours.stdout).toBe(isAbout ? `${temp}\n` : '')
    }
    const inSub = clone.run(['git', 'annex', 'inprogress', '--all'], { cwd: clone.path('sub') })
    expect(inSub.stdout).toBe(`../${temp}\n`)
  } finally {
    await stop()
  }
  expect(clone.annex('inprogress', '--all').stdout).toBe('')
})
