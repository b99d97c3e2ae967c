/**
 * `git annex add [PATH …]`: puts new and changed files into the annex, or into git where
 * annex.largefiles says so. Implements spec: CLI, section 11.1.
 */
import { readRequests } from '../cli/batch.js'
import { batchOptions, type Command, type OptionSpecs, transferOptions } from '../cli/command.js'
import { chooseChanged, FileAdder } from '../cli/file-adder.js'
import { absolute } from '../git/repository.js'
import { bytesToText } from '../model/bytes.js'
import * as files from '../platform/files.js'

const options = {
  ...transferOptions,
  ...batchOptions,
  update: { type: 'boolean', alias: 'u', summary: 'only files that git knows' },
  'force-large': { type: 'boolean', summary: 'annex all, whatever annex.largefiles says' },
  'force-small': { type: 'boolean', summary: 'annex none, whatever annex.largefiles says' },
  'no-check-gitignore': { type: 'boolean', summary: 'also files that git ignores' },
  'check-gitignore': { type: 'boolean', summary: 'not files that git ignores', hidden: true },
  'dry-run': { type: 'boolean', summary: 'show what would be added' },
} as const satisfies OptionSpecs

export const add: Command<typeof options, 'annex'> = {
  name: 'add',
  section: 'content',
  summary: 'adds files to the annex',
  usage: '[PATH …]',
  needs: 'annex',
  needsWorkTree: true,
  options,
  async *run(annex, { words, options: given }) {
    const batch = given.batch ? readRequests({ z: given.z }) : [undefined]
    for (const request of batch) {
      const chosen = request === undefined ? words : [bytesToText(request)]
      const isMissing = request !== undefined && !files.lstat(absolute(annex.cwd, request))
      const found = isMissing ? [] : chooseChanged(annex, chosen, given)
      const paths = found.map(({ path }) => path)
      const adder = new FileAdder(annex, given, paths)
      annex.atEnd(() => adder.stage())
      for (const each of found) yield adder.action(each)
      if (request !== undefined && found.length === 0) yield undefined
      if (request !== undefined) adder.stage()
    }
  },
}
