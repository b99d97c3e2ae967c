/** `git annex copy --to|--from REMOTE`: makes another copy of content; never removes one. */
import type { Annex } from '../cli/annex.js'
import {
  type Action,
  batchOptions,
  type Command,
  type OptionSpecs,
  transferOptions,
} from '../cli/command.js'
import { type Found, failedOption, seek, seekOptions } from '../cli/seek.js'
import { hereAsDestination, mayHave, namedRemote, remotesWith } from '../cli/transfer-context.js'
import { AnnexError } from '../model/errors.js'
import type { Remote } from '../remotes/remote.js'
import { fetchContent } from '../transfer/fetch.js'
import { sendContent } from '../transfer/send.js'

const options = {
  ...transferOptions,
  ...batchOptions,
  ...seekOptions,
  ...failedOption,
  to: { type: 'string', alias: 't', value: 'REMOTE', summary: 'send content to this remote' },
  from: { type: 'string', alias: 'f', value: 'REMOTE', summary: 'fetch content from this remote' },
} as const satisfies OptionSpecs

export const copy: Command<typeof options, 'annex'> = {
  name: 'copy',
  section: 'content',
  summary: 'copies content to or from a remote',
  usage: '[PATH …] (--to REMOTE | --from REMOTE)',
  needs: 'annex',
  matching: true,
  options,
  async *run(annex, args) {
    const { to, from, force, fast } = args.options
    const target = to === undefined ? undefined : await namedRemote(annex, to)
    const source = from === undefined ? undefined : await namedRemote(annex, from)
    if (target === undefined && source === undefined)
      throw new AnnexError('USAGE', 'Specify --from or --to')
    if (target !== undefined && target !== 'here') {
      if (source !== undefined && source !== 'here')
        throw new AnnexError('NOT_BUILT_YET', 'copy --from A --to B is not built yet', {
          hint: 'git annex copy --from A, then git annex copy --to B',
        })
      for (const found of seek(annex, args))
        yield found && isToSend(annex, found, target, fast)
          ? sendAction(annex, found, { target, fast })
          : undefined
      return
    }
    const only = source === 'here' ? undefined : source
    for (const found of seek(annex, args))
      yield found && isToFetch(annex, found, { only, force })
        ? fetchAction(annex, found, only, force)
        : undefined
  },
}

/** Whether the content is here and, with --fast, not known to be there. */
function isToSend(annex: Annex, { keyText }: Found, target: Remote, fast: boolean): boolean {
  if (!annex.store.has(keyText)) return false
  return !fast || !annex.branch.locations(keyText).includes(target.uuid)
}

function isToFetch(
  annex: Annex,
  { keyText }: Found,
  { only, force }: { only: Remote | undefined; force: boolean },
): boolean {
  if (annex.store.has(keyText)) return false
  return only === undefined || mayHave(annex, keyText, { remote: only, force })
}

function sendAction(
  annex: Annex,
  found: Found,
  { target, fast }: { target: Remote; fast: boolean },
): Action {
  const { keyText } = found
  return {
    command: 'copy',
    item: found,
    async perform(ui) {
      if (!fast && (await target.checkPresent(keyText))) {
        annex.branch.correctPresence(keyText, target.uuid, true)
        return true
      }
      ui.note(`to ${target.name}...`)
      await sendContent(keyText, target, { origin: annex, ui })
      return true
    },
  }
}

function fetchAction(annex: Annex, found: Found, only: Remote | undefined, force: boolean): Action {
  const { keyText } = found
  return {
    command: 'copy',
    item: found,
    async perform(ui) {
      if (annex.store.has(keyText)) return true
      const candidates = only ? [only] : remotesWith(annex, keyText, await annex.remotes())
      const destination = hereAsDestination(annex, { force })
      const { from } = await fetchContent(keyText, candidates, { destination, ui })
      return from !== undefined
    },
  }
}
