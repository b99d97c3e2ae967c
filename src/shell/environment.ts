/** The variables that git-annex-shell is started with. */

export type Environment = Readonly<Record<string, string | undefined>>
