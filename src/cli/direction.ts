/** What `--from` and `--to` of `copy` and `move` mean together. */
import { AnnexError } from '../model/errors.js'
import type { Remote } from '../remotes/remote.js'
import type { Annex } from './annex.js'
import { namedRemote } from './transfer-context.js'

/** Which way contents go. */
export type Direction =
  | { readonly kind: 'to'; readonly to: Remote }
  | { readonly kind: 'from'; readonly from: Remote }
  | { readonly kind: 'here' }
  | { readonly kind: 'between'; readonly from: Remote; readonly to: Remote }

/**
 * Reads the options.
 * @throws AnnexError USAGE, REMOTE_UNKNOWN
 */
export async function readDirection(
  annex: Annex,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
): Promise<Direction> {
  if (from === undefined && to === undefined)
    throw new AnnexError('USAGE', 'Specify --from or --to')
  const source = from === undefined ? undefined : await namedRemote(annex, from)
  const target = to === undefined ? undefined : await namedRemote(annex, to)
  if (source === 'here') {
    if (target !== undefined && target !== 'here') return { kind: 'to', to: target }
    throw new AnnexError('USAGE', '--from=here needs --to with the remote to send to')
  }
  if (target === undefined || target === 'here')
    return source ? { kind: 'from', from: source } : { kind: 'here' }
  return source ? { kind: 'between', from: source, to: target } : { kind: 'to', to: target }
}
