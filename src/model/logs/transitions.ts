/**
 * transitions.log: rewrites of the branch that every clone must carry out. Line: `NAME SP CLOCK`.
 *
 * Pure. Implements spec: the git-annex branch, section 9.
 */
import type { Bytes } from '../bytes.js'
import { type Clock, compareClocks, formatClock, nextClock, parseClock } from '../vector-clock.js'
import { cutFirstWord, splitLogLines } from './log-lines.js'

const NAMES = ['ForgetGitHistory', 'ForgetDeadRemotes'] as const
export type TransitionName = (typeof NAMES)[number]

export interface Transition {
  readonly name: TransitionName
  readonly clock: Clock
}

/** What a transitions.log asks for; `unknown` names a transition that we cannot perform. */
export interface Transitions {
  /** In order of clock, then of name; no two are equal. */
  readonly known: readonly Transition[]
  readonly unknown: readonly Bytes[]
}

/** How commit messages call a transition. */
const DESCRIPTIONS: Readonly<Record<TransitionName, string>> = {
  ForgetGitHistory: 'forget git history',
  ForgetDeadRemotes: 'forget dead remotes',
}

/** Parses a log; every line that is no transition we know counts as unknown. */
export function parseTransitions(text: Bytes): Transitions {
  const known: Transition[] = []
  const unknown: Bytes[] = []
  for (const line of splitLogLines(text)) {
    const [word, rest] = cutFirstWord(line) ?? [line, '']
    const name = NAMES.find((candidate) => candidate === word)
    const clock = parseClock(rest)
    if (name !== undefined && clock !== undefined) known.push({ name, clock })
    else unknown.push(line)
  }
  return { known: normalise(known), unknown }
}

function normalise(transitions: readonly Transition[]): Transition[] {
  const distinct = new Map(transitions.map((t) => [formatLine(t), t]))
  return [...distinct.values()].sort(
    (a, b) => compareClocks(a.clock, b.clock) || NAMES.indexOf(a.name) - NAMES.indexOf(b.name),
  )
}

const formatLine = ({ name, clock }: Transition) => `${name} ${formatClock(clock)}\n`

/** Writes a log. */
export function formatTransitions(transitions: readonly Transition[]): Bytes {
  return normalise(transitions).map(formatLine).join('')
}

/** All transitions of several logs. */
export function uniteTransitions(logs: readonly (readonly Transition[])[]): Transition[] {
  return normalise(logs.flat())
}

/** Adds transitions, all with one clock, newer than earlier ones of the same name. */
export function addTransitions(
  text: Bytes,
  names: readonly TransitionName[],
  candidate: Clock,
): Bytes {
  const { known } = parseTransitions(text)
  const clock = known
    .filter((t) => names.includes(t.name))
    .reduce((newest, t) => nextClock(newest, t.clock), candidate)
  return formatTransitions([...known, ...names.map((name) => ({ name, clock }))])
}

/** The list in commit messages: `["forget git history","forget dead remotes"]`. */
export function describeTransitions(transitions: readonly Transition[]): string {
  const present = NAMES.filter((name) => transitions.some((t) => t.name === name))
  return `[${present.map((name) => `"${DESCRIPTIONS[name]}"`).join(',')}]`
}
