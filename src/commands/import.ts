/** `git annex import PATH …`: moves files from outside into the annex. */
import type { Annex } from '../cli/annex.js'
import { type Action, type Command, transferOptions } from '../cli/command.js'
import { type DuplicateMode, FileImporter } from '../cli/file-importer.js'
import { type ImportSource, listImportSources } from '../cli/import-sources.js'
import { compileFileMatching } from '../cli/matching.js'
import { topPath } from '../git/list-files.js'
import { absolute } from '../git/repository.js'
import { git } from '../git/run.js'
import { type Bytes, bytesToBuffer } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'

const options = {
  ...transferOptions,
  from: { type: 'string', alias: 'f', value: 'REMOTE', summary: 'not built yet' },
  duplicate: { type: 'boolean', summary: 'keep the original files' },
  deduplicate: { type: 'boolean', summary: 'only remove files whose content is known already' },
  'clean-duplicates': { type: 'boolean', summary: 'the same, and import nothing' },
  'skip-duplicates': { type: 'boolean', summary: 'only new content; keep the original files' },
  'reinject-duplicates': { type: 'boolean', summary: 'take known content back into the annex' },
  'check-gitignore': { type: 'boolean', summary: 'not what git ignores (default)', hidden: true },
  'no-check-gitignore': { type: 'boolean', summary: 'also what git ignores' },
} as const

type Given = Parameters<typeof importCommand.run>[1]['options']

export const importCommand: Command<typeof options, 'annex'> = {
  name: 'import',
  section: 'content',
  summary: 'moves files from outside into the annex',
  usage: '[PATH …]',
  needs: 'annex',
  needsWorkTree: true,
  matching: true,
  options,
  async *run(annex, { words, matching, options: given }) {
    if (given.from !== undefined)
      throw new AnnexError('NOT_BUILT_YET', 'git annex import --from is not built yet')
    const matches = compileFileMatching(annex, matching)
    const chosen = listImportSources(annex, words).filter(({ source, file }) =>
      matches({ file, sizeBytes: files.lstat(source)?.size }),
    )
    const paths = chosen.flatMap(
      ({ file }) => topPath(annex.repository, absolute(annex.cwd, file)) ?? [],
    )
    const checks = !given['no-check-gitignore'] && !given.force
    const ignored = checks ? listIgnored(annex, paths) : new Set<Bytes>()
    const { force, backend, numcopies, mincopies } = given
    const mode = chooseMode(given)
    const settings = { mode, force, backend, numcopies, mincopies, ignored, paths }
    const importer = new FileImporter(annex, settings)
    annex.atEnd(() => importer.stage())
    for (const source of chosen) yield* importAction(source, importer)
  },
}

function* importAction({ source, file }: ImportSource, importer: FileImporter): Iterable<Action> {
  const before = files.lstat(source)
  if (!before?.isFile()) return
  yield {
    command: 'import',
    item: { file },
    perform: (ui) => importer.import({ source, file, before }, ui),
  }
}

/** @throws AnnexError USAGE */
function chooseMode(given: Given): DuplicateMode {
  const modes: DuplicateMode[] = []
  if (given.duplicate) modes.push('keep')
  if (given.deduplicate) modes.push('deduplicate')
  if (given['clean-duplicates']) modes.push('clean')
  if (given['skip-duplicates']) modes.push('skip')
  if (given['reinject-duplicates']) modes.push('reinject')
  if (modes.length > 1)
    throw new AnnexError('USAGE', 'The options about duplicates exclude each other')
  return modes[0] ?? 'import'
}

/** One question for all. @param paths relative to the top of the work tree */
function listIgnored({ repository }: Annex, paths: readonly Bytes[]): Set<Bytes> {
  if (paths.length === 0) return new Set()
  const { stdout } = git(repository, ['check-ignore', '-z', '--stdin'], {
    input: bytesToBuffer(`${paths.join('\0')}\0`),
    okStatus: [0, 1],
  })
  return new Set(stdout.toString('latin1').split('\0'))
}
