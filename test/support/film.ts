/** The small worlds that many commands are tried in: one annexed file, `film`, and who has it. */
import { writeFileSync } from 'node:fs'
import { type Scratch, type ScratchRepo, someBytes } from './scratch.js'

/** The content of `film`. */
export const FILM = someBytes(5000, 1)

/** A repository where `film` is an unlocked file with the content "content". */
export function makeUnlockedFilm(scratch: Scratch, name: string): ScratchRepo {
  const repo = scratch.repo(name)
  repo.annex('init')
  repo.git('config', 'annex.largefiles', 'anything')
  repo.write('film', 'content\n')
  repo.git('add', 'film')
  repo.git('commit', '-q', '-m', 'film')
  return repo
}

/** The same, as git-annex's filter leaves it: a pointer and a note, though the content is here. */
export function makeNotedFilm(scratch: Scratch, name: string): ScratchRepo {
  const repo = makeUnlockedFilm(scratch, name)
  const pointer = repo.git('show', ':film').stdout
  repo.write('film', pointer)
  const key = pointer.trim().slice('/annex/objects/'.length)
  writeFileSync(repo.path('.git/annex/smudge.log'), `${key} film\n`)
  return repo
}

/** A repository with `film`, and a clone without the content. */
export function makeFilmPair(
  scratch: Scratch,
  name: string,
): { origin: ScratchRepo; clone: ScratchRepo; key: string } {
  const origin = scratch.repo(name)
  origin.annex('init', 'origin')
  origin.write('film', FILM)
  origin.annex('add', 'film')
  origin.git('commit', '-q', '-m', 'film')
  const clone = scratch.clone(origin, `${name}-clone`)
  clone.annex('init', 'clone')
  return { origin, clone, key: clone.annex('lookupkey', 'film').stdout.trim() }
}

/** Two clones of a bare repository that know each other's files; only the first has the content. */
export function makeFilmClones(scratch: Scratch): {
  bare: ScratchRepo
  a: ScratchRepo
  b: ScratchRepo
  key: string
} {
  const bare = scratch.repo('bare.git', '--bare')
  const a = scratch.clone(bare, 'a')
  a.annex('init', 'a')
  a.write('film', FILM)
  a.annex('add', 'film')
  a.annex('sync')
  const b = scratch.clone(bare, 'b')
  b.annex('init', 'b')
  b.annex('sync')
  return { bare, a, b, key: a.annex('lookupkey', 'film').stdout.trim() }
}
