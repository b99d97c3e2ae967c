import { expect, test } from '@jest/globals'
import { isWasmReady, newWasmHasher, prepareWasm } from '../../../src/backends/hash-wasm.js'

test('newWasmHasher() fails until prepareWasm() was awaited', async () => {
  expect(isWasmReady('blake2s160')).toBe(false)
  expect(() => newWasmHasher('blake2s160')).toThrow(/before it was prepared/)
  await Promise.all([prepareWasm('blake2s160'), prepareWasm('blake2s160')])
  expect(isWasmReady('blake2s160')).toBe(true)
  expect(isWasmReady('blake2s224')).toBe(false)
  expect(newWasmHasher('blake2s160').digestHex()).toHaveLength(40)
})
