import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectInGit, expectPointer, listObjects } from './support/expect.js'
import { PROJECT, useScratch } from './support/scratch.js'

describe('README.md', () => {
  const readme = readFileSync(`${PROJECT}/README.md`, 'utf8')
  const session = /## A first session\n\n```sh\n([\s\S]*?)```/.exec(readme)?.[1]
  const scratch = useScratch()

  test('has a first session that works when pasted', () => {
    const { stdout } = scratch.run(['sh', '-e', '-c', session!])
    const source = scratch.open('photos')
    const clone = scratch.open('copy')
    const key = expectPointer(source, 'film.mov')
    expect(stdout).toContain(`/annex/objects/${key}\n`)
    expect(stdout).toContain('whereis film.mov (2 copies)')
    expect(stdout).toContain('my laptop')
    expectInGit(source, 'notes.txt')
    expect([...listObjects(source).keys()]).toEqual([key])
    expect([...listObjects(clone).keys()]).toEqual([])
    for (const repo of [source, clone]) expectClean(repo)
  })

  test('leads only to pages that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!)
    expect(links.length).toBeGreaterThan(3)
    for (const link of links) expect(readFileSync(`${PROJECT}/${link}`, 'utf8')).toMatch(/^# /)
  })
})
