/** Being told when something below a directory changes. */
import { watch } from 'node:fs'
import { type Bytes, bytesToPath } from '../model/bytes.js'

/**
 * Watches a directory and all below it.
 * @param changed called once some time after the first of several changes
 * @param settleMs that time
 */
export function watchTree(path: Bytes, changed: () => void, settleMs: number): Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined
  const watcher = watch(bytesToPath(path), { recursive: true }, () => {
    timer ??= setTimeout(() => {
      timer = undefined
      changed()
    }, settleMs)
  })
  return {
    [Symbol.dispose]() {
      clearTimeout(timer)
      watcher.close()
    },
  }
}
