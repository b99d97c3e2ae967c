/** The options of `sync` and the commands that are parts of it (spec: CLI, section 11.3). */
import { type OptionSpecs, transferOptions } from './command.js'

/** Which contents. */
export const syncContentOptions = {
  ...transferOptions,
  'content-of': {
    type: 'strings',
    alias: 'C',
    value: 'PATH',
    summary: 'move the contents of these paths only',
  },
  all: { type: 'boolean', alias: 'A', summary: 'contents of all keys, whichever files have them' },
} as const satisfies OptionSpecs

/** What a pull and a push have in common. */
export const syncBranchOptions = {
  ...syncContentOptions,
  content: { type: 'boolean', summary: 'also move contents' },
  'no-content': { type: 'boolean', alias: 'g', summary: 'move no contents' },
  'only-annex': { type: 'boolean', alias: 'a', summary: 'only the git-annex branch and contents' },
  'not-only-annex': { type: 'boolean', summary: 'also the current branch (default)', hidden: true },
} as const satisfies OptionSpecs

export const pullOptions = {
  'allow-unrelated-histories': { type: 'boolean', summary: 'merge branches without a common past' },
  'no-allow-unrelated-histories': { type: 'boolean', summary: 'do not (default)', hidden: true },
  resolvemerge: {
    type: 'boolean',
    summary: 'keep both sides of annexed files in conflict (default)',
    hidden: true,
  },
  'no-resolvemerge': { type: 'boolean', summary: 'leave conflicts over annexed files' },
} as const satisfies OptionSpecs

export const pushOptions = {
  cleanup: { type: 'boolean', summary: 'only remove the synced/ branches, here and at remotes' },
} as const satisfies OptionSpecs

export const commitOptions = {
  message: { type: 'strings', alias: 'm', value: 'TEXT', summary: 'commit message' },
} as const satisfies OptionSpecs

/** What was given; a command has some of them. */
export interface SyncGiven {
  readonly quiet: boolean
  readonly explain: boolean
  readonly fast: boolean
  readonly force: boolean
  readonly json: boolean
  readonly 'json-error-messages': boolean
  readonly 'json-progress': boolean
  readonly numcopies: number | undefined
  readonly mincopies: number | undefined
  readonly 'content-of': readonly string[]
  readonly all: boolean
  readonly content?: boolean
  readonly 'no-content'?: boolean
  readonly 'only-annex'?: boolean
  readonly 'not-only-annex'?: boolean
  readonly 'allow-unrelated-histories'?: boolean
  readonly 'no-allow-unrelated-histories'?: boolean
  readonly resolvemerge?: boolean
  readonly 'no-resolvemerge'?: boolean
  readonly cleanup?: boolean
  readonly message?: readonly string[]
}
