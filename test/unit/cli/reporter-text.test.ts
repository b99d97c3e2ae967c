import { describe, expect, test } from '@jest/globals'
import type { Action } from '../../../src/cli/command.js'
import type { ReportedItem } from '../../../src/cli/reporter.js'
import { TextReporter } from '../../../src/cli/reporter-text.js'
import { bytesFromText } from '../../../src/model/bytes.js'
import { AnnexError } from '../../../src/model/errors.js'
import { MemoryOutput } from '../../support/memory-output.js'

const get: Action = { command: 'get', item: { file: 'foo' }, perform: () => true }

/** What one item prints; on standard error what starts with `!`. */
function report(
  tell: (item: ReportedItem) => void,
  options: { action?: Action; quiet?: boolean; isTerminal?: boolean } = {},
): MemoryOutput {
  const out = new MemoryOutput(options)
  const reporter = new TextReporter(out, { quiet: options.quiet ?? false })
  tell(reporter.begin(options.action ?? get))
  return out
}

describe('TextReporter', () => {
  test('prints a line with notes and the verdict', () => {
    const out = report((item) => {
      item.note('from d...')
      item.finish(true)
    })
    expect(out.stdout).toBe('get foo (from d...) ok\n')
  })

  test('puts long notes below the line, indented, an empty line between two', () => {
    const out = report((item) => {
      item.note('unsafe')
      item.longNote('Could only verify 0 copies')
      item.longNote('one\n\ttwo\n')
      item.finish(false)
    })
    expect(out.stdout).toBe(
      'get foo (unsafe) \n  Could only verify 0 copies\n\n  one\n  \ttwo\nfailed\n',
    )
  })

  test('prints warnings on standard error after ending the line', () => {
    const out = report((item) => {
      item.warning('it is late\nvery')
      item.finish(false)
    })
    expect(out.both).toBe('get foo \n  it is late\n  very\nfailed\n')
    expect(out.stderr).toBe('  it is late\n  very\n')
  })

  test('prints an error with its hint, and the item as failed', () => {
    const error = new AnnexError('REMOTE_UNAVAILABLE', 'Cannot reach "d"', { hint: 'Plug it in' })
    const out = report((item) => item.fail(error))
    expect(out.stdout).toBe('get foo \nfailed\n')
    expect(out.stderr).toBe('git-annex: Cannot reach "d"\n  Plug it in\n')
  })

  test.each([
    [{ label: 'main:foo' }, 'get main:foo ok\n'],
    [{ file: null, keyText: 'K--x' }, 'get K--x ok\n'],
    [{ file: 'f', keyText: 'K--x' }, 'get f ok\n'],
    [{ label: '' }, 'get  ok\n'],
    [{ label: 'é' }, bytesFromText('get é ok\n')],
    [{ file: '\xff' }, 'get \xff ok\n'],
  ])('names the item %j', (item, line) => {
    const out = report((reported) => reported.finish(true), { action: { ...get, item } })
    expect(out.stdout).toBe(line)
  })

  test('with quiet prints messages only', () => {
    const out = report(
      (item) => {
        item.note('from d...')
        item.longNote('more')
        item.warning('odd')
        item.finish(false)
      },
      { quiet: true },
    )
    expect(out.stdout).toBe('')
    expect(out.stderr).toBe('  odd\n')
  })

  test('prints the lines of an answer and no verdict, with quiet too', () => {
    const action = { ...get, answer: true }
    for (const quiet of [false, true]) {
      const tell = (item: ReportedItem) => {
        item.line('one')
        item.verbatim('two\0')
        item.field('a', 1)
        item.finish(true)
      }
      expect(report(tell, { action, quiet }).stdout).toBe('one\ntwo\0')
    }
  })

  test('prints no line for a silent item unless it fails', () => {
    const tell = (succeeded: boolean) => (item: ReportedItem) => {
      item.silent()
      item.line('text')
      item.finish(succeeded)
    }
    expect(report(tell(true)).stdout).toBe('text\n')
    expect(report(tell(false)).stdout).toBe('text\nget foo failed\n')
  })

  test('draws no progress where no terminal is', () => {
    const out = report((item) => {
      item.progress(1, 2)
      item.finish(true)
    })
    expect(out.stdout).toBe('get foo ok\n')
  })

  test('on a terminal shows the item at once, and no bar for what is over in no time', () => {
    const out = new MemoryOutput({ isTerminal: true })
    const item = new TextReporter(out, { quiet: false }).begin(get)
    expect(out.stdout).toBe('get foo ')
    item.note('from d...')
    item.progress(1, 2)
    item.finish(true)
    expect(out.stdout).toBe('get foo (from d...) ok\n')
  })

  test('takes the line of a silent item back from a terminal', () => {
    const out = report(
      (item) => {
        item.silent()
        item.line('text')
        item.finish(true)
      },
      { isTerminal: true },
    )
    expect(out.stdout).toBe('get foo \r\x1b[Ktext\n')
  })

  test('prints remarks in parentheses and empty answers as empty lines', () => {
    const out = new MemoryOutput()
    const reporter = new TextReporter(out, { quiet: false })
    reporter.remark('recording state in git...')
    reporter.skipped()
    reporter.warning('get: 1 failed')
    expect(out.stdout).toBe('(recording state in git...)\n\n')
    expect(out.stderr).toBe('get: 1 failed\n')
  })
})
