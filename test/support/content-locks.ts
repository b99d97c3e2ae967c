/** Locks on contents that another process holds: ours through our own code, git-annex's through its. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { BUN } from './bun.js'
import { PROJECT, REAL_BIN, type ScratchRepo } from './scratch-repo.js'

/** A lock, or the reason why there is none. */
export interface HeldLock {
  /** `locked`, or a word about what went wrong. */
  readonly answer: string
  release(): Promise<void>
}

/** Our code takes the lock and holds it. @param key serialized */
export async function holdOurs(
  repo: ScratchRepo,
  key: string,
  kind: 'shared' | 'exclusive',
): Promise<HeldLock> {
  const driver = join(PROJECT, 'test', 'support', 'hold-lock.ts')
  const child = spawn(BUN, ['run', driver, repo.dir, key, kind], { env: repo.scratch.env })
  const answer = await readLine(child)
  return { answer, release: () => end(child) }
}

/** git-annex keeps the content for a peer, as it does while the peer drops its own copy. */
export async function holdReal(repo: ScratchRepo, key: string): Promise<HeldLock> {
  const uuid = repo.git('config', 'annex.uuid').stdout.trim()
  const shell = join(REAL_BIN, 'git-annex-shell')
  const child = spawn(shell, ['p2pstdio', repo.dir, uuid], {
    env: { ...repo.scratch.env, PATH: `${REAL_BIN}:${process.env['PATH']}` },
  })
  await readLine(child)
  child.stdin.write(`LOCKCONTENT ${key}\n`)
  const answer = (await readLine(child)) === 'SUCCESS' ? 'locked' : 'refused'
  if (answer === 'refused') await end(child)
  return { answer, release: () => end(child) }
}

async function readLine(child: ChildProcessWithoutNullStreams): Promise<string> {
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer]
  return chunk.toString().trim()
}

async function end(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.stdin.end()
  await exited
}
