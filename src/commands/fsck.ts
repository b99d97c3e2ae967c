/** `git annex fsck [PATH …]`: checks contents, and what is recorded of them, against the keys. */
import { isUpgradable } from '../backends/migrate-key.js'
import { backendOfKey } from '../backends/registry.js'
import type { Annex } from '../cli/annex.js'
import type { Action, Command, ItemUi, OptionSpecs, OptionValues } from '../cli/command.js'
import { transferOptions } from '../cli/command.js'
import { checkOwnContent, findOwnContent } from '../cli/content-check.js'
import { checkRemoteContent, findRemoteContent } from '../cli/content-check-remote.js'
import { checkCopies } from '../cli/copies-check.js'
import { CopiesPolicy } from '../cli/drop-context.js'
import { type FsckPass, openPass, WHOLE_PASS } from '../cli/fsck-pass.js'
import { RequiredCheck } from '../cli/required-check.js'
import { type Found, seek, seekOptions } from '../cli/seek.js'
import { namedRemote } from '../cli/transfer-context.js'
import { bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import type { Uuid } from '../model/uuid.js'
import { trustOf } from '../policy/trust.js'
import type { Remote } from '../remotes/remote.js'
import { annexedFileOf } from '../worktree/annexed-files.js'
import { fixLinks } from '../worktree/fix-links.js'

const { all, branch, unused, key } = seekOptions

const options = {
  ...transferOptions,
  all,
  branch,
  unused,
  key,
  from: { type: 'string', alias: 'f', value: 'REMOTE', summary: 'check a remote' },
  incremental: { type: 'boolean', alias: 'S', summary: 'start an incremental fsck' },
  more: { type: 'boolean', alias: 'm', summary: 'continue an incremental fsck' },
  'incremental-schedule': {
    type: 'duration',
    value: 'DURATION',
    summary: 'continue, and start anew after this time',
  },
} as const satisfies OptionSpecs

export const fsck: Command<typeof options, 'annex'> = {
  name: 'fsck',
  section: 'content',
  summary: 'finds and fixes problems',
  usage: '[PATH …]',
  needs: 'annex',
  matching: true,
  options,
  async *run(annex, args) {
    const { fast, numcopies, mincopies, from } = args.options
    const remote = from === undefined ? undefined : await remoteNamed(annex, from)
    const uuid = remote?.uuid ?? annex.uuid
    if (trustOf(uuid, annex.trust) === 'dead')
      annex.messages.warning('Warning: Fscking a repository that is currently marked as dead.')
    const pass = passOf(annex, uuid, args.options)
    annex.atEnd(() => pass.close())
    // A repository that is checked is alive (expire).
    annex.atEnd(() => annex.branch.edit('activity.log', { kind: 'uuid', uuid, value: 'Fsck' }))
    const policy = new CopiesPolicy(annex, { numcopies, mincopies })
    const plan = { fast, remote, pass, policy, required: new RequiredCheck(annex) }
    for (const found of seek(annex, args))
      if (found && isKnownBackend(annex, found) && !pass.isDone(found.keyText))
        yield checkAction(annex, found, plan)
  },
}

async function remoteNamed(annex: Annex, name: string): Promise<Remote> {
  const remote = await namedRemote(annex, name)
  if (remote !== 'here') return remote
  throw new AnnexError('REMOTE_UNKNOWN', `there is no available git remote named "${name}"`, {
    hint: 'Without --from, this repository is checked',
  })
}

function passOf(annex: Annex, uuid: Uuid, chosen: OptionValues<typeof options>): FsckPass {
  const { incremental, more, 'incremental-schedule': scheduleSeconds } = chosen
  const ways = [incremental, more, scheduleSeconds !== undefined].filter(Boolean).length
  if (ways > 1)
    throw new AnnexError(
      'USAGE',
      'Can only specify one of --incremental, --more and --incremental-schedule',
    )
  if (scheduleSeconds !== undefined) return openPass(annex.repository, uuid, { scheduleSeconds })
  if (incremental) return openPass(annex.repository, uuid, 'begin')
  return more ? openPass(annex.repository, uuid, 'more') : WHOLE_PASS
}

/** What nobody here knows how to check is passed over. */
function isKnownBackend({ messages }: Annex, { file, keyText }: Found): boolean {
  const backend = keyText.slice(0, keyText.indexOf('-'))
  if (backendOfKey(backend)) return true
  if (file !== null)
    messages.warning(`  skipping ${bytesToText(file)} (unknown backend ${bytesToText(backend)})`)
  return false
}

interface Plan {
  readonly fast: boolean
  /** The remote to be checked; undefined: here. */
  readonly remote: Remote | undefined
  readonly pass: FsckPass
  readonly policy: CopiesPolicy
  readonly required: RequiredCheck
}

function checkAction(annex: Annex, found: Found, plan: Plan): Action {
  const { keyText, file, path } = found
  const { remote, pass, policy } = plan
  return {
    command: 'fsck',
    item: found,
    async perform(ui) {
      const isRight =
        remote === undefined
          ? await checkHere(annex, ui, { found, plan })
          : await checkThere(annex, ui, { found, plan, remote })
      const isKeyOnly = file === null
      const needed = policy.neededForFile(isKeyOnly ? undefined : path).numcopies
      const name = file ?? keyText
      const hasCopies = await checkCopies(annex, ui, { keyText, name, needed, isKeyOnly })
      if (isRight && hasCopies) pass.done(keyText)
      return isRight && hasCopies
    },
  }
}

interface Work {
  readonly found: Found
  readonly plan: Plan
}

async function checkHere(annex: Annex, ui: ItemUi, { found, plan }: Work): Promise<boolean> {
  mendLink(annex, found, ui)
  const { keyText, file, path } = found
  // A file of another branch has no place in the work tree.
  const workTreePath = file === null ? undefined : path
  const check = { keyText, path: workTreePath, name: file ?? keyText, checksHash: !plan.fast }
  const { isRight, object } = findOwnContent(annex, ui, check)
  const hasRequired = await plan.required.check(found, ui)
  const isGood = object === undefined || (await checkOwnContent(annex, ui, { ...check, object }))
  hintUpgrade(found, ui)
  return isRight && hasRequired && isGood
}

async function checkThere(
  annex: Annex,
  ui: ItemUi,
  { found, plan, remote }: Work & { readonly remote: Remote },
): Promise<boolean> {
  const { keyText, file } = found
  const check = { remote, keyText, name: file ?? keyText, isFast: plan.fast }
  const { isRight, isPresent } = await findRemoteContent(annex, ui, check)
  const hasRequired = await plan.required.check(found, ui)
  const isGood = !isPresent || (await checkRemoteContent(annex, ui, check))
  return isRight && hasRequired && isGood
}

function mendLink({ repository }: Annex, { path, keyText, entry }: Found, ui: ItemUi): void {
  if (path === undefined || entry === undefined || repository.workTree === undefined) return
  const link = annexedFileOf({ path, keyText, entry })
  if (link.isLink && fixLinks(repository, [link]) > 0) ui.note('fixing link')
}

function hintUpgrade({ keyText, file }: Found, ui: ItemUi): void {
  const key = parseKey(keyText)!
  if (file === null || !isUpgradable(key)) return
  const [name, backend] = [file, key.backend].map(bytesToText)
  ui.longNote(
    `${name}: Can be upgraded to an improved key format. You can do so by running: git annex migrate --backend=${backend} ${name}`,
  )
}
