/**
 * One command from its arguments to its exit status: parse, open the repository, perform, sum up.
 * Implements spec: CLI, sections 1 and 10.
 */
import { bytesFromText } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import { formatDuration } from '../model/units.js'
import type { Annex } from './annex.js'
import type { Args, Command, OptionSpecs, Surround } from './command.js'
import { formatError } from './message.js'
import type { Messages } from './messages.js'
import { openAnnex } from './open-annex.js'
import { type Output, OutputClosed } from './output.js'
import { parseArguments } from './parse.js'
import type { Reporter } from './reporter.js'
import { JsonReporter } from './reporter-json.js'
import { TextReporter } from './reporter-text.js'
import { performAll, type Tally } from './runner.js'
import { formatUsage } from './usage.js'

const FAILED_STATUS = 1
const TIME_UP_STATUS = 101

/**
 * Runs a command.
 * @param argv what follows its name, as text
 * @returns the exit status; whatever failed has been reported
 * @throws OutputClosed when nobody reads any more
 */
export async function runCommand(
  command: Command,
  argv: readonly string[],
  { surround, output }: { surround: Surround; output: Output },
): Promise<number> {
  if (asksForHelp(argv)) {
    const { formatCommandHelp } = await import('./help.js')
    output.write(bytesFromText(await formatCommandHelp(command)))
    return 0
  }
  const args = parseArguments(command, argv)
  if ('problem' in args) {
    output.writeError(bytesFromText(`${args.problem}\n\n${formatUsage(command)}`))
    return FAILED_STATUS
  }
  const reporter = makeReporter(args.options, output, command.isQuiet)
  const messages = new CountedMessages(reporter)
  try {
    return await runParsed({ command, args, surround, reporter, messages })
  } catch (error) {
    if (error instanceof OutputClosed) throw error
    output.writeError(formatError(error))
    return isAnnexError(error) ? error.exitStatus : FAILED_STATUS
  }
}

/** One run of a command and those who take part in it. */
interface Run {
  readonly command: Command
  readonly args: Args<OptionSpecs>
  readonly surround: Surround
  readonly reporter: Reporter
  readonly messages: CountedMessages
}

async function runParsed(run: Run): Promise<number> {
  const { command, args, surround, reporter, messages } = run
  const { needs, needsWorkTree = false, leavesJournal = false } = command
  const settings = args.options.config
  const annex: Surround | Annex =
    needs === 'nothing'
      ? surround
      : await openAnnex({ surround, settings, needs, needsWorkTree, messages })
  const limits = { timeLimitSeconds: args.options['time-limit'], isBatch: isBatch(args.options) }
  let tally: Tally | undefined
  try {
    tally = await performAll(command.run(annex as Annex, args), reporter, limits)
  } finally {
    // Whatever happened to the actions, what they have done is recorded.
    const isUnsettled = tally?.isUnsettled ?? true
    if ('finish' in annex) await annex.finish({ leaveJournal: leavesJournal, isUnsettled })
  }
  return conclude(run, tally)
}

/** Sums up on standard error. @returns the exit status */
function conclude({ command, args, messages }: Run, tally: Tally): number {
  const failed = tally.failed + messages.count
  if (failed > 0 && (tally.hasFailedEvent || messages.count > 0))
    messages.warning(`${command.name}: ${failed} failed`)
  if (tally.isTimeUp) {
    const limit = formatDuration(args.options['time-limit'] ?? 0)
    messages.warning(`  Time limit (${limit}) reached! Shutting down...`)
    return TIME_UP_STATUS
  }
  return Math.max(tally.exitStatus, messages.count > 0 ? FAILED_STATUS : 0)
}

type AnyOptions = Readonly<Record<string, unknown>>

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return argv.some((word, at) => (word === '--help' || word === '-h') && (end < 0 || at < end))
}

function isBatch(options: AnyOptions): boolean {
  return options.batch === true || options['batch-keys'] === true
}

function makeReporter(options: AnyOptions, output: Output, isQuiet = false): Reporter {
  const errorMessages = options['json-error-messages'] === true
  const progress = options['json-progress'] === true
  if (options.json === true || errorMessages || progress)
    return new JsonReporter(output, { errorMessages, progress })
  return new TextReporter(output, { quiet: isQuiet || options.quiet === true })
}

/** Passes messages to the reporter and counts the failures among them. */
class CountedMessages implements Messages {
  count = 0
  readonly #reporter: Reporter

  constructor(reporter: Reporter) {
    this.#reporter = reporter
  }

  remark(text: string): void {
    this.#reporter.remark(text)
  }

  warning(text: string): void {
    this.#reporter.warning(text)
  }

  failure(text: string): void {
    this.count++
    this.#reporter.warning(text)
  }
}
