/**
 * Help pages, laid out by yargs from the same data that arguments are parsed by.
 *
 * The first page names only what a newcomer needs; too many commands at once are what people leave
 * git-annex for (USERS: 22 % of those asked).
 */
import yargs from 'yargs'
import {
  type Command,
  commonOptions,
  type OptionSpec,
  type OptionSpecs,
  type Section,
} from './command.js'
import { MATCHING_SHORT, MATCHING_TERMS } from './matching-options.js'

/** Wider lines are hard to read. */
const MAX_COLUMNS = 100

/** What is known of a command on a page that lists many. */
export type CommandLine = Pick<Command, 'name' | 'section' | 'summary' | 'usage'>

/** The commands of the first page, in the order people meet them; missing ones are left out. */
const FIRST_PAGE = [
  'init',
  'track',
  'add',
  'status',
  'get',
  'drop',
  'push',
  'pull',
  'sync',
  'whereis',
  'why',
]

const SECTION_TITLES: Readonly<Record<Section, string>> = {
  start: 'To start with:',
  content: 'Content:',
  query: 'Questions:',
  sync: 'Synchronising:',
  setup: 'Setting up repositories:',
  plumbing: 'For scripts:',
}

const PROGRAM = 'Usage: git annex COMMAND [PATH …] [OPTION …]'

/** The page of `git annex help`. */
export async function formatFirstPage(commands: readonly CommandLine[]): Promise<string> {
  const shown = FIRST_PAGE.flatMap((name) => commands.filter((command) => command.name === name))
  return joinPages([
    PROGRAM,
    await formatCommandList('Commands to start with:', shown),
    'git annex help COMMAND tells all about one command, git annex help --all lists the others.\n' +
      'Plain git add, git commit and git checkout work as ever.',
  ])
}

/** The page of `git annex help --all`: every command by section, then the common options. */
export async function formatAllCommands(commands: readonly CommandLine[]): Promise<string> {
  const pages = [PROGRAM]
  for (const section of Object.keys(SECTION_TITLES) as Section[]) {
    const shown = commands.filter((command) => command.section === section)
    if (shown.length > 0) pages.push(await formatCommandList(SECTION_TITLES[section], shown))
  }
  const common = emptyPage()
  addOptions(common, commonOptions, 'Options of every command:')
  return joinPages([...pages, await common.getHelp()])
}

/** The page of one command: usage, summary, its options. */
export async function formatCommandHelp(command: Command): Promise<string> {
  const { name, usage, summary, options, matching } = command
  const page = emptyPage()
  addOptions(page, options, 'Options:')
  if (matching) addMatching(page)
  addOptions(page, commonOptions, 'Options of every command:')
  const line = `Usage: git annex ${name} ${usage}`.trimEnd()
  return joinPages([line, `git-annex ${name} - ${summary}`, await page.getHelp()])
}

type Page = ReturnType<typeof yargs>

function emptyPage(): Page {
  const columns = process.stdout.columns || MAX_COLUMNS
  return (
    yargs([])
      .scriptName('git annex')
      .locale('en')
      .help(false)
      .version(false)
      .wrap(Math.min(columns, MAX_COLUMNS))
      // null means "no usage line"; the types do not know it.
      .usage(null as unknown as string)
  )
}

function joinPages(pages: readonly string[]): string {
  return `${pages.map((page) => page.trimEnd()).join('\n\n')}\n`
}

async function formatCommandList(title: string, commands: readonly CommandLine[]): Promise<string> {
  const page = emptyPage().updateStrings({ 'Commands:': title })
  for (const { name, summary } of commands) page.command(name, summary)
  return await page.getHelp()
}

function addOptions(page: Page, specs: OptionSpecs, group: string): void {
  for (const [name, spec] of Object.entries<OptionSpec>(specs)) {
    if (spec.hidden) continue
    const value = spec.value === undefined ? '' : `=${spec.value}`
    page.option(`${name}${value}`, {
      describe: spec.summary,
      group,
      ...(spec.alias !== undefined && spec.alias !== name && { alias: spec.alias }),
    })
  }
}

function addMatching(page: Page): void {
  const group = 'Options that choose files (combine them with --and, --or, --not, -( and -)):'
  const aliases = Object.fromEntries(Object.entries(MATCHING_SHORT).map(([a, b]) => [b, a]))
  for (const [term, value] of Object.entries(MATCHING_TERMS)) {
    if (['and', 'or', 'not'].includes(term)) continue
    page.option(value === null ? term : `${term}=${value}`, {
      describe: '',
      group,
      ...(aliases[term] !== undefined && { alias: aliases[term] }),
    })
  }
}
