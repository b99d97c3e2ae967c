import { describe, expect, test } from '@jest/globals'
import { GitConfig } from '../../../src/git/config.js'
import { isAnnexError } from '../../../src/model/errors.js'
import { transferSettings } from '../../../src/transfer/transfer-settings.js'
import { MemoryRemote } from '../../support/memory-remote.js'

/** The settings for transfers with a remote "r". @param lines `NAME VALUE` */
function settingsOf(lines: readonly string[], direction: 'upload' | 'download' = 'download') {
  const config = new GitConfig(lines.map((line) => `${line.replace(' ', '\n')}\0`).join(''))
  return transferSettings(config, new MemoryRemote('r'), direction)
}

describe('transferSettings()', () => {
  test('has the defaults of git-annex', () => {
    expect(settingsOf([])).toEqual({
      retries: 0,
      forwardRetries: 5,
      retryDelaySeconds: 1,
      stall: undefined,
      bytesPerSecond: undefined,
    })
  })

  test("takes the remote's own setting before that for all, and that of the direction first", () => {
    const lines = [
      'annex.retry 3',
      'remote.r.annex-retry 2',
      'remote.other.annex-retry 9',
      'annex.bwlimit 1MB',
      'annex.bwlimit-upload 500kB',
      'annex.retrydelay 7',
    ]
    expect(settingsOf(lines)).toMatchObject({
      retries: 2,
      bytesPerSecond: 1_000_000,
      retryDelaySeconds: 7,
    })
    expect(settingsOf(lines, 'upload').bytesPerSecond).toBe(500_000)
  })

  test.each([
    ['true', { bytes: 1, seconds: 60 }],
    ['false', false],
    ['10MB/2m', { bytes: 10_000_000, seconds: 120 }],
    ['1KiB/5s', { bytes: 1024, seconds: 5 }],
  ])('annex.stalldetection=%s', (text, expected) => {
    expect(settingsOf([`annex.stalldetection ${text}`]).stall).toEqual(expected)
  })

  test.each(['annex.retry -1', 'annex.bwlimit fast', 'annex.stalldetection 10MB', 'annex.retry '])(
    'refuses "%s"',
    (line) => {
      let code: string | undefined
      try {
        settingsOf([line])
      } catch (error) {
        code = isAnnexError(error) ? error.code : String(error)
      }
      expect(code).toBe('CONFIG_INVALID')
    },
  )
})
