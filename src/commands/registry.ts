/**
 * Every command by name, each behind a literal import, so that a start loads only the one it runs.
 *
 * A new command is one file, one line here, one test and one line in docs/compatibility.md.
 */
import type { Command } from '../cli/command.js'

type Load = () => Promise<Command>

/** By the name that is typed; the file has the same name. */
export const COMMANDS: Readonly<Record<string, Load>> = {
  add: async () => (await import('./add.js')).add,
  addunused: async () => (await import('./addunused.js')).addunused,
  addurl: async () => (await import('./addurl.js')).addurl,
  assist: async () => (await import('./assist.js')).assist,
  backends: async () => (await import('./backends.js')).backends,
  calckey: async () => (await import('./calckey.js')).calckey,
  checkpresentkey: async () => (await import('./checkpresentkey.js')).checkpresentkey,
  config: async () => (await import('./config.js')).config,
  contentlocation: async () => (await import('./contentlocation.js')).contentlocation,
  copy: async () => (await import('./copy.js')).copy,
  dead: async () => (await import('./dead.js')).dead,
  describe: async () => (await import('./describe.js')).describe,
  diffdriver: async () => (await import('./diffdriver.js')).diffdriver,
  drop: async () => (await import('./drop.js')).drop,
  dropkey: async () => (await import('./dropkey.js')).dropkey,
  dropunused: async () => (await import('./dropunused.js')).dropunused,
  examinekey: async () => (await import('./examinekey.js')).examinekey,
  expire: async () => (await import('./expire.js')).expire,
  'filter-branch': async () => (await import('./filter-branch.js')).filterBranch,
  find: async () => (await import('./find.js')).find,
  findkeys: async () => (await import('./findkeys.js')).findkeys,
  findref: async () => (await import('./findref.js')).findref,
  fix: async () => (await import('./fix.js')).fix,
  forget: async () => (await import('./forget.js')).forget,
  fromkey: async () => (await import('./fromkey.js')).fromkey,
  fsck: async () => (await import('./fsck.js')).fsck,
  get: async () => (await import('./get.js')).get,
  group: async () => (await import('./group.js')).group,
  groupwanted: async () => (await import('./groupwanted.js')).groupwanted,
  help: async () => (await import('./help.js')).help,
  import: async () => (await import('./import.js')).importCommand,
  info: async () => (await import('./info.js')).info,
  init: async () => (await import('./init.js')).init,
  inprogress: async () => (await import('./inprogress.js')).inprogress,
  list: async () => (await import('./list.js')).list,
  lock: async () => (await import('./lock.js')).lock,
  log: async () => (await import('./log.js')).log,
  lookupkey: async () => (await import('./lookupkey.js')).lookupkey,
  map: async () => (await import('./map.js')).map,
  matchexpression: async () => (await import('./matchexpression.js')).matchexpression,
  merge: async () => (await import('./merge.js')).merge,
  metadata: async () => (await import('./metadata.js')).metadata,
  migrate: async () => (await import('./migrate.js')).migrate,
  mincopies: async () => (await import('./mincopies.js')).mincopies,
  mirror: async () => (await import('./mirror.js')).mirror,
  move: async () => (await import('./move.js')).move,
  numcopies: async () => (await import('./numcopies.js')).numcopies,
  oldkeys: async () => (await import('./oldkeys.js')).oldkeys,
  'post-checkout': async () => (await import('./post-checkout.js')).postCheckout,
  'post-merge': async () => (await import('./post-merge.js')).postMerge,
  'post-receive': async () => (await import('./post-receive.js')).postReceive,
  'pre-commit': async () => (await import('./pre-commit.js')).preCommit,
  'pre-push': async () => (await import('./pre-push.js')).prePush,
  pull: async () => (await import('./pull.js')).pull,
  push: async () => (await import('./push.js')).push,
  readpresentkey: async () => (await import('./readpresentkey.js')).readpresentkey,
  registerurl: async () => (await import('./registerurl.js')).registerurl,
  reinit: async () => (await import('./reinit.js')).reinit,
  reinject: async () => (await import('./reinject.js')).reinject,
  rekey: async () => (await import('./rekey.js')).rekey,
  repair: async () => (await import('./repair.js')).repair,
  required: async () => (await import('./required.js')).required,
  resolve: async () => (await import('./resolve.js')).resolve,
  resolvemerge: async () => (await import('./resolvemerge.js')).resolvemerge,
  restage: async () => (await import('./restage.js')).restage,
  rmurl: async () => (await import('./rmurl.js')).rmurl,
  satisfy: async () => (await import('./satisfy.js')).satisfy,
  schedule: async () => (await import('./schedule.js')).schedule,
  semitrust: async () => (await import('./semitrust.js')).semitrust,
  setkey: async () => (await import('./setkey.js')).setkey,
  setpresentkey: async () => (await import('./setpresentkey.js')).setpresentkey,
  smudge: async () => (await import('./smudge.js')).smudge,
  status: async () => (await import('./status.js')).status,
  sync: async () => (await import('./sync.js')).sync,
  track: async () => (await import('./track.js')).track,
  transferkey: async () => (await import('./transferkey.js')).transferkey,
  transferkeys: async () => (await import('./transferkeys.js')).transferkeys,
  trust: async () => (await import('./trust.js')).trust,
  unannex: async () => (await import('./unannex.js')).unannex,
  undo: async () => (await import('./undo.js')).undo,
  ungroup: async () => (await import('./ungroup.js')).ungroup,
  uninit: async () => (await import('./uninit.js')).uninit,
  unlock: async () => (await import('./unlock.js')).unlock,
  unregisterurl: async () => (await import('./unregisterurl.js')).unregisterurl,
  untrack: async () => (await import('./untrack.js')).untrack,
  untrust: async () => (await import('./untrust.js')).untrust,
  unused: async () => (await import('./unused.js')).unused,
  upgrade: async () => (await import('./upgrade.js')).upgrade,
  version: async () => (await import('./version.js')).version,
  vicfg: async () => (await import('./vicfg.js')).vicfg,
  want: async () => (await import('./want.js')).want,
  wanted: async () => (await import('./wanted.js')).wanted,
  whereis: async () => (await import('./whereis.js')).whereis,
  whereused: async () => (await import('./whereused.js')).whereused,
  why: async () => (await import('./why.js')).why,
}

/** Other names of commands. */
export const ALIASES: Readonly<Record<string, string>> = { edit: 'unlock' }

/** Commands of git-annex 10.20260421 and of our own plan that do not exist yet. */
export const NOT_BUILT_YET: ReadonlySet<string> = new Set(
  `addcomputed addunused addurl adjust assist assistant benchmark checkpresentkey configremote config
   dead diffdriver disableremote dropkey dropunused enable-tor enableremote expire export
   extendcluster filter-branch findcomputed findkeys findref fix forget fromkey fsck fuzztest group
   groupwanted import importfeed initcluster initremote inprogress list lock log map matchexpression
   maxsize metadata migrate mincopies mirror multicast numcopies oldkeys p2p p2phttp post-receive
   pre-commit pull push readpresentkey recompute registerurl reinit reinject rekey remotedaemon
   renameremote repair required reregisterurl resolvemerge restage rmurl satisfy schedule semitrust
   setkey setpresentkey sim smudge test testremote transferkey transferrer trust unannex undo ungroup
   unlock unregisterurl untrust unused updatecluster updateproxy upgrade vadd vcycle vfilter vicfg
   view vpop wanted watch webapp whereused add get drop move copy find whereis info lookupkey
   contentlocation examinekey calckey describe status sync merge init uninit filter-process
   doctor prune resolve track untrack why`
    .split(/\s+/)
    .filter((name) => !(name in COMMANDS)),
)

/**
 * Loads a command by the name that was typed.
 * @returns undefined when there is none of that name
 */
export async function loadCommand(name: string): Promise<Command | undefined> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (load) return await load()
  const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined
  return alias === undefined ? undefined : await loadCommand(alias)
}

/** Loads every command; for help and completion. */
export async function loadCommands(): Promise<Command[]> {
  return await Promise.all(Object.values(COMMANDS).map((load) => load()))
}
