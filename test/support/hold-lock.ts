/**
 * Holds a lock on a content until its input ends, under Bun: locks need the runtime of the executable.
 * Arguments: the repository, a key, `shared` or `exclusive`. Prints `locked`, or the code of the error.
 */
import { readSync } from 'node:fs'
import { readConfig } from '../../src/git/config.js'
import { openRepositoryAt } from '../../src/git/repository.js'
import { bytesFromText } from '../../src/model/bytes.js'
import { isAnnexError } from '../../src/model/errors.js'
import { lockContent } from '../../src/store/content-lock.js'
import { ObjectStore } from '../../src/store/object-store.js'
import { storeSettings } from '../../src/store/settings.js'

const [dir, key, kind] = process.argv.slice(2) as [string, string, 'shared' | 'exclusive']
const repository = openRepositoryAt(bytesFromText(dir))!
const settings = storeSettings(readConfig(repository), repository.workTree === undefined)
const store = new ObjectStore(repository.annexDir, settings)
try {
  const lock = lockContent(store, bytesFromText(key), kind)
  process.stdout.write('locked\n')
  readSync(0, Buffer.alloc(1))
  lock.release()
} catch (error) {
  if (!isAnnexError(error)) throw error
  process.stdout.write(`${error.code}\n`)
}
