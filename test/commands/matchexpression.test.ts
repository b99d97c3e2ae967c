import { expect, test } from '@jest/globals'
import { makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const KEY = '--key=KEY'

test('git annex matchexpression decides as git-annex does, and says when it cannot', () => {
  const clone = makePeerClone(scratch)
  const key = `--key=${clone.realAnnex('lookupkey', 'here.txt').stdout.trim()}`
  const questions: string[][] = [
    ['include=*.png and largerthan=1mb', '--file=foo.png', '--size=10mb'],
    ['include=*.png', '--file=foo.jpg'],
    ['include=*.png'],
    ['largerthan=1mb', '--size=2mb', '--largefiles'],
    ['largerthan=1', '--size=0', KEY],
    ['largerthan=foo', '--size=1'],
    ['mimetype=text/*', '--largefiles', '--mimetype=text/plain'],
    ['mimetype=text/*', '--mimetype=text/plain'],
    ['mimeencoding=binary', '--largefiles'],
    ['present', KEY],
    ['present'],
    ['copies=2 and inbackend=SHA256E and not copies=3', KEY],
    ['standard or nothing'],
    ['not (groupwanted)'],
    ['unused', KEY],
    ['bogus'],
    ['in=here', KEY],
    ['inpreferreddir', '--file=public/x'],
    ['lackingcopies=1', KEY],
    [''],
    [],
    ['a', 'b'],
    ['nothing', '--size=x'],
  ]
  const ask = (program: 'ours' | 'real') =>
    questions.map((args) => {
      const argv = args.map((arg) => (arg === KEY ? key : arg))
      const { status, stderr } = clone.tryRun(['git', 'annex', 'matchexpression', ...argv], {
        program,
      })
      return { args, status, stderr: status === 42 ? stderr.replace('git-annex: ', '') : '' }
    })
  expect(ask('ours')).toEqual(ask('real'))
})
