import { describe, expect, test } from '@jest/globals'
import { AnnexError } from '../../../src/model/errors.js'
import { attemptTransfer } from '../../../src/transfer/attempts.js'
import type { TransferSettings } from '../../../src/transfer/transfer-settings.js'

const NONE: TransferSettings = {
  retries: 0,
  forwardRetries: 0,
  retryDelaySeconds: 0,
  stall: undefined,
  bytesPerSecond: undefined,
}

/** Attempts that get as far as the numbers say; the last one that is asked for succeeds. */
async function attempt(reached: readonly number[], settings: Partial<TransferSettings>) {
  let count = 0
  const again: boolean[] = []
  const said: string[] = []
  const ui = { note() {}, warning: (text: string) => void said.push(text) }
  const work = attemptTransfer(
    async (onProgress, isAgain) => {
      again.push(isAgain)
      const bytes = reached[count++]
      if (bytes === undefined) return 'done'
      onProgress(bytes)
      throw new AnnexError('REMOTE_UNAVAILABLE', `broke off at ${bytes}`)
    },
    { settings: { ...NONE, ...settings }, ui, onProgress() {} },
  )
  const result = await work.catch((error: Error) => error.message)
  return { result, again, said }
}

describe('attemptTransfer()', () => {
  test('goes on as long as each attempt gets further', async () => {
    const { result, again, said } = await attempt([10, 20, 30], { forwardRetries: 5 })
    expect(result).toBe('done')
    expect(again).toEqual([false, true, true, true])
    expect(said).toEqual([10, 20, 30].map((bytes) => `broke off at ${bytes}`))
    expect((await attempt([10, 10], { forwardRetries: 5 })).result).toBe('broke off at 10')
    expect((await attempt([10, 20, 30], { forwardRetries: 2 })).result).toBe('broke off at 30')
  })

  test('tries again after attempts that moved nothing, as often as it may', async () => {
    expect((await attempt([0, 0], { retries: 2 })).result).toBe('done')
    expect((await attempt([0, 0, 0], { retries: 2 })).result).toBe('broke off at 0')
  })

  test('does not repeat what would fail in the same way', async () => {
    let count = 0
    const work = attemptTransfer(
      async () => {
        count++
        throw new AnnexError('CONTENT_MISMATCH', 'wrong')
      },
      { settings: { ...NONE, retries: 5 }, ui: { note() {}, warning() {} }, onProgress() {} },
    )
    await expect(work).rejects.toThrow('wrong')
    expect(count).toBe(1)
  })

  test('breaks off what moves too little, and says that', async () => {
    const work = attemptTransfer(
      ({ signal }) =>
        new Promise((_, fail) => {
          signal?.addEventListener('abort', () => fail(new Error('cut')))
        }),
      {
        settings: { ...NONE, stall: { bytes: 1, seconds: 0.01 } },
        ui: { note() {}, warning() {} },
        onProgress() {},
      },
    )
    await expect(work).rejects.toThrow('Transfer stalled')
  })

  test('asks for pauses that keep to the bandwidth', async () => {
    let waitMs = 0
    await attemptTransfer(
      async (onProgress) => {
        onProgress(5000)
        onProgress(105_000)
        waitMs = onProgress.waitMs!()
      },
      {
        settings: { ...NONE, bytesPerSecond: 10_000 },
        ui: { note() {}, warning() {} },
        onProgress() {},
      },
    )
    // What an earlier attempt had brought is not counted.
    expect(waitMs).toBeGreaterThan(9000)
    expect(waitMs).toBeLessThanOrEqual(10_000)
  })
})
