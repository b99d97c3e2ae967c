/**
 * Hashes a file with one backend and prints `{ seconds, digestHex }`: the part of bench/hashes.ts
 * that runs in a process of its own, in Bun or Node, so that no run profits from the one before.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { findBackend, newHasher, prepareHasher } from '../src/backends/registry.js'

const [name, path] = process.argv.slice(2)
const backend = findBackend(name!)!
const buffer = Buffer.allocUnsafe(1 << 20)
const start = performance.now()
await prepareHasher(backend)
const hasher = newHasher(backend)
const fd = openSync(path!, 'r')
for (let length = -1; length !== 0; ) {
  length = readSync(fd, buffer, 0, buffer.length, null)
  hasher.update(buffer.subarray(0, length))
}
closeSync(fd)
const digestHex = hasher.digestHex()
console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, digestHex }))
