import { expect, test } from '@jest/globals'
import { expectClean } from '../support/expect.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex upgrade brings the configuration up to date and keeps the rest', () => {
  const repo = scratch.repo('old')
  repo.realAnnex('init', 'made by git-annex')
  repo.write('film', 'content\n')
  repo.realAnnex('add', '-q', 'film')
  repo.realGit('commit', '-q', '-m', 'film')
  const uuid = repo.git('config', 'annex.uuid').stdout
  expect(repo.annex('upgrade').stdout).toBe('upgrade ok\n')
  expect(repo.git('config', 'annex.uuid').stdout).toBe(uuid)
  expect(repo.git('config', 'annex.version').stdout).toBe('10\n')
  expect(repo.git('config', 'filter.annex.required').stdout).toBe('true\n')
  expect(repo.annex('whereis', 'film').stdout).toContain('made by git-annex')
  expectClean(repo)
  expect(repo.realAnnex('fsck', '-q').status).toBe(0)
})

test('git annex upgrade refuses a version it does not know', () => {
  const repo = scratch.repo('future')
  repo.annex('init')
  repo.git('config', 'annex.version', '99')
  const { status, stderr } = repo.tryAnnex('upgrade')
  expect(status).toBe(1)
  expect(stderr).toContain('is at unsupported version 99. Upgrade git-annex.')
})

test('git annex upgrade goes from version 8 to 9 at once, and to 10 as git-annex does', () => {
  const repo = scratch.repo('eight')
  repo.realAnnex('init')
  repo.write('f', 'content\n')
  repo.annex('add', '-q', 'f')
  repo.git('config', 'annex.version', '8')
  // It is worked on as it is.
  repo.annex('drop', '--force', '-q', 'f')
  expect(repo.git('config', 'annex.version').stdout).toBe('8\n')
  expect(repo.annex('upgrade', '--autoonly').stdout).toBe('upgrade ok\n')
  const { stdout, stderr } = repo.annex('upgrade')
  expect(stdout).toBe('upgrade (v8 to v9...) \nok\n')
  expect(stderr).toContain('deferred until one year after the v9 upgrade')
  // git-annex finds when that was, and waits, too.
  expect(repo.tryRealAnnex('upgrade').stderr).toContain('deferred until one year')
  expect(repo.git('config', 'annex.version').stdout).toBe('9\n')
  repo.write('.git/annex/upgrade.log', '9 1600000000.5s\n')
  expect(repo.annex('upgrade').stdout).toBe('upgrade (v9 to v10...) ok\n')
  expect(repo.git('config', 'annex.version').stdout).toBe('10\n')
  repo.git('config', 'annex.version', '8')
  expect(repo.annex('upgrade', '--force').stdout).toBe('upgrade (v8 to v9...) (v9 to v10...) ok\n')
})

test.each([
  ['7', 'is at unsupported version 7.'],
  ['ten', 'annex.version is "ten", which is no version'],
])('git annex says of version %s what is to be done', (version, message) => {
  const repo = scratch.repo(`v${version}`)
  repo.annex('init')
  repo.git('config', 'annex.version', version)
  for (const command of ['find', 'fsck', 'init']) {
    const { status, stderr } = repo.tryAnnex(command)
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(message) })
  }
})
