#!/usr/bin/env node
// Takes the place of ssh (GIT_SSH) and of git-annex-shell behind it: a server that has nothing, is asked to
// store contents without line feeds, and answers as P2P_LIE says. P2P_UUID is its uuid, P2P_WHOLE what it
// answers to SUPPORTS.
import { createInterface } from 'node:readline'

const { P2P_LIE: lie, P2P_UUID: uuid, P2P_WHOLE: whole } = process.env
const say = (line) => process.stdout.write(`${line}\n`)

/** What it says to PUT and PUT-WHOLE, and to the data behind a PUT. */
const LIES = {
  'a full disk': ['ERROR not enough free space'],
  'an error in the end': ['PUT-FROM 0', 'FAILURE'],
  'more than there is': ['PUT-FROM 99999999', 'FAILURE'],
  'no number': ['PUT-FROM many'],
  'something else': ['VALID'],
  'an endless line': ['x'.repeat(100_000)],
  'the end': [],
  'the end in the middle': ['PUT-FROM 0'],
  silence: [],
  'silence in the end': ['PUT-FROM 0'],
  'a full pipe': ['PUT-FROM 0'],
}
const [toPut, toData] = LIES[lie]
const isEnd = lie.startsWith('the end')

say(`AUTH-SUCCESS ${uuid}`)
const lines = createInterface({ input: process.stdin })
// Behind PUT-WHOLE the content stands at the beginning of the next line.
let contentLength = 0
for await (const whatCame of lines) {
  const line = whatCame.slice(contentLength)
  const [name, length] = line.split(' ')
  contentLength = name === 'PUT-WHOLE' ? Number(length) : 0
  if (name === 'VERSION') say('VERSION 1')
  else if (name === 'SUPPORTS') say(whole)
  else if (name === 'CHECKPRESENT') say('FAILURE')
  else if (name === 'PUT' || name === 'PUT-WHOLE') {
    if (toPut) say(name === 'PUT' ? toPut : (toData ?? toPut))
    else if (isEnd) process.exit(1)
    if (lie === 'a full pipe') await new Promise((resolve) => setTimeout(resolve, 20_000))
  } else if (name === 'DATA') {
    if (isEnd) process.exit(1)
  } else if (/VALID$/.test(line) && toData) say(toData)
}
