/** `git annex help`: the few commands to start with, all of them, or one in full. */
import type { Command, Surround } from '../cli/command.js'
import { formatAllCommands, formatCommandHelp, formatFirstPage } from '../cli/help.js'
import { findSimilar } from '../cli/similar.js'
import { bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'

const options = {
  all: { type: 'boolean', summary: 'list every command' },
} as const

export const help: Command<typeof options, 'nothing'> = {
  name: 'help',
  section: 'start',
  summary: 'shows how to use git-annex, or one of its commands',
  usage: '[COMMAND]',
  needs: 'nothing',
  options,
  async *run(surround, args) {
    const page = await formatPage(surround, args.words[0], args.options.all)
    yield {
      command: 'help',
      item: {},
      answer: true,
      perform: (ui) => {
        ui.verbatim(bytesFromText(page))
        return true
      },
    }
  },
}

async function formatPage(
  surround: Surround,
  name: string | undefined,
  all: boolean,
): Promise<string> {
  const commands = await surround.loadCommands()
  if (name === undefined) return await (all ? formatAllCommands : formatFirstPage)(commands)
  const command = commands.find((candidate) => candidate.name === name)
  if (command) return await formatCommandHelp(command)
  const [similar] = findSimilar(
    name,
    commands.map((candidate) => candidate.name),
  )
  const guess = similar === undefined ? '' : `Did you mean "${similar}"? `
  throw new AnnexError('USAGE', `There is no command named "${name}"`, {
    hint: `${guess}git annex help --all lists the commands`,
  })
}
