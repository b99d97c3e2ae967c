#!/usr/bin/env node
// Takes the place of ssh (GIT_SSH) and of git-annex-shell behind it: answers P2P requests as the
// environment variable P2P_LIE says, for tests of what a client makes of it. P2P_UUID is its uuid.
import { createInterface } from 'node:readline'

const lie = process.env.P2P_LIE
const say = (...lines) => process.stdout.write(lines.map((line) => `${line}\n`).join(''))

const ANSWERS = {
  'too long': (size) => `DATA ${size + 5}\n${'x'.repeat(size + 5)}VALID\n`,
  'too short': (size) => `DATA ${size - 5}\n${'x'.repeat(size - 5)}VALID\n`,
  'wrong content': (size) => `DATA ${size}\n${'x'.repeat(size)}VALID\n`,
  'wrong content, invalid': (size) => `DATA ${size}\n${'x'.repeat(size)}INVALID\n`,
  'no number': () => 'DATA many\n',
  'out of order': () => 'SUCCESS\n',
  'endless line': () => `${'x'.repeat(100_000)}\n`,
  error: () => 'ERROR the disk is on fire\n',
}

say(`AUTH-SUCCESS ${lie === 'wrong uuid' ? 'somebody-else' : process.env.P2P_UUID}`)
for await (const line of createInterface({ input: process.stdin })) {
  const [name] = line.split(' ')
  const size = Number(/-s(\d+)/.exec(line)?.[1])
  if (name === 'VERSION' && lie === 'version 0') say('ERROR unknown command')
  else if (name === 'VERSION') say('VERSION 1')
  else if (name === 'GET' && lie === 'silence') continue
  else if (name === 'GET' && lie === 'end') process.exit(1)
  else if (name === 'GET' && lie === 'version 0')
    process.stdout.write(`DATA ${size}\n${'x'.repeat(size)}`)
  else if (name === 'GET') process.stdout.write(ANSWERS[lie](size))
}
