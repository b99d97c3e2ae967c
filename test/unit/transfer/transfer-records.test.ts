import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { formatNote, listNotes, notePath } from '../../../src/transfer/transfer-records.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()

test('listNotes() reads what formatNote() and git-annex write, and nothing else', () => {
  const annexDir = scratch.path('annex')
  const dir = `${annexDir}/transfer/failed/download/some-uuid`
  mkdirSync(dir, { recursive: true })
  const write = (name: string, text: string) => writeFileSync(`${dir}/${name}`, text, 'latin1')
  write('WORM--a%b', '1795287638.898785139s\nsub/big2\n')
  write('WORM--plain', formatNote({ startMs: 1500, doneBytes: 7, file: 'n\xc3\xa4me' }))
  write('WORM--keyonly', formatNote({ startMs: 2000, doneBytes: undefined, file: undefined }))
  write('lck.WORM--plain', '')
  write('WORM--torn', '17952')
  const notes = [...listNotes(annexDir, 'download', 'failed')].sort((a, b) =>
    a.keyText < b.keyText ? -1 : 1,
  )
  expect(notes.map(({ keyText, file, doneBytes }) => [keyText, file, doneBytes])).toEqual([
    ['WORM--a/b', 'sub/big2', undefined],
    ['WORM--keyonly', undefined, undefined],
    ['WORM--plain', 'n\xc3\xa4me', 7],
  ])
  expect(notes[2]!.startMs).toBe(1500)
  expect(notePath(annexDir, notes[0]!, 'failed')).toBe(`${dir}/WORM--a%b`)
  expect([...listNotes(annexDir, 'upload', 'failed')]).toEqual([])
})
