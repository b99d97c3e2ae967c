/** `git annex repair`: makes a damaged git repository whole again, as far as the objects can be had. */
import type { Annex } from '../cli/annex.js'
import type { Command, ItemUi } from '../cli/command.js'
import {
  explodeBadPacks,
  findMissing,
  isWhole,
  runGitFsck,
  setCorruptAside,
} from '../git/damage.js'
import { type GivenUp, giveUp, storeFromWorkTree, takeObjectsOf } from '../git/recover.js'
import { listRefs } from '../git/refs.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { remove } from '../platform/files.js'

const BRANCH: Bytes = 'refs/heads/git-annex'

export const repair: Command<Record<never, never>, 'repository'> = {
  name: 'repair',
  section: 'setup',
  summary: 'recovers a broken git repository',
  usage: '',
  needs: 'repository',
  leavesJournal: true,
  options: {},
  async *run(annex, { options: { force } }) {
    yield { command: 'repair', item: {}, perform: (ui) => repairAll(annex, ui, force) }
  },
}

function repairAll(annex: Annex, ui: ItemUi, force: boolean): boolean {
  const { repository } = annex
  ui.longNote('Running git fsck ...')
  let missing = lookForDamage(annex)
  if (missing === 'none') {
    const bad = listRefs(repository).filter(({ oid }) => !isWhole(repository, oid))
    if (bad.length === 0) {
      ui.longNote('No problems found.')
      return true
    }
    missing = new Set(bad.map(({ oid }) => oid))
  }
  ui.longNote('Fsck found problems, attempting repair.')
  missing = recover(annex, ui, missing)
  if (missing.size === 0) {
    ui.longNote(
      'Successfully recovered repository!\nYou should run "git fsck" to make sure, but it looks like everything was recovered ok.',
    )
    return true
  }
  if (!force) {
    ui.longNote(
      `${missing.size} missing objects could not be recovered!\nTo force a recovery to a usable state, retry with the --force parameter.`,
    )
    return false
  }
  tellGivenUp(annex, ui, giveUp(repository))
  return true
}

/** What is missing once everything that is broken is out of the way. */
function lookForDamage({ repository }: Annex): ReadonlySet<Bytes> | 'none' {
  const findings = runGitFsck(repository)
  const packs = findings.isSound ? 0 : explodeBadPacks(repository)
  if (findings.isSound) return 'none'
  setCorruptAside(repository, packs > 0 ? runGitFsck(repository).mentioned : findings.mentioned)
  return findMissing(
    repository,
    new Set([...findings.mentioned, ...runGitFsck(repository).mentioned]),
  )
}

/** @returns what is still missing; what was found may need more, which nobody has missed before */
function recover(annex: Annex, ui: ItemUi, missing: ReadonlySet<Bytes>): ReadonlySet<Bytes> {
  const { repository, config } = annex
  const look = () =>
    findMissing(repository, new Set([...missing, ...runGitFsck(repository).mentioned]))
  storeFromWorkTree(repository, missing)
  let still = look()
  for (const remote of config.remoteNames()) {
    if (still.size === 0) break
    ui.longNote(`Trying to recover missing objects from remote ${bytesToText(remote)}.`)
    if (takeObjectsOf(repository, config, remote)) still = look()
  }
  return still
}

function tellGivenUp(annex: Annex, ui: ItemUi, { tracking, reset, deleted, files }: GivenUp): void {
  const list = (title: string, names: readonly Bytes[]) => {
    if (names.length > 0)
      ui.longNote(`${title}\n${names.map((name) => `\t${bytesToText(name)}`).join('\n')}`)
  }
  if (tracking.length > 0)
    ui.longNote(
      `Removed ${tracking.length} remote tracking branches that referred to missing objects.`,
    )
  list(
    'Reset these local branches to old versions before the missing objects were committed:',
    reset,
  )
  list(
    'Deleted these local branches, which could not be recovered due to missing objects:',
    deleted,
  )
  list(
    'Removed these missing files from the index. You should look at what files are present in your working tree and git add them back to the index when appropriate.',
    files,
  )
  if ([...reset, ...deleted].includes(BRANCH)) {
    // git-annex's index of the branch may have what is missing; it is made anew from the branch.
    for (const name of ['index', 'index.lck']) remove(`${annex.repository.annexDir}/${name}`)
    ui.longNote(
      'Since the git-annex branch is not up-to-date anymore. It would be a very good idea to run: git annex fsck --fast',
    )
  }
  ui.longNote(
    `Successfully recovered repository!\nPlease carefully check that the changes mentioned above are ok..\nWhat was broken is kept in ${bytesToText(annex.repository.commonDir)}/annexe-repair`,
  )
}
