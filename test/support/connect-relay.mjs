#!/usr/bin/env node
// Takes the place of git-upload-pack or git-receive-pack (P2P_SERVICE): has it served over the P2P protocol by
// the git-annex-shell that P2P_SHELL names (CONNECT), its input and output in DATA messages.
import { spawn } from 'node:child_process'

const { P2P_SERVICE: service, P2P_SHELL: shell, P2P_CLIENT: client } = process.env
const server = spawn(shell, ['p2pstdio', process.argv[2], client], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
server.stdin.on('error', () => {})
server.stdin.write(`VERSION 1\nCONNECT ${service}\n`)
process.stdin.on('data', (chunk) => {
  server.stdin.write(`DATA ${chunk.length}\n`)
  server.stdin.write(chunk)
})
process.stdin.on('end', () => server.stdin.end())

let came = Buffer.alloc(0)
let dataLength = 0
let status = 8
server.stdout.on('data', (chunk) => {
  came = Buffer.concat([came, chunk])
  for (;;) {
    if (dataLength > 0) {
      const bytes = came.subarray(0, dataLength)
      if (bytes.length === 0) return
      process.stdout.write(bytes)
      dataLength -= bytes.length
      came = came.subarray(bytes.length)
      continue
    }
    const end = came.indexOf('\n')
    if (end < 0) return
    const [name, value] = came.subarray(0, end).toString().split(' ')
    came = came.subarray(end + 1)
    if (name === 'DATA') dataLength = Number(value)
    if (name === 'ERROR') process.exit(9)
    if (name === 'CONNECTDONE') status = Number(value)
  }
})
server.stdout.on('end', () => process.stdout.write('', () => process.exit(status)))
