#!/usr/bin/env node
// Takes the place of ssh (GIT_SSH): runs the one that BREAKING_SSH names, notes in files of BREAKING_DIR
// what it was asked for and the bytes of each direction, and breaks the connection after BREAKING_BYTES of one.
import { spawn } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'

const { BREAKING_SSH, BREAKING_DIR, BREAKING_BYTES } = process.env
const child = spawn(BREAKING_SSH, process.argv.slice(2), { stdio: ['pipe', 'pipe', 'inherit'] })
appendFileSync(`${BREAKING_DIR}/log`, `${process.argv.slice(2)}\n`)

function pass(name, from, to) {
  let count = 0
  from.on('data', (chunk) => {
    count += chunk.length
    if (count > Number(BREAKING_BYTES)) return end(1)
    if (!to.write(chunk)) {
      from.pause()
      to.once('drain', () => from.resume())
    }
  })
  to.on('error', () => {})
  const file = `${BREAKING_DIR}/${name}`
  return () => {
    let before = 0
    try {
      before = Number(readFileSync(file, 'utf8'))
    } catch {}
    writeFileSync(file, String(before + count))
  }
}

const note = [pass('to', process.stdin, child.stdin), pass('from', child.stdout, process.stdout)]

function end(status) {
  for (const write of note) write()
  child.kill()
  process.exit(status)
}

process.stdin.on('end', () => child.stdin.end())
child.stdout.on('end', () => process.stdout.write('', () => end(0)))
