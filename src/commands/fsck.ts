/** `git annex fsck [PATH …]`: checks our own contents, and what is recorded of them, against the keys. */
import { isUpgradable } from '../backends/migrate-key.js'
import { backendOfKey } from '../backends/registry.js'
import type { Annex } from '../cli/annex.js'
import type { Action, Command, ItemUi, OptionSpecs } from '../cli/command.js'
import { transferOptions } from '../cli/command.js'
import { checkContent } from '../cli/content-check.js'
import { checkCopies } from '../cli/copies-check.js'
import { CopiesPolicy } from '../cli/drop-context.js'
import { type Found, seek, seekOptions } from '../cli/seek.js'
import { bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { annexedFileOf } from '../worktree/annexed-files.js'
import { fixLinks } from '../worktree/fix-links.js'

const { all, branch, unused, key } = seekOptions

const options = {
  ...transferOptions,
  all,
  branch,
  unused,
  key,
  from: { type: 'string', alias: 'f', value: 'REMOTE', summary: 'check a remote', hidden: true },
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
    if (from !== undefined) throw new AnnexError('NOT_BUILT_YET', 'fsck --from is not built yet')
    const policy = new CopiesPolicy(annex, { numcopies, mincopies })
    // A repository that checks itself is alive (expire).
    annex.atEnd(() => recordActivity(annex))
    for (const found of seek(annex, args)) {
      if (!found) continue
      const backend = found.keyText.slice(0, found.keyText.indexOf('-'))
      if (backendOfKey(backend)) yield checkAction(annex, found, { fast, policy })
      else {
        const name = bytesToText(found.file ?? found.keyText)
        annex.messages.warning(`  skipping ${name} (unknown backend ${bytesToText(backend)})`)
      }
    }
  },
}

function recordActivity({ branch, uuid }: Annex): void {
  branch.edit('activity.log', { kind: 'uuid', uuid, value: 'Fsck' })
}

interface Plan {
  readonly fast: boolean
  readonly policy: CopiesPolicy
}

function checkAction(annex: Annex, found: Found, { fast, policy }: Plan): Action {
  const { keyText, file } = found
  const name = file ?? keyText
  return {
    command: 'fsck',
    item: found,
    async perform(ui) {
      mendLink(annex, found, ui)
      const isRight = await checkContent(annex, ui, { ...found, name, checksHash: !fast })
      hintUpgrade(found, ui)
      const needed = policy.neededFor(keyText).numcopies
      const isKeyOnly = file === null
      const hasCopies = await checkCopies(annex, ui, { keyText, name, needed, isKeyOnly })
      return isRight && hasCopies
    },
  }
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
