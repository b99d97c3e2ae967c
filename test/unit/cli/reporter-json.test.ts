import { describe, expect, test } from '@jest/globals'
import type { Action } from '../../../src/cli/command.js'
import type { ReportedItem } from '../../../src/cli/reporter.js'
import { JsonReporter } from '../../../src/cli/reporter-json.js'
import { bytesFromText, bytesToText } from '../../../src/model/bytes.js'
import { AnnexError } from '../../../src/model/errors.js'
import { MemoryOutput } from '../../support/memory-output.js'

const get: Action = {
  command: 'get',
  item: { file: 'foo', keyText: 'K-s3--x', input: ['foo'] },
  perform: () => true,
}

function report(
  tell: (item: ReportedItem) => void,
  options: { action?: Action; errorMessages?: boolean; progress?: boolean } = {},
): { objects: unknown[]; stderr: string } {
  const { action = get, errorMessages = false, progress = false } = options
  const out = new MemoryOutput()
  tell(new JsonReporter(out, { errorMessages, progress }).begin(action))
  const lines = out.stdout.split('\n').slice(0, -1)
  return { objects: lines.map((line) => JSON.parse(bytesToText(line))), stderr: out.stderr }
}

describe('JsonReporter', () => {
  test('writes one object an item, notes joined', () => {
    const { objects } = report((item) => {
      item.note('from d...')
      item.longNote('more')
      item.field('wanted', [])
      item.finish(true)
    })
    expect(objects).toEqual([
      {
        command: 'get',
        'error-messages': [],
        file: 'foo',
        input: ['foo'],
        key: 'K-s3--x',
        note: 'from d...\nmore',
        success: true,
        wanted: [],
      },
    ])
  })

  test('leaves out what was nothing to be done, unless it fails', () => {
    const omitted = (succeeded: boolean) =>
      report((item) => {
        item.omit()
        item.finish(succeeded)
      }).objects
    expect(omitted(true)).toEqual([])
    expect(omitted(false)).toMatchObject([{ success: false }])
  })

  test('has file null and no key for an item without', () => {
    const action = { ...get, item: {} }
    expect(report((item) => item.finish(false), { action }).objects).toEqual([
      { command: 'get', 'error-messages': [], file: null, input: [], success: false },
    ])
  })

  test('keeps messages for the object when asked to', () => {
    const tell = (item: ReportedItem) => {
      item.warning('odd')
      item.fail(new AnnexError('DISK_FULL', 'No room', { hint: 'Drop something' }))
    }
    const messages = ['  odd', 'git-annex: No room', '  Drop something']
    const kept = report(tell, { errorMessages: true })
    expect(kept).toMatchObject({ stderr: '', objects: [{ 'error-messages': messages }] })
    const told = report(tell)
    expect(told).toMatchObject({ objects: [{ 'error-messages': [], success: false }] })
    expect(told.stderr).toBe('  odd\ngit-annex: No room\n  Drop something\n')
  })

  test('writes only file, messages and own fields of an answer', () => {
    const action = { ...get, answer: true }
    const { objects } = report(
      (item) => {
        item.line('foo')
        item.fields(() => ({ status: 'M' }))
        item.finish(true)
      },
      { action },
    )
    expect(objects).toEqual([{ 'error-messages': [], file: 'foo', status: 'M' }])
  })

  test('writes progress objects before the item when asked to', () => {
    const tell = (item: ReportedItem) => {
      item.note('from d...')
      for (let done = 0; done <= 3; done++) item.progress(done, 3)
      item.finish(true)
    }
    const { objects } = report(tell, { progress: true })
    const action = expect.objectContaining({ command: 'get', note: 'from d...' })
    expect(objects[0]).toEqual({
      action,
      'byte-progress': 0,
      'percent-progress': '0%',
      'total-size': 3,
    })
    expect(objects.at(-2)).toMatchObject({ 'byte-progress': 3, 'percent-progress': '100%' })
    expect(objects.at(-1)).toMatchObject({ success: true })
    expect(report(tell).objects).toHaveLength(1)
  })

  test('leaves share and total out when the size is unknown', () => {
    const { objects } = report((item) => item.progress(5), { progress: true })
    expect(objects).toEqual([{ action: expect.anything(), 'byte-progress': 5 }])
  })

  test('writes UTF-8, and U+FFFD for bytes that are none', () => {
    const shown = (file: string) =>
      report((reported) => reported.finish(true), { action: { ...get, item: { file } } }).objects[0]
    expect(shown(bytesFromText('é\n"'))).toMatchObject({ file: 'é\n"' })
    expect(shown('a\xff')).toMatchObject({ file: 'a\ufffd' })
  })
})
