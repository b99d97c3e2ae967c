import { describe, expect, test } from '@jest/globals'
import { type Action, ALL_DONE, type Step } from '../../../src/cli/command.js'
import { OutputClosed } from '../../../src/cli/output.js'
import { JobsReporter } from '../../../src/cli/reporter-jobs.js'
import { TextReporter } from '../../../src/cli/reporter-text.js'
import { performAll, type RunLimits } from '../../../src/cli/runner.js'
import { AnnexError } from '../../../src/model/errors.js'
import { MemoryOutput } from '../../support/memory-output.js'

const NO_LIMITS: RunLimits = { timeLimitSeconds: undefined, isBatch: false, jobs: 1 }

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
    const batch = await run(actions, { timeLimitSeconds: undefined, isBatch: true, jobs: 1 })
    expect(batch.out.stdout).toBe('\nget a ok\n\n')
    expect((await run(actions)).out.stdout).toBe('get a ok\n')
  })

  test('starts nothing when the time is up', async () => {
    const { tally, out } = await run([action('a', () => true)], {
      timeLimitSeconds: 0,
      isBatch: false,
      jobs: 1,
    })
    expect(tally).toMatchObject({ isTimeUp: true, failed: 0 })
    expect(out.stdout).toBe('')
  })
})

/** Actions that tell when they start, and end when they are told to. */
class Work {
  readonly events: string[] = []
  readonly #ends = new Map<string, () => void>()

  action(name: string, { keyText = name, isAlone = false } = {}): Action {
    const perform = async () => {
      this.events.push(`${name} starts`)
      await new Promise<void>((end) => this.#ends.set(name, end))
      this.events.push(`${name} ends`)
      return true
    }
    return { command: 'get', item: { file: name, keyText }, isAlone, perform }
  }

  async end(...names: string[]): Promise<void> {
    for (const name of names) {
      await this.started(name)
      this.#ends.get(name)!()
    }
  }

  async started(name: string): Promise<void> {
    while (!this.events.includes(`${name} starts`))
      await new Promise((resolve) => setImmediate(resolve))
  }
}

async function* asSteps(...steps: readonly Step[]) {
  yield* steps
}

describe('performAll() with several jobs', () => {
  const limits = { timeLimitSeconds: undefined, isBatch: false, jobs: 2 }

  function start(...steps: readonly Step[]) {
    const out = new MemoryOutput()
    return {
      out,
      tally: performAll(asSteps(...steps), new JobsReporter(out, { quiet: false }), limits),
    }
  }

  test('performs so many at once, and reports each as it ends', async () => {
    const work = new Work()
    const { out, tally } = start(work.action('a'), work.action('b'), work.action('c'))
    await work.end('b', 'c', 'a')
    expect(await tally).toMatchObject({ failed: 0 })
    expect(work.events).toEqual(['a starts', 'b starts', 'b ends', 'c starts', 'c ends', 'a ends'])
    expect(out.stdout).toBe('get b ok\nget c ok\nget a ok\n')
  })

  test('performs one action for a key at a time', async () => {
    const work = new Work()
    const { tally } = start(work.action('a', { keyText: 'K' }), work.action('b', { keyText: 'K' }))
    await work.end('a', 'b')
    await tally
    expect(work.events).toEqual(['a starts', 'a ends', 'b starts', 'b ends'])
  })

  test('waits for all before an action that is alone, and where the command says so', async () => {
    const work = new Work()
    const alone = work.action('alone', { isAlone: true })
    const { tally } = start(work.action('a'), alone, work.action('b'), ALL_DONE, work.action('c'))
    await work.end('a', 'alone', 'b', 'c')
    await tally
    const runs = ['a', 'alone', 'b', 'c'].flatMap((name) => [`${name} starts`, `${name} ends`])
    expect(work.events).toEqual(runs)
  })

  test('keeps the lines of an item together, messages included', async () => {
    const work = new Work()
    const told: Action = {
      command: 'get',
      item: { file: 'told' },
      async perform(ui) {
        ui.note('from r...')
        await work.started('b')
        ui.warning('it is gone')
        return false
      },
    }
    const { out, tally } = start(told, work.action('b'))
    await work.end('b')
    expect(await tally).toMatchObject({ failed: 1, hasFailedEvent: true })
    expect(out.both).toContain('get told (from r...) \n  it is gone\nfailed\n')
  })

  test('ends with what ends the program once the others are done', async () => {
    const work = new Work()
    const closed: Action = {
      command: 'get',
      item: { file: 'closed' },
      async perform() {
        throw new OutputClosed()
      },
    }
    const { tally } = start(work.action('a'), closed, work.action('never'))
    await work.end('a')
    await expect(tally).rejects.toThrow(OutputClosed)
    expect(work.events).toEqual(['a starts', 'a ends'])
  })
})
