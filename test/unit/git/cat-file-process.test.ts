import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { PROJECT, someBytes, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const repo = scratch.repo('r')
repo.write('text', 'one\n')
repo.write('empty', '')
repo.write('big', someBytes(3_000_000))
repo.git('add', '.')

/** Runs a script with a `catFile` in Bun, the runtime of the executable (execa needs Node 22). */
function runScript(body: string, gitDir = repo.path('.git')): unknown {
  const from = (file: string) => JSON.stringify(join(PROJECT, 'src/git', file))
  scratch.repo('script').write(
    'script.ts',
    `import { createHash } from 'node:crypto'
    import { CatFile } from ${from('cat-file-process.ts')}
    import { openRepositoryAt } from ${from('repository.ts')}
    const repository = { ...openRepositoryAt(${JSON.stringify(repo.dir)})!, gitDir: '${gitDir}' }
    const catFile = new CatFile(repository)
    let result: unknown
    ${body}
    await catFile.close()
    console.log(JSON.stringify(result))`,
  )
  const bun = join(PROJECT, 'node_modules/.bin/bun')
  const { stdout } = repo.run([bun, 'run', scratch.path('script', 'script.ts')], {
    timeoutMs: 20_000,
  })
  return JSON.parse(stdout)
}

describe('CatFile', () => {
  test('answers each question, asked all at once', () => {
    const answers = runScript(`
      const names = [':text', ':big', ':nothing', ':empty', 'a\\nb', ':text', 'HEAD']
      const answers = await Promise.all(names.map((name) => catFile.read(name)))
      const sum = (content: Buffer) => createHash('sha1').update(content).digest('hex')
      result = answers.map((a) => a ? [a.type, a.oid, a.sizeBytes, sum(a.content)] : null)`)
    const expected = (content: string | Buffer) => {
      const bytes = Buffer.from(content)
      const oid = repo.run(['git', 'hash-object', '--stdin'], { input: bytes }).stdout.trim()
      return ['blob', oid, bytes.length, createHash('sha1').update(bytes).digest('hex')]
    }
    const text = expected('one\n')
    expect(answers).toEqual([
      text,
      expected(someBytes(3_000_000)),
      null,
      expected(''),
      null,
      text,
      null,
    ])
  })

  test('starts again after close()', () => {
    const body = `
      await catFile.close()
      const one = await catFile.read(':text')
      await catFile.close()
      const two = await catFile.read(':text')
      result = [one!.content.toString(), two!.content.toString()]`
    expect(runScript(body)).toEqual(['one\n', 'one\n'])
  })

  test('says so when git ends', () => {
    const body = `
      const ask = () => catFile.read(':text').then(String, (error) => error.message)
      result = [await ask(), await ask()]`
    const ended = 'git cat-file ended before it answered'
    expect(runScript(body, scratch.path('nowhere'))).toEqual([ended, ended])
  })
})
