/** Real annexed files whose work tree files are pointers, and contents that come and go. */
import { chmodSync, existsSync, lstatSync, readdirSync, utimesSync } from 'node:fs'
import { expect } from '@jest/globals'
import { BlobKeys } from '../../src/git/blob-keys.js'
import { readIndexEntries } from '../../src/git/index-file.js'
import { openRepositoryAt, type Repository } from '../../src/git/repository.js'
import { TempFiles } from '../../src/store/temp-files.js'
import { type AnnexedFile, annexedFiles } from '../../src/worktree/annexed-files.js'
import { depopulate, populate } from '../../src/worktree/populate.js'
import { listObjects } from './expect.js'
import { type Scratch, type ScratchRepo, someBytes } from './scratch.js'

/** Put in place by a rename; small content is written over the pointer. */
export const CONTENT = someBytes(100_000)
export const SMALL = someBytes(3000, 7)

/** A repository of pointer files, and what is needed to populate them. */
export interface Fixture {
  readonly repo: ScratchRepo
  readonly repository: Repository
  readonly temp: TempFiles
  file(path?: string): AnnexedFile
  objectFile(path?: string): string
}

/** Real annexed files whose work tree files are pointers. */
export function pointerAnnex(
  scratch: Scratch,
  name: string,
  files: Record<string, Uint8Array> = { f: CONTENT },
): Fixture {
  const repo = scratch.repo(name)
  repo.realAnnex('init', '-q')
  for (const [path, content] of Object.entries(files)) {
    repo.write(path, content)
    if (path.startsWith('x')) chmodSync(repo.path(path), 0o755)
  }
  repo.realAnnex('add', '-q', '-c', 'annex.addunlocked=true', '.')
  repo.realGit('add', '.')
  repo.realGit('commit', '-qm', 'x')
  repo.git('config', 'core.hooksPath', '/dev/null')
  repo.git('config', '--unset', 'filter.annex.process')
  for (const name of ['clean', 'smudge']) repo.git('config', `filter.annex.${name}`, 'cat')
  repo.run(['rm', ...Object.keys(files).map((path) => repo.path(path))])
  repo.git('checkout', '-q', '.')
  for (const path of Object.keys(files)) utimesSync(repo.path(path), 1e9, 1e9)
  repo.git('update-index', '--refresh', '-q')
  // From here on git may ask nobody: a question is an error.
  repo.git('config', 'filter.annex.required', 'true')
  repo.git('config', 'filter.annex.clean', 'false')
  const repository = openRepositoryAt(repo.dir)!
  const annexed = [...annexedFiles(readIndexEntries(repository), new BlobKeys(repository))]
  const file = (path = 'f') => annexed.find((one) => one.path === path)!
  const temp = new TempFiles(repository.annexDir)
  const objects = listObjects(repo)
  return { repo, repository, temp, file, objectFile: (path) => objects.get(file(path).keyText)! }
}

export function populateOne(fixture: Fixture, path = 'f', more: { isThin?: boolean } = {}) {
  const { repo, temp } = fixture
  const { keyText } = fixture.file(path)
  return populate({
    path: repo.path(path),
    keyText,
    temp,
    objectFile: fixture.objectFile(path),
    ...more,
  })
}

/** Takes content out again; `verdict` answers when the index cannot tell. */
export function depopulateOne(fixture: Fixture, verdict?: boolean, path = 'f') {
  const { repo, repository, temp } = fixture
  const annexed = [...annexedFiles(readIndexEntries(repository), new BlobKeys(repository))]
  const { keyText, entry } = annexed.find((one) => one.path === path)!
  const isContent = () => {
    if (verdict === undefined) throw new Error('The index should have been enough')
    return verdict
  }
  return depopulate({ path: repo.path(path), keyText, temp, entry, isContent })
}

export function expectNoTemp({ repo, temp }: Fixture): void {
  expect(existsSync(temp.dir) ? readdirSync(temp.dir) : []).toEqual([])
  expect(readdirSync(repo.dir).filter((name) => name.startsWith('.annexe'))).toEqual([])
}

/** The permissions of a file. */
export const modeOf = (path: string) => lstatSync(path).mode & 0o777
