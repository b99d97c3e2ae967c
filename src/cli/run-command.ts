/**
 * One command from its arguments to its exit status: parse, open the repository, perform, sum up.
 * Implements spec: CLI, sections 1 and 10.
 */
import { bytesFromText } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import { formatDuration } from '../model/units.js'
import type { Annex } from './annex.js'
import type { Args, Command, OptionSpecs, Surround } from './command.js'
import { countJobs, UNASKED_JOBS } from './jobs.js'
import { formatError } from './message.js'
import type { Messages } from './messages.js'
import { openAnnex } from './open-annex.js'
import { type Output, OutputClosed } from './output.js'
import { parseArguments } from './parse.js'
import type { Reporter } from './reporter.js'
import { JobsReporter } from './reporter-jobs.js'
import { JsonReporter } from './reporter-json.js'
import { ProgressReporter } from './reporter-progress.js'
import { TextReporter } from './reporter-text.js'
import { performAll, type Tally } from './runner.js'
import { formatGuess } from './similar.js'
import { formatUsage } from './usage.js'

const FAILED_STATUS = 1
const TRUST_IGNORED = 'Ignoring request to trust repository, because that can lead to data loss.'
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
    const guess = formatGuess(args.similar ?? [])
    output.writeError(bytesFromText(`${args.problem}\n\n${guess}${formatUsage(command)}`))
    return FAILED_STATUS
  }
  const messages = new CountedMessages(makeReporter({ command, args, output }, 1))
  try {
    return await runParsed({ command, args, surround, output, messages })
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
  readonly output: Output
  readonly messages: CountedMessages
}

async function runParsed(run: Run): Promise<number> {
  const { command, args, surround, messages } = run
  const { needs, needsWorkTree = false, leavesJournal = false } = command
  const { config: settings, trust, semitrust, untrust } = args.options
  const annex: Surround | Annex =
    needs === 'nothing'
      ? surround
      : await openAnnex({
          surround,
          settings,
          needs,
          needsWorkTree,
          isLong: 'jobs' in command.options,
          messages,
          trust: { semitrust, untrust },
        })
  if (trust.length > 0) messages.warning(`git-annex: ${TRUST_IGNORED}`)
  const jobs = findJobs(command, args.options, annex)
  if (jobs > 1) run.messages.reporter = makeReporter(run, jobs)
  const { reporter } = run.messages
  const timeLimitSeconds = args.options['time-limit']
  const limits = { timeLimitSeconds, isBatch: isBatch(args.options), jobs }
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

/** `--jobs`, else `annex.jobs`, for the commands that take the option; a batch is done in order. */
function findJobs({ options: specs, isQuiet }: Command, options: AnyOptions, base: object): number {
  if (!('jobs' in specs) || isBatch(options)) return 1
  const config = 'config' in base ? (base as Annex).config : undefined
  const option = options.jobs as number | 'cpus' | undefined
  return countJobs(config, { option, otherwise: isQuiet ? UNASKED_JOBS : 1 })
}

function makeReporter({ command, args, output }: Omit<Run, 'surround' | 'messages'>, jobs: number) {
  const options: AnyOptions = args.options
  const errorMessages = options['json-error-messages'] === true
  const progress = options['json-progress'] === true
  if (options.json === true || errorMessages || progress)
    return new JsonReporter(output, { errorMessages, progress })
  if (command.isQuiet) return new ProgressReporter(output)
  const quiet = options.quiet === true
  return jobs > 1 ? new JobsReporter(output, { quiet }) : new TextReporter(output, { quiet })
}

/** Passes messages to the reporter and counts the failures among them. */
class CountedMessages implements Messages {
  count = 0
  /** Another one when it is known that several actions will run at once. */
  reporter: Reporter

  constructor(reporter: Reporter) {
    this.reporter = reporter
  }

  remark(text: string): void {
    this.reporter.remark(text)
  }

  warning(text: string): void {
    this.reporter.warning(text)
  }

  failure(text: string): void {
    this.count++
    this.reporter.warning(text)
  }
}
