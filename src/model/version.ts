/**
 * The version this program answers with. Programs built for git-annex read it as a date, and decide
 * by it which options and fields they may expect.
 */
export const VERSION = '10.20261121'

/** Repository versions that we read and write; all of them have the same formats. */
export const REPOSITORY_VERSIONS: readonly number[] = [8, 9, 10]

/** Older versions, whose repositories `init` and `upgrade` bring up to date. */
export const UPGRADABLE_VERSIONS: readonly number[] = [8, 9, 10]
