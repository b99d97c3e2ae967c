import { rmSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { type AnnexPair, CONTENTS, writeContents } from '../support/annex-pair.js'
import { KILLS, type Killing, Random, SEED, tryKills } from '../support/kill-trials.js'
import { OUR_BIN, useScratch } from '../support/scratch.js'
import { whyNoTrace } from '../support/tracing.js'

/**
 * SIGKILL at random moments: just before one of the system calls by which the program changes the
 * disk, or at some time, then with the programs that it has started. ANNEXE_FAULT_SEED repeats a run,
 * ANNEXE_FAULT_KILLS makes it longer.
 */
const scratch = useScratch()
const annex = `${OUR_BIN}/git-annex`

/** Back to files that git has never seen. */
function forget({ clone }: AnnexPair): void {
  clone.git('rm', '-rq', '--cached', '.')
  clone.git('commit', '-qm', 'removed')
  writeContents(clone)
}

function getAll({ clone }: AnnexPair): void {
  clone.annex('get', '.')
}

/** All contents here, and no files; `inlineMax` decides what the filter puts in place itself. */
function emptyWorkTree(pair: AnnexPair, inlineMax: string): void {
  getAll(pair)
  pair.clone.git('config', 'annex.smudge-inline-max', inlineMax)
  for (const path of Object.keys(CONTENTS)) rmSync(pair.clone.path(path))
}

function takeAll(pair: AnnexPair): void {
  getAll(pair)
  pair.clone.annex('drop', '--from=origin', '.')
}

/** What fsck mends: objects that lie where links do not lead, and that nobody knows of. */
function disarray(pair: AnnexPair): void {
  getAll(pair)
  pair.clone.run(['sh', '-ec', DISARRAY])
}

const DISARRAY = `
uuid=$(git config annex.uuid)
for object in .git/annex/objects/*/*/*/*; do
  key=$(basename "$object"); dir=$(dirname "$object")
  chmod u+w "$dir"
  lower=.git/annex/objects/$(git annex examinekey --format='$''{hashdirlower}' "$key")
  mkdir -p "$lower"; mv "$dir" "$lower$key"
  git annex setpresentkey "$key" "$uuid" 0
done`

const IN_BOTH = { clone: true, origin: true }
const IN_ORIGIN = { clone: false, origin: true }
const IN_CLONE = { clone: true, origin: false }

const CHECKOUT = { argv: ['git', 'checkout', '--', '.'], mayLeaveLock: true, ends: IN_BOTH }

const KILLINGS: Readonly<Record<string, Killing>> = {
  'the filter of git add': {
    argv: ['git', 'add', '.'],
    killsFilter: true,
    mayLeaveLock: true,
    prepare: forget,
    isToCommit: true,
    ends: IN_BOTH,
  },
  'git add': {
    argv: ['git', 'add', '.'],
    mayLeaveLock: true,
    prepare: forget,
    isToCommit: true,
    ends: IN_BOTH,
  },
  'git annex add': { argv: [annex, 'add', '.'], prepare: forget, isToCommit: true, ends: IN_BOTH },
  'git annex add of locked files': {
    argv: [annex, 'add', '.'],
    isLocked: true,
    prepare: forget,
    isToCommit: true,
    ends: IN_BOTH,
  },
  'git annex get': { argv: [annex, 'get', '.'], ends: IN_BOTH },
  'git annex drop': { argv: [annex, 'drop', '.'], prepare: getAll, ends: IN_ORIGIN },
  'git annex move --to': {
    argv: [annex, 'move', '--to=origin', '.'],
    prepare: takeAll,
    ends: IN_ORIGIN,
  },
  'git annex move --from, locked': {
    argv: [annex, 'move', '--from=origin', '.'],
    isLocked: true,
    ends: IN_CLONE,
  },
  'git annex unlock': {
    argv: [annex, 'unlock', '.'],
    isLocked: true,
    prepare: getAll,
    isToCommit: true,
    ends: IN_BOTH,
  },
  'git annex lock': {
    argv: [annex, 'lock', '.'],
    prepare: getAll,
    isToCommit: true,
    ends: IN_BOTH,
  },
  'git annex fsck': {
    argv: [annex, 'fsck', '--incremental'],
    isLocked: true,
    prepare: disarray,
    ends: IN_BOTH,
  },
  'git checkout': { ...CHECKOUT, prepare: (pair) => emptyWorkTree(pair, '32MiB') },
  'the filter of git checkout': {
    ...CHECKOUT,
    killsFilter: true,
    prepare: (pair) => emptyWorkTree(pair, '32MiB'),
  },
  'git checkout of large contents': { ...CHECKOUT, prepare: (pair) => emptyWorkTree(pair, '1kB') },
  'the filter of git checkout of large contents': {
    ...CHECKOUT,
    killsFilter: true,
    prepare: (pair) => emptyWorkTree(pair, '1kB'),
  },
}

const how = whyNoTrace === undefined ? '' : `, at times only: ${whyNoTrace}`

describe(`killed ${KILLS} times (seed ${SEED}${how}),`, () => {
  test.each(Object.entries(KILLINGS))(
    '%s loses nothing, stores nothing wrong and can be done again',
    (_, killing) => {
      const random = new Random(SEED)
      // What git starts is killed most often: there the moments of two programs meet.
      const kills = killing.argv[0] === 'git' ? KILLS : Math.ceil(KILLS * 0.4)
      expect(tryKills(scratch, killing, { kills, random })).toEqual([])
    },
    60_000 + KILLS * 10_000,
  )
})
