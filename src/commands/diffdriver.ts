/**
 * `git annex diffdriver -- CMD ARGS --`: an external diff program that is handed contents where git
 * has pointers and links; and `--describe`, the textconv behind the attribute `diff=annex`.
 * Implements spec: CLI, section 11.2; gitattributes(5), external diff drivers.
 */
import type { Annex } from '../cli/annex.js'
import type { Command } from '../cli/command.js'
import { absolute, relative } from '../git/repository.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatKey } from '../model/key.js'
import { MAX_POINTER_BYTES, parseLinkTarget, parsePointer } from '../model/pointer.js'
import * as files from '../platform/files.js'
import { runForeground } from '../platform/program.js'
import { describeContent } from '../worktree/describe-content.js'
import { KeyMaker } from '../worktree/new-key.js'

const LINK_MODE = '120000'
/** Statuses of diff(1): the same, different. */
const DIFF_OK = [0, 1]

const options = {
  text: { type: 'boolean', summary: 'show differences as diff -u does' },
  describe: {
    type: 'string',
    value: 'FILE',
    summary: 'print one line about a pointer or content, or a text as it is',
  },
} as const

export const diffdriver: Command<typeof options, 'repository'> = {
  name: 'diffdriver',
  section: 'plumbing',
  summary: 'compares contents where git has pointers (called by git)',
  usage: '-- CMD ARG … --',
  needs: 'repository',
  leavesJournal: true,
  isQuiet: true,
  options,
  async *run(annex, { words, options: { text, describe } }) {
    yield {
      command: 'diffdriver',
      item: {},
      answer: true,
      async perform(ui) {
        if (describe !== undefined) {
          const file = absolute(annex.cwd, bytesFromText(describe))
          const attribute = () => undefined
          ui.verbatim(
            await describeContent(file, new KeyMaker({ config: annex.config, attribute })),
          )
          return true
        }
        ui.giveWay()
        return text ? compareTexts(annex, words) : runDriver(annex, words)
      },
    }
  },
}

/** Runs the program between the two `--`, with git's arguments behind it. */
function runDriver(annex: Annex, words: readonly string[]): boolean {
  const end = words.indexOf('--')
  if (end < 1) throw unexpected(words)
  const request = withContents(annex, words.slice(end + 1))
  return runForeground([...words.slice(0, end), ...request]) === 0
}

function compareTexts(annex: Annex, words: readonly string[]): boolean {
  const [path, before, , , after] = withContents(annex, words)
  if (before === undefined || after === undefined) return true
  const labels = ['-L', `a/${path}`, '-L', `b/${path}`]
  return DIFF_OK.includes(runForeground(['diff', '-u', ...labels, '--', before, after]))
}

/**
 * Git's arguments: `PATH OLD OLD-ID OLD-MODE NEW NEW-ID NEW-MODE`, or the path alone for one in
 * conflict; after a rename more may follow.
 */
function withContents(annex: Annex, request: readonly string[]): string[] {
  if (request.length !== 1 && request.length < 7) throw unexpected(request)
  const fixed = [...request]
  for (const at of [1, 4])
    if (request.length > 1) fixed[at] = contentOf(annex, request[at]!, request[at + 2]!)
  return fixed
}

function contentOf({ cwd, store }: Annex, file: string, mode: string): string {
  const path = absolute(cwd, bytesFromText(file))
  const keyText = keyTextOf(path, mode)
  const object = keyText === undefined ? undefined : store.locate(keyText)
  return object ? bytesToText(relative(cwd, object.path)) : file
}

/** The key of a pointer file, or of a link, which git writes into a file to hand it over. */
function keyTextOf(path: Bytes, mode: string): Bytes | undefined {
  const target = files.readLink(path)
  const head = target === undefined ? files.readHead(path, MAX_POINTER_BYTES + 1) : undefined
  const text = target ?? (mode === LINK_MODE ? head?.toString('latin1') : undefined)
  const key = text === undefined ? head && parsePointer(head) : parseLinkTarget(text)
  return key && formatKey(key)
}

function unexpected(words: readonly string[]): AnnexError {
  return new AnnexError('USAGE', `Unexpected input: ${words.join(' ')}`, {
    hint: 'Set GIT_EXTERNAL_DIFF or diff.NAME.command to: git-annex diffdriver -- CMD --',
  })
}
