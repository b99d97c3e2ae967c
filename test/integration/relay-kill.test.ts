/** `move --from A --to B`, killed at random moments: no content is lost, and the next one finishes it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { expectIntact, listObjects } from '../support/expect.js'
import { Random } from '../support/random.js'
import { OUR_BIN, type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const random = new Random(Number(process.env['ANNEXE_FAULT_SEED'] ?? 1))
const KILLS = Number(process.env['ANNEXE_FAULT_KILLS'] ?? 8)
const CONTENTS = 12

/** Starts it, and kills it some time after its first word. */
async function killMove(repo: ScratchRepo, from: string, to: string): Promise<void> {
  const argv = ['move', `--from=${from}`, `--to=${to}`]
  const child = spawn(`${OUR_BIN}/git-annex`, argv, { cwd: repo.dir, env: scratch.env })
  const ended = once(child, 'exit')
  child.stderr.resume()
  await Promise.race([once(child.stdout, 'data'), ended])
  await sleep(random.below(60))
  child.kill('SIGKILL')
  await ended
}

describe('git annex move --from A --to B that is killed', () => {
  test(
    `${KILLS} times loses nothing and is finished by the next one`,
    async () => {
      const a = scratch.repo('a')
      a.annex('init', 'a')
      for (let i = 0; i < CONTENTS; i++) a.write(`${i}`, someBytes(300_000, i))
      a.annex('add', '-q', '-c', 'annex.largefiles=anything', '.')
      a.git('commit', '-q', '-m', 'contents')
      const b = scratch.clone(a, 'b')
      b.annex('init', 'b')
      const here = scratch.clone(a, 'here', '-o', 'a')
      here.annex('init', 'here')
      here.git('remote', 'add', 'b', b.dir)
      const keys = [...listObjects(a).keys()].sort()
      const repos = { a, b }
      let [from, to]: ('a' | 'b')[] = ['a', 'b']
      for (let i = 0; i < KILLS; i++) {
        await killMove(here, from!, to!)
        const held = [a, b].flatMap((repo) => [...listObjects(repo).keys()])
        expect([...new Set(held)].sort()).toEqual(keys)
        for (const repo of [a, b]) expectIntact(repo)
        if (random.below(2) === 0) continue
        here.annex('move', '-q', `--from=${from}`, `--to=${to}`)
        expect([...listObjects(repos[to!]).keys()].sort()).toEqual(keys)
        expect(listObjects(repos[from!]).size).toBe(0)
        ;[from, to] = [to, from]
      }
      here.annex('move', '-q', `--from=${from}`, `--to=${to}`)
      expect(readFileSync(here.path('.git/annex/move.log'), 'utf8')).toBe('')
      expect(readdirSync(here.path('.git/annex/annexe/tmp'))).toEqual([])
      expect(listObjects(here).size).toBe(0)
      expect(here.tryRealAnnex('fsck', '-q', '--fast', `--from=${to}`).status).toBe(0)
    },
    60_000 + KILLS * 3000,
  )
})
