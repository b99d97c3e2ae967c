/** Which JavaScript engine runs us. The executable is Bun; the library and the unit tests are Node. */
import { createRequire } from 'node:module'

/** The small part of Bun's API that this floor uses. */
interface BunApi {
  spawnSync(options: {
    cmd: string[]
    cwd?: string
    env?: Record<string, string | undefined>
    stdin?: Uint8Array | 'ignore' | 'inherit'
    stdout?: 'pipe' | 'ignore' | 'inherit' | number
    stderr?: 'pipe' | 'ignore' | 'inherit'
  }): { exitCode: number | null; signalCode?: string; stdout: Buffer; stderr: Buffer }
  gc(isSynchronous: boolean): void
}

/** Bun's API, or undefined on Node. */
export const bun: BunApi | undefined = (globalThis as { Bun?: BunApi }).Bun

/** Loads a module that only one runtime has, such as `bun:ffi`. */
export const requireNative: (name: string) => unknown = createRequire(import.meta.url)
