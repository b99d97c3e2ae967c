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
  | { readonly kind: 'anywhere'; readonly to: Remote }
  | { readonly kind: 'between'; readonly from: Remote; readonly to: Remote }

/** The options that say where from and where to. */
export interface DirectionOptions {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly 'from-anywhere': boolean
}

/**
 * Reads the options.
 * @throws AnnexError USAGE, REMOTE_UNKNOWN
 */
export async function readDirection(
  annex: Annex,
  { from, to, 'from-anywhere': isFromAnywhere }: DirectionOptions,
): Promise<Direction> {
  if (isFromAnywhere) return await toFromAnywhere(annex, from, to)
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

async function toFromAnywhere(
  annex: Annex,
  from: string | undefined,
  to: string | undefined,
): Promise<Direction> {
  const target = to === undefined ? undefined : await namedRemote(annex, to)
  if (from !== undefined || target === undefined)
    throw new AnnexError('USAGE', 'Use --from-anywhere with --to, and without --from')
  return target === 'here' ? { kind: 'here' } : { kind: 'anywhere', to: target }
}
