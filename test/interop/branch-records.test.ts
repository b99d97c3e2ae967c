import { existsSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import {
  A,
  addFile,
  B,
  journalFiles,
  nextName,
  ours,
  realLocations,
  realRepo,
  type Step,
  segments,
  show,
  subjects,
} from '../support/branch-pair.js'
import { uuidOf } from '../support/locations.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

describe('AnnexBranch and git-annex on one repository', () => {
  test('AnnexBranch.commit() writes what the real program reads', () => {
    const repo = realRepo(scratch)
    const key = addFile(repo, 'f')
    ours(repo, [
      ['setPresence', key, A, true],
      ['edit', 'uuid.log', { kind: 'uuid', uuid: A, value: 'disk one' }],
      ['edit', 'numcopies.log', { kind: 'number', value: 3 }],
      ['edit', 'trust.log', { kind: 'uuid', uuid: A, value: '1' }],
      ['commit'],
    ])
    expect(realLocations(repo, key)).toEqual([A, uuidOf(repo)].sort())
    expect(repo.realAnnex('whereis', 'f').stdout).toContain('disk one')
    expect(repo.realAnnex('numcopies').stdout.trim()).toBe('3')
    expect(repo.realAnnex('info', '--fast').stdout).toMatch(/trusted repositories: 1\n.*disk one/s)
    expect(subjects(repo)[0]).toBe('update')
    expect(segments(repo)).toEqual([])
    // It goes on writing on top of ours.
    repo.realAnnex('describe', 'here', 'renamed')
    repo.realAnnex('setpresentkey', key, A, '0')
    repo.realAnnex('merge')
    expect(ours(repo, [['locations', key]])[0]).toEqual([uuidOf(repo)])
    expect(ours(repo, [['descriptions']])[0]).toContainEqual([uuidOf(repo), 'renamed'])
    expect(repo.git('fsck', '--strict').stdout).toBe('')
  })

  test('AnnexBranch.read() sees what is only in the journal of git-annex', () => {
    const repo = realRepo(scratch)
    const key = addFile(repo, 'f')
    repo.realAnnex('setpresentkey', key, B, '1')
    expect(journalFiles(repo, 'journal')).toHaveLength(1)
    const [found] = ours(repo, [['locations', key]])
    expect(found).toEqual([B, uuidOf(repo)].sort())
  })

  test('AnnexBranch.commit() takes in both journals at once', () => {
    const repo = realRepo(scratch)
    const key = addFile(repo, 'f_under/score'.replace('/', '-'))
    repo.realAnnex('setpresentkey', key, B, '1')
    const before = subjects(repo).length
    ours(repo, [['setPresence', key, A, true], ['commit']])
    expect(subjects(repo)).toHaveLength(before + 1)
    expect(journalFiles(repo, 'journal')).toEqual([])
    expect(realLocations(repo, key)).toEqual([A, B, uuidOf(repo)].sort())
  })

  test('AnnexBranch.read() sees records of other processes before they are committed', () => {
    const repo = realRepo(scratch)
    const key = addFile(repo, 'f')
    ours(repo, [['setPresence', key, A, true]])
    expect(segments(repo)).toHaveLength(1)
    expect(ours(repo, [['locations', key]])[0]).toContain(A)
    expect(realLocations(repo, key)).toEqual([uuidOf(repo)])
    ours(repo, [['commit']])
    expect(realLocations(repo, key)).toContain(A)
  })

  test('AnnexBranch.setPresence() of what is so already makes no commit', () => {
    const repo = realRepo(scratch)
    const key = addFile(repo, 'f')
    const before = repo.git('rev-parse', 'git-annex').stdout
    ours(repo, [['setPresence', key, uuidOf(repo), true], ['commit']])
    expect(repo.git('rev-parse', 'git-annex').stdout).toBe(before)
    expect(segments(repo)).toEqual([])
  })

  test('AnnexBranch.commit() writes the clock it was given, past older lines', () => {
    const repo = realRepo(scratch)
    const key = 'WORM-s1-m1--x'
    ours(repo, [['setPresence', key, A, true], ['commit']], { clock: '5.5s' })
    ours(repo, [['setPresence', key, A, false], ['commit']], { clock: '5s' })
    const [path] = ours(repo, [['logPath', key]])
    expect(show(repo, path as string)).toBe(`6.5s 0 ${A}\n`)
  })

  test('AnnexBranch.create() makes an empty first commit, and takes over origin', () => {
    const bare = scratch.repo(nextName(), '--bare')
    ours(bare, [['create']])
    expect(subjects(bare)).toEqual(['branch created'])
    expect(bare.git('ls-tree', 'git-annex').stdout).toBe('')
    const origin = realRepo(scratch)
    addFile(origin, 'f')
    const clone = scratch.clone(origin, nextName())
    ours(clone, [['create']])
    expect(clone.git('rev-parse', 'git-annex').stdout).toBe(
      origin.git('rev-parse', 'git-annex').stdout,
    )
  })

  test('AnnexBranch works in a bare repository', () => {
    const bare = scratch.repo(nextName(), '--bare')
    bare.realAnnex('init', '-q', 'bare')
    ours(bare, [['setPresence', 'WORM-s1-m1--x', A, true], ['commit']])
    expect(realLocations(bare, 'WORM-s1-m1--x')).toEqual([A])
  })

  test('AnnexBranch keeps what concerns a private repository out of the branch', () => {
    const repo = realRepo(scratch)
    repo.git('config', 'annex.private', 'true')
    const own = uuidOf(repo)
    const key = 'WORM-s1-m1--x'
    const steps: Step[] = [
      ['setPresence', key, own, true],
      ['setPresence', key, A, true],
    ]
    const options = { privateUuids: [own] }
    expect(ours(repo, [...steps, ['locations', key]], options)[2]).toEqual([A, own].sort())
    ours(repo, [['commit']], options)
    const [path] = ours(repo, [['logPath', key]])
    expect(show(repo, path as string)).toMatch(new RegExp(`^\\d+s 1 ${A}\\n$`))
    expect(journalFiles(repo, 'journal-private')).toHaveLength(1)
    expect(realLocations(repo, key)).toEqual([A, own].sort())
    expect(ours(repo, [['locations', key]], options)[0]).toEqual([A, own].sort())
    ours(repo, [['setPresence', key, own, false], ['commit']], options)
    expect(realLocations(repo, key)).toEqual([A])
  })

  test('AnnexBranch reads many keys from its cache, and notices what changed', () => {
    const repo = realRepo(scratch)
    ours(repo, [['repeat', 300, 'setPresence', 'WORM-s1-m1--k#', A, true], ['commit']])
    const keys = ours(repo, [['keysInBranch']])[0] as string[]
    expect(keys).toHaveLength(300)
    expect(existsSync(repo.path('.git/annex/annexe/cache/branch'))).toBe(true)
    repo.realAnnex('setpresentkey', 'WORM-s1-m1--k7', A, '0')
    repo.realAnnex('setpresentkey', 'WORM-s1-m1--new', A, '1')
    repo.realAnnex('merge')
    const logs = new Map(ours(repo, [['locationLogs']])[0] as [string, string][])
    expect(logs.size).toBe(301)
    expect(logs.get('WORM-s1-m1--k7')).toMatch(/ 0 /)
    expect(logs.get('WORM-s1-m1--new')).toMatch(/ 1 /)
    writeFileSync(repo.path('.git/annex/annexe/cache/branch'), 'rubbish')
    expect(ours(repo, [['keysInBranch']])[0]).toHaveLength(301)
  })
})
