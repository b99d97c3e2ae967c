/**
 * The programs that are compared: how each is set up to store every file, and its command line for
 * each step. A step that a program has no counterpart for is left out.
 */
import { join } from 'node:path'
import { OUR_BIN, REAL_BIN, type ScratchRepo } from '../test/support/scratch-repo.js'

export const STEPS = [
  'annex-add',
  'add',
  'commit',
  'status',
  'status-again',
  'status-touched',
  'checkout',
  'clone-get',
  'clone-autoget',
  'find',
  'whereis',
  'sync',
  'drop',
] as const
export type Step = (typeof STEPS)[number]

export interface Program {
  readonly name: 'coreutils' | 'git' | 'git-lfs' | 'git-annex' | 'annexe'
  /** Whose git-annex comes first on PATH. */
  readonly path: 'ours' | 'real'
  /** Shell line that prints the version. */
  readonly version: string
  /** Prepares an empty repository so that plain `git add` stores every file in the program's way. */
  setUp(repo: ScratchRepo): void
  /** Prepares one whose files all go through the filter and into git all the same; see `ordinary`. */
  setUpOrdinary?(repo: ScratchRepo): void
  /** Where the program keeps contents, below `.git`; undefined when git itself does. */
  readonly store?: string
  /** The start of what git holds in place of the content. */
  readonly pointer?: string
  /** Shell lines; those of the two clones run beside `source`, those after them in the first clone. */
  readonly lines: Readonly<Partial<Record<Step, string>>>
}

const gitLines = {
  'annex-add': 'exec git add .',
  add: 'exec git add .',
  commit: 'exec git commit -q -m one',
  status: 'exec git status --porcelain',
  'status-again': 'exec git status --porcelain',
  'status-touched': 'exec git status --porcelain',
  checkout: 'exec git checkout -q -- .',
  'clone-get': 'exec git clone -q source clone',
  'clone-autoget': 'exec git clone -q source clone2',
  find: 'exec git ls-files',
  sync: 'git pull -q && exec git push -q',
} as const

const annexLines = {
  ...gitLines,
  'annex-add': 'exec git annex add -q .',
  'clone-get': 'git clone -q source clone && cd clone && exec git annex get -q .',
  'clone-autoget': 'git clone -q source clone2 && cd clone2 && exec git annex get -q .',
  find: 'exec git annex find',
  whereis: 'exec git annex whereis',
  sync: 'exec git annex sync',
  drop: 'exec git annex drop -q .',
} as const

/** What it takes to have and to check one long file: the floor for everybody. */
const coreutilsLines = {
  add: 'sha256sum d0/f0.dat && exec cp d0/f0.dat ../copy',
  checkout: 'exec cp ../copy d0/f0.dat',
} as const

function initAnnex(repo: ScratchRepo, path: 'ours' | 'real'): void {
  repo.run(['git', 'annex', 'init', '-q', 'bench'], { program: path })
}

function setUpAnnex(repo: ScratchRepo, path: 'ours' | 'real'): void {
  initAnnex(repo, path)
  repo.git('config', 'annex.addunlocked', 'true')
  repo.git('config', 'annex.largefiles', 'anything')
}

/** Git-annex annexes what nothing is said about. */
function setUpOrdinaryAnnex(repo: ScratchRepo): void {
  initAnnex(repo, 'real')
  repo.git('config', 'annex.largefiles', 'nothing')
}

export const PROGRAMS: readonly Program[] = [
  {
    name: 'coreutils',
    path: 'real',
    version: 'cp --version | head -1',
    setUp: () => {},
    lines: coreutilsLines,
  },
  {
    name: 'git',
    path: 'real',
    version: 'git --version',
    setUp: () => {},
    setUpOrdinary: () => {},
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
    setUpOrdinary: setUpOrdinaryAnnex,
    store: 'annex/objects',
    pointer: '/annex/objects/',
    lines: annexLines,
  },
  {
    name: 'annexe',
    path: 'ours',
    version: `${join(OUR_BIN, 'git-annex')} version --raw`,
    setUp: (repo) => setUpAnnex(repo, 'ours'),
    setUpOrdinary: (repo) => initAnnex(repo, 'ours'),
    store: 'annex/objects',
    pointer: '/annex/objects/',
    lines: {
      ...annexLines,
      'clone-autoget':
        'git clone -q source clone2 && cd clone2 && exec git annex init -q --autoget',
    },
  },
]
