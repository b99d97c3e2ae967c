/** Filters that are watched and killed while git works with them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from '@jest/globals'
import { OUR_BIN, type ScratchRepo } from './scratch.js'

export function temporaryFiles(repo: ScratchRepo): string[] {
  const dir = repo.path('.git/annex/annexe/tmp')
  return existsSync(dir) ? readdirSync(dir) : []
}

/** Objects so far, without looking for long: a directory for each lies two levels down. */
export function objectCount(repo: ScratchRepo): number {
  const dir = repo.path('.git/annex/objects')
  return existsSync(dir) ? readdirSync(dir).length : 0
}

/** Has the filter write its process id to a file. @returns the file */
export function noteProcess(repo: ScratchRepo): string {
  const script = repo.path('.git/filter')
  const pidFile = repo.path('.git/filter.pid')
  const exec = `exec '${OUR_BIN}/git-annex' filter-process`
  const lines = ['#!/bin/sh', `echo $$ >'${pidFile}.new'`, `mv '${pidFile}.new' '${pidFile}'`, exec]
  repo.write('.git/filter', `${lines.join('\n')}\n`)
  chmodSync(script, 0o755)
  repo.git('config', 'filter.annex.process', `'${script}'`)
  return pidFile
}

export function startGit(repo: ScratchRepo, ...args: string[]): ChildProcess {
  return spawn('git', args, {
    cwd: repo.dir,
    env: { ...repo.scratch.env, PATH: `${OUR_BIN}:${process.env.PATH}` },
    stdio: 'ignore',
  })
}

/** Its exit status; null when a signal ended it. */
export function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('exit', (code) => resolve(code)))
}

export async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 6000 && !isSo(); i++) await sleep(5)
  expect(isSo()).toBe(true)
}

/** The most memory that the filter of a git command ever had, as the kernel counts. */
export async function peakKiB(git: ChildProcess, pidFile: string): Promise<number> {
  let peak = 0
  let isOver = false
  const ended = exitOf(git).then((code) => {
    isOver = true
    return code
  })
  while (!isOver) {
    if (existsSync(pidFile))
      peak = Math.max(peak, highWaterKiB(readFileSync(pidFile, 'utf8').trim()))
    await sleep(5)
  }
  expect(await ended).toBe(0)
  expect(peak).toBeGreaterThan(0)
  return peak
}

function highWaterKiB(pid: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
  } catch {
    return 0
  }
}
