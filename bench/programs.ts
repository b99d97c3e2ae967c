/**
 * The four programs that are compared: how each is set up to store every file, and its command line
 * for each step. A step that a program has no counterpart for is left out.
 */
import { join } from 'node:path'
import { OUR_BIN, REAL_BIN, type ScratchRepo } from '../test/support/scratch-repo.js'

export const STEPS = [
  'add',
  'commit',
  'status',
  'status-again',
  'status-touched',
  'checkout',
  'clone-get',
  'find',
  'whereis',
  'sync',
  'drop',
] as const
export type Step = (typeof STEPS)[number]

export interface Program {
  readonly name: 'git' | 'git-lfs' | 'git-annex' | 'annexe'
  /** Whose git-annex comes first on PATH. */
  readonly path: 'ours' | 'real'
  /** Shell line that prints the version. */
  readonly version: string
  /** Prepares an empty repository so that plain `git add` stores every file in the program's way. */
  setUp(repo: ScratchRepo): void
  /** Where the program keeps contents, below `.git`; undefined when git itself does. */
  readonly store?: string
  /** The start of what git holds in place of the content. */
  readonly pointer?: string
  /** Shell lines; those of clone-get run beside `source`, those after it in the clone. */
  readonly lines: Readonly<Partial<Record<Step, string>>>
}

const gitLines = {
  add: 'exec git add .',
  commit: 'exec git commit -q -m one',
  status: 'exec git status --porcelain',
  'status-again': 'exec git status --porcelain',
  'status-touched': 'exec git status --porcelain',
  checkout: 'exec git checkout -q -- .',
  'clone-get': 'exec git clone -q source clone',
  find: 'exec git ls-files',
  sync: 'git pull -q && exec git push -q',
} as const

const annexLines = {
  ...gitLines,
  'clone-get': 'git clone -q source clone && cd clone && exec git annex get -q .',
  find: 'exec git annex find',
  whereis: 'exec git annex whereis',
  sync: 'exec git annex sync',
  drop: 'exec git annex drop -q .',
} as const

function setUpAnnex(repo: ScratchRepo, path: 'ours' | 'real'): void {
  repo.run(['git', 'annex', 'init', '-q', 'bench'], { program: path })
  repo.git('config', 'annex.largefiles', 'anything')
}

export const PROGRAMS: readonly Program[] = [
  {
    name: 'git',
    path: 'real',
    version: 'git --version',
    setUp: () => {},
    lines: gitLines,
  },
  {
    name: 'git-lfs',
    path: 'real',
    version: 'git-lfs version',
    setUp: (repo) => {
      repo.scratch.run(['git', 'lfs', 'install', '--skip-repo'])
      repo.git('lfs', 'install', '--local')
      repo.write('.gitattributes', '*.dat filter=lfs diff=lfs merge=lfs -text\n')
    },
    store: 'lfs/objects',
    pointer: 'version https://git-lfs.github.com/spec/v1\n',
    lines: { ...gitLines, find: 'exec git lfs ls-files' },
  },
  {
    name: 'git-annex',
    path: 'real',
    version: `${join(REAL_BIN, 'git-annex')} version --raw`,
    setUp: (repo) => setUpAnnex(repo, 'real'),
    store: 'annex/objects',
    pointer: '/annex/objects/',
    lines: annexLines,
  },
  {
    name: 'annexe',
    path: 'ours',
    version: `${join(OUR_BIN, 'git-annex')} version --raw`,
    setUp: (repo) => setUpAnnex(repo, 'ours'),
    store: 'annex/objects',
    pointer: '/annex/objects/',
    lines: annexLines,
  },
]
