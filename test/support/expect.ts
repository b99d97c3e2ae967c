/** Assertions in the words of the domain. Each looks at the disk or asks git, never our own code. */
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect } from '@jest/globals'
import type { ScratchRepo } from './scratch.js'

const POINTER = /^\/annex\/objects\/([^/\n]+)\n$/

/** The path is staged as a pointer file. @returns the key, escaped as in file names */
export function expectPointer(repo: ScratchRepo, path: string): string {
  const { stdout } = repo.git('cat-file', 'blob', `:${path}`)
  expect(stdout).toMatch(POINTER)
  return POINTER.exec(stdout)![1]!
}

/** The path is staged with its own content. */
export function expectInGit(repo: ScratchRepo, path: string): void {
  const { stdoutBytes } = repo.git('cat-file', 'blob', `:${path}`)
  expect(stdoutBytes.equals(readFileSync(repo.path(path)))).toBe(true)
}

/** The work tree file holds exactly this. */
export function expectContent(repo: ScratchRepo, path: string, content: string | Uint8Array): void {
  const found = repo.read(path)
  const wanted = Buffer.from(content)
  // Comparing buffers of megabytes with toEqual takes seconds and prints them.
  if (found.equals(wanted)) return
  expect(describeBytes(found)).toBe(describeBytes(wanted))
  throw new Error(`${path} differs from what was expected`)
}

/** The content of a key is in the repository. */
export function expectPresent(repo: ScratchRepo, key: string): void {
  expect([...listObjects(repo).keys()]).toContain(key)
}

export function expectNotPresent(repo: ScratchRepo, key: string): void {
  expect([...listObjects(repo).keys()]).not.toContain(key)
}

/** Git sees nothing to commit and nothing untracked. */
export function expectClean(repo: ScratchRepo): void {
  expect(repo.git('status', '--porcelain').stdout).toBe('')
}

/** Both repositories have the same git-annex branch, file by file. */
export function expectSameBranch(a: ScratchRepo, b: ScratchRepo): void {
  const tree = (repo: ScratchRepo) => repo.git('ls-tree', '-r', 'git-annex').stdout
  expect(tree(a)).toBe(tree(b))
}

/** Every object with a SHA-256 key has that content, and that size; the files are read-only. */
export function expectIntact(repo: ScratchRepo): void {
  for (const [key, path] of listObjects(repo)) {
    const match = /^SHA256E?-s(\d+)--([0-9a-f]{64})/.exec(key)
    if (!match) continue
    const content = readFileSync(path)
    const digest = createHash('sha256').update(content).digest('hex')
    expect({ key, size: content.length, digest, writable: lstatSync(path).mode & 0o222 }).toEqual({
      key,
      size: Number(match[1]),
      digest: match[2],
      writable: 0,
    })
  }
}

/** The objects in a repository: from the escaped key to the absolute path. */
export function listObjects(repo: ScratchRepo): Map<string, string> {
  const common = repo.git('rev-parse', '--git-common-dir').stdout.trim()
  const objects = new Map<string, string>()
  const visit = (dir: string): void => {
    for (const entry of readDir(dir)) {
      const path = join(dir, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (dir.endsWith(`/${entry.name}`)) objects.set(entry.name, path)
    }
  }
  visit(resolve(repo.dir, common, 'annex/objects'))
  return objects
}

function readDir(dir: string) {
  return existsSync(dir) ? readdirSync(dir, { withFileTypes: true }) : []
}

function describeBytes(bytes: Buffer): string {
  const digest = createHash('sha256').update(bytes).digest('hex')
  const head =
    bytes.length > 200 ? `${bytes.subarray(0, 200).toString('latin1')}…` : bytes.toString()
  return `${bytes.length} bytes, sha256 ${digest}: ${head}`
}
