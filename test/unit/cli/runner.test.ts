import { describe, expect, test } from '@jest/globals'
import type { Action } from '../../../src/cli/command.js'
import { TextReporter } from '../../../src/cli/reporter-text.js'
import { performAll, type RunLimits } from '../../../src/cli/runner.js'
import { AnnexError } from '../../../src/model/errors.js'
import { MemoryOutput } from '../../support/memory-output.js'

const NO_LIMITS: RunLimits = { timeLimitSeconds: undefined, isBatch: false }

function action(file: string, perform: Action['perform'], answer = false): Action {
  return { command: 'get', item: { file }, perform, ...(answer && { answer }) }
}

async function run(actions: readonly (Action | undefined)[], limits = NO_LIMITS) {
  async function* all() {
    yield* actions
  }
  const out = new MemoryOutput()
  const tally = await performAll(all(), new TextReporter(out, { quiet: false }), limits)
  return { tally, out }
}

describe('performAll()', () => {
  test('takes true and nothing for success, false for failure', async () => {
    const { tally, out } = await run([
      action('a', () => true),
      action('b', () => undefined),
      action('c', async () => true),
      action('d', async () => undefined),
      action('e', () => false),
      action('f', async () => false),
    ])
    expect(out.stdout).toBe('get a ok\nget b ok\nget c ok\nget d ok\nget e failed\nget f failed\n')
    expect(tally).toMatchObject({ failed: 2, hasFailedEvent: true, exitStatus: 1 })
  })

  test('goes on after an exception, thrown or rejected', async () => {
    const { tally, out } = await run([
      action('a', () => {
        throw new Error('broken')
      }),
      action('b', async () => {
        throw new AnnexError('DISK_FULL', 'No room')
      }),
      action('c', () => true),
    ])
    expect(out.stdout).toBe('get a \nfailed\nget b \nfailed\nget c ok\n')
    expect(out.stderr).toBe('git-annex: broken\ngit-annex: No room\n')
    expect(tally.failed).toBe(2)
  })

  test('does not start an action before the one before has ended', async () => {
    const events: string[] = []
    const slow = (name: string) =>
      action(name, async () => {
        events.push(`${name} starts`)
        await new Promise((resolve) => setTimeout(resolve, 5))
        events.push(`${name} ends`)
        return true
      })
    await run([slow('a'), slow('b')])
    expect(events).toEqual(['a starts', 'a ends', 'b starts', 'b ends'])
  })

  test('counts a failed answer without making it an event', async () => {
    const { tally } = await run([action('a', () => false, true)])
    expect(tally).toMatchObject({ failed: 1, hasFailedEvent: false, exitStatus: 1 })
  })

  test('answers a request that needs nothing with an empty line, in a batch only', async () => {
    const actions = [undefined, action('a', () => true), undefined]
    const batch = await run(actions, { timeLimitSeconds: undefined, isBatch: true })
    expect(batch.out.stdout).toBe('\nget a ok\n\n')
    expect((await run(actions)).out.stdout).toBe('get a ok\n')
  })

  test('starts nothing when the time is up', async () => {
    const { tally, out } = await run([action('a', () => true)], {
      timeLimitSeconds: 0,
      isBatch: false,
    })
    expect(tally).toMatchObject({ isTimeUp: true, failed: 0 })
    expect(out.stdout).toBe('')
  })
})
