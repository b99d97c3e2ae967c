/**
 * `git annex mirror --to|--from REMOTE`: makes one repository have what the other has, by copying and
 * dropping; what is dropped must have copies enough.
 */
import type { Annex } from '../cli/annex.js'
import { type Action, type Command, type OptionSpecs, transferOptions } from '../cli/command.js'
import { Dropper } from '../cli/dropper.js'
import { fetchAction } from '../cli/fetch-action.js'
import { Mover } from '../cli/mover.js'
import { type Found, failedOption, seek, seekOptions } from '../cli/seek.js'
import { hereAsDestination, namedRemote } from '../cli/transfer-context.js'
import { AnnexError, isAnnexError } from '../model/errors.js'
import type { Remote } from '../remotes/remote.js'

const { 'batch-keys': _, ...selection } = seekOptions

const options = {
  ...transferOptions,
  ...selection,
  ...failedOption,
  to: {
    type: 'string',
    alias: 't',
    value: 'REMOTE',
    summary: 'make this remote have what is here',
  },
  from: { type: 'string', alias: 'f', value: 'REMOTE', summary: 'have here what this remote has' },
} as const satisfies OptionSpecs

export const mirror: Command<typeof options, 'annex'> = {
  name: 'mirror',
  section: 'content',
  summary: 'copies and drops so that one repository has what another has',
  usage: '[PATH …] (--to REMOTE | --from REMOTE)',
  needs: 'annex',
  matching: true,
  options,
  async *run(annex, args) {
    const { to, from, force } = args.options
    const remote = await theRemote(annex, to, from)
    const dropper = new Dropper(annex, args.options)
    const mover = new Mover(annex, 'copy', args.options)
    const destination = hereAsDestination(annex, { force })
    const get = (found: Found) => fetchAction(annex, found, { only: undefined, destination })
    const items = seek(annex, args)
    for (const found of to === undefined ? items : mover.foreseeing(items, remote)) {
      if (!found) continue
      const isHere = annex.store.has(found.keyText)
      if (to !== undefined) yield isHere ? mover.to(found, remote) : dropper.from(found, remote)
      else yield mirrorFrom({ isHere, isThere: await isThere(remote, found), found, dropper, get })
    }
  },
}

/** @throws AnnexError USAGE unless exactly one is named, REMOTE_UNKNOWN */
async function theRemote(
  annex: Annex,
  to: string | undefined,
  from: string | undefined,
): Promise<Remote> {
  if ((to === undefined) === (from === undefined))
    throw new AnnexError('USAGE', 'Specify either --from or --to')
  const remote = await namedRemote(annex, (to ?? from)!)
  if (remote !== 'here') return remote
  throw new AnnexError('REMOTE_UNKNOWN', 'Cannot mirror here: this is the current repository')
}

/** Undefined when it cannot be asked: then nothing is done. */
async function isThere(remote: Remote, { keyText }: Found): Promise<boolean | undefined> {
  try {
    return await remote.checkPresent(keyText)
  } catch (error) {
    if (!isAnnexError(error)) throw error
    return undefined
  }
}

interface Difference {
  readonly found: Found
  readonly isHere: boolean
  readonly isThere: boolean | undefined
  readonly dropper: Dropper
  readonly get: (found: Found) => Action
}

function mirrorFrom({ found, isHere, isThere, dropper, get }: Difference): Action | undefined {
  if (isThere === undefined || isHere === isThere) return undefined
  return isHere ? dropper.here(found) : get(found)
}
