import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { overwrite, setOpenMtime } from '../../../src/platform/overwrite.js'
import { PROJECT, someBytes, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const repo = scratch.repo('r')

/** Mounting a file system of 32 KiB needs a mount namespace, which only root surely gets. */
const canMount = spawnSync('unshare', ['-m', 'true']).status === 0

describe('overwrite()', () => {
  test.each([
    ['longer', 'old', 'the new content'],
    ['shorter', 'the old content', 'new'],
    ['empty', 'old', ''],
  ])('leaves exactly the new content when it is %s', (name, before, after) => {
    repo.write(name, before)
    const fd = openSync(repo.path(name), 'r+')
    overwrite(fd, Buffer.from(after), Buffer.from(before))
    setOpenMtime(fd, 1_600_000_000)
    closeSync(fd)
    expect(repo.read(name).toString()).toBe(after)
    expect(statSync(repo.path(name)).mtimeMs).toBe(1_600_000_000_000)
  })

  const onFullDisk = canMount ? test : test.skip
  onFullDisk('puts the old content back when the disk is full', () => {
    repo.write('big', someBytes(200_000))
    repo.write(
      'script.ts',
      `import * as fs from 'node:fs'
      import { overwrite } from ${JSON.stringify(join(PROJECT, 'src/platform/overwrite.ts'))}
      fs.writeFileSync('full/f', 'the pointer')
      const fd = fs.openSync('full/f', 'r+')
      try {
        overwrite(fd, fs.readFileSync('big'), Buffer.from('the pointer'))
      } catch (error) {
        fs.writeFileSync('result', error.code + ' ' + fs.readFileSync('full/f'))
      }`,
    )
    const bun = join(PROJECT, 'node_modules/.bin/bun')
    const script = 'mkdir full && mount -t tmpfs -o size=32k tmpfs full && "$0" run script.ts'
    repo.run(['unshare', '-m', 'sh', '-c', script, bun])
    expect(readFileSync(repo.path('result'), 'latin1')).toBe('ENOSPC the pointer')
  })
})
