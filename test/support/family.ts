/** A repository and clones of it that have the content of its one annexed file, made by ours. */
import { expectPointer, listObjects } from './expect.js'
import { type Scratch, type ScratchRepo, someBytes } from './scratch.js'

let count = 0

export interface Family {
  /** Has the others as remotes, by their names, and no content. */
  readonly repo: ScratchRepo
  readonly remotes: readonly ScratchRepo[]
  /** Of `f`, 1000 bytes, as in file names. */
  readonly key: string
}

/** @param names of the repositories that have the content of `f` */
export function makeFamily(scratch: Scratch, names: readonly string[]): Family {
  const top = `family${count++}`
  scratch.run(['mkdir', scratch.path(top)])
  const first = scratch.repo(`${top}/${names[0]}`)
  first.annex('init', `repository ${names[0]}`)
  first.git('config', 'annex.largefiles', 'anything')
  first.write('f', someBytes(1000, 1))
  first.annex('add', 'f')
  first.git('commit', '-qm', 'f')
  const key = expectPointer(first, 'f')
  const others = names.slice(1).map((name) => {
    const other = scratch.clone(first, `${top}/${name}`)
    other.annex('init', `repository ${name}`)
    other.annex('get', '-q', 'f')
    return other
  })
  const repo = scratch.clone(first, `${top}/here`)
  repo.git('remote', 'rename', 'origin', names[0]!)
  repo.annex('init', 'repository here')
  for (const [i, name] of names.slice(1).entries())
    repo.git('remote', 'add', '-f', name, others[i]!.dir)
  repo.annex('merge', '-q')
  return { repo, remotes: [first, ...others], key }
}

/** Absolute path of an object that is there. @param key as in file names */
export function objectPath(repo: ScratchRepo, key: string): string {
  const path = listObjects(repo).get(key)
  if (path === undefined) throw new Error(`${repo.dir} has no ${key}`)
  return path
}
