// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the formats look like that
import { expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex findkeys lists the keys that git-annex lists', () => {
  const clone = makePeerClone(scratch)
  expectLikeGitAnnex(clone, ['findkeys', '--json', '--not', '--in=here'])
  expectLikeGitAnnex(clone, ['findkeys', '--not', '--in', 'here'])
  const sorted = (...args: string[]) =>
    [clone.annex, clone.realAnnex].map((run) =>
      run
        .call(clone, 'findkeys', ...args)
        .stdout.split(/\n|\0/)
        .sort(),
    )
  for (const args of [
    [],
    ['--anything'],
    ['--print0'],
    ['--format', '${bytesize} ${file}${key}\\n'],
  ]) {
    const [ours, real] = sorted(...args)
    expect({ args, ours }).toEqual({ args, ours: real })
    expect(ours!.length).toBe(args[0] === '--anything' ? 4 : 3)
  }
  expect(clone.tryAnnex('findkeys', 'here.txt').status).toBe(1)
  expect(clone.tryAnnex('findkeys', '--include=*').status).toBe(1)
})
