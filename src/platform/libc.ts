/** Functions of the C library that the runtime does not offer. Linux and Bun only. */
import { bun, requireNative } from './runtime.js'

const LIBRARY = 'libc.so.6'

/** Types of arguments and results, as `bun:ffi` names them; `ptr` takes a buffer. */
type CType = 'i32' | 'u32' | 'i64' | 'u64' | 'ptr'

type Signatures<Functions> = {
  readonly [Name in keyof Functions]: { readonly args: readonly CType[]; readonly returns: CType }
}

interface Ffi {
  ptr(buffer: NodeJS.TypedArray): number
  dlopen<Functions>(
    library: string,
    signatures: Signatures<Functions>,
  ): { readonly symbols: Functions }
  readonly read: { i32(pointer: number): number }
}

/**
 * Functions of the C library, to be loaded when they are first asked for: 2 ms.
 * @returns gives them; undefined where they cannot be had: on another system, on Node, with another or an
 *   older library
 */
export function libcFunctions<Functions>(
  signatures: Signatures<Functions>,
): () => Functions | undefined {
  let functions: Functions | undefined
  let isLoaded = false
  return () => {
    if (!isLoaded) functions = load(signatures)
    isLoaded = true
    return functions
  }
}

function load<Functions>(signatures: Signatures<Functions>): Functions | undefined {
  if (!bun || process.platform !== 'linux') return undefined
  try {
    return (requireNative('bun:ffi') as Ffi).dlopen<Functions>(LIBRARY, signatures).symbols
  } catch {
    return undefined
  }
}

const errnoPlace = libcFunctions<{ __errno_location(): number }>({
  __errno_location: { args: [], returns: 'ptr' },
})

/** Where a buffer lies, for lists of pointers. The caller keeps the buffer, and only where there is a library. */
export function addressOf(buffer: NodeJS.TypedArray): number {
  return (requireNative('bun:ffi') as Ffi).ptr(buffer)
}

/** Why the last of these functions that failed has failed: a number of the system; 0 when it cannot be told. */
export function lastErrno(): number {
  const place = errnoPlace()?.__errno_location()
  return place === undefined ? 0 : (requireNative('bun:ffi') as Ffi).read.i32(place)
}
