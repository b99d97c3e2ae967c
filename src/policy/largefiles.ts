/**
 * Which files go to the annex and which to git: one rule for `git add`, one for `git annex add`.
 *
 * Pure: the caller reads the settings and the file. Implements spec: repository layout, section 11,
 * with one rule of our own: without any `annex.largefiles`, `git add` annexes what is at least
 * `annex.gitadd-threshold` long, where git-annex would leave it to git.
 */
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, errorMessage } from '../model/errors.js'
import { parseExpression, termsOf } from '../model/expression.js'
import { termParser } from '../model/matching-terms.js'
import { parseSize } from '../model/units.js'
import { compileMatcher, type Matcher, type MatchFacts } from './matcher.js'

/** What `git add` annexes from on when nothing else decides: 1 MiB. */
export const DEFAULT_THRESHOLD_BYTES = 1_048_576n

/** An `annex.largefiles` expression that applies to a file. */
export interface LargefilesRule {
  readonly matches: Matcher
  /** Whether the content must be looked at for its MIME type or encoding. */
  readonly needsMime: boolean
}

/** What decides for one file. */
export interface LargefilesSettings {
  /** The expression in effect for this file; undefined when none is configured. */
  readonly rule: LargefilesRule | undefined
  /** `annex.gitadd-threshold`. */
  readonly thresholdBytes: bigint
  /** `annex.gitaddtoannex`. */
  readonly gitAddToAnnex: boolean
  /** `annex.dotfiles`: dotfiles are treated like any other file. */
  readonly dotfiles: boolean
}

/** The file in question; what costs a lookup should be a getter. */
export interface Candidate {
  /** With `path`, relative to the top of the work tree, and `sizeBytes`. */
  readonly facts: MatchFacts & { readonly path: Bytes; readonly sizeBytes: number | bigint }
  /** Whether the index has a pointer file or annex link at this path. */
  readonly wasAnnexed: boolean
}

/** What decided; shown by `git annex why`. */
export type LargefilesReason =
  | 'dotfile'
  | 'gitaddtoannex'
  | 'largefiles'
  | 'threshold'
  | 'annexed before'
  | 'default'

export interface LargefilesDecision {
  readonly isLarge: boolean
  readonly reason: LargefilesReason
}

/**
 * Decides what `git add` does with a file whose content is new.
 * @throws AnnexError EXPRESSION_INVALID when the expression cannot be evaluated
 */
export function decideGitAdd(
  settings: LargefilesSettings,
  candidate: Candidate,
): LargefilesDecision {
  const { facts } = candidate
  if (!settings.dotfiles && isDotfile(facts.path)) return asBefore(candidate, 'dotfile')
  if (!settings.gitAddToAnnex) return asBefore(candidate, 'gitaddtoannex')
  if (settings.rule) return { isLarge: settings.rule.matches(facts), reason: 'largefiles' }
  if (facts.sizeBytes >= settings.thresholdBytes) return { isLarge: true, reason: 'threshold' }
  return asBefore(candidate, 'threshold')
}

/**
 * Decides what `git annex add` does with a file.
 * @throws AnnexError EXPRESSION_INVALID when the expression cannot be evaluated
 */
export function decideAnnexAdd(
  settings: LargefilesSettings,
  facts: Candidate['facts'],
): LargefilesDecision {
  if (!settings.dotfiles && isDotfile(facts.path)) return { isLarge: false, reason: 'dotfile' }
  if (settings.rule) return { isLarge: settings.rule.matches(facts), reason: 'largefiles' }
  return { isLarge: true, reason: 'default' }
}

/** The rule says git, unless the file was annexed before. */
function asBefore(candidate: Candidate, rule: LargefilesReason): LargefilesDecision {
  const isLarge = candidate.wasAnnexed
  return { isLarge, reason: isLarge ? 'annexed before' : rule }
}

/** Whether any component of a path begins with a dot. */
export function isDotfile(path: Bytes): boolean {
  return path.startsWith('.') || path.includes('/.')
}

/**
 * Compiles an `annex.largefiles` expression.
 * @param text as configured; the empty text matches everything
 * @param place where it was found, for the message
 * @throws AnnexError EXPRESSION_INVALID: guessing would put files where they do not belong
 */
export function parseLargefiles(text: Bytes, place: string): LargefilesRule {
  try {
    const expression = parseExpression(text, termParser('largefiles'))
    const needsMime = [...termsOf(expression)].some(({ name }) => name.startsWith('mime'))
    return { matches: compileMatcher(expression), needsMime }
  } catch (error) {
    throw new AnnexError(
      'EXPRESSION_INVALID',
      `Cannot use annex.largefiles "${bytesToText(text)}" of ${place}: ${errorMessage(error)}`,
      { cause: error },
    )
  }
}

/**
 * Reads `annex.gitadd-threshold`.
 * @throws AnnexError CONFIG_INVALID
 */
export function parseThreshold(text: Bytes | undefined): bigint {
  if (text === undefined) return DEFAULT_THRESHOLD_BYTES
  const size = parseSize(bytesToText(text))
  if (size !== undefined) return size
  throw new AnnexError(
    'CONFIG_INVALID',
    `Bad size "${bytesToText(text)}" for "annex.gitadd-threshold"`,
    { hint: 'Give a number with a unit, such as 500kB or 1MiB' },
  )
}
