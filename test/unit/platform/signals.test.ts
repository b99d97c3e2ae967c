import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { BUN } from '../../support/bun.js'
import { PROJECT, useScratch } from '../../support/scratch.js'

const scratch = useScratch()

/** Runs a script with `deferSignals` at hand, in the runtime of the executable. */
function runScript(name: string, body: string) {
  const source = `
    import { writeFileSync } from 'node:fs'
    import { deferSignals } from ${JSON.stringify(join(PROJECT, 'src/platform/signals.ts'))}
    ${body}`
  scratch.repo(name).write('script.ts', source)
  return spawnSync(BUN, ['run', scratch.path(name, 'script.ts')], { cwd: scratch.path(name) })
}

describe('deferSignals()', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('finishes the work, then obeys %s', (signal) => {
    const { signal: died } = runScript(
      signal,
      `deferSignals(() => {
        process.kill(process.pid, '${signal}')
        writeFileSync('done', 'work')
      })
      setTimeout(() => writeFileSync('done', 'too late'), 1000)`,
    )
    expect(died).toBe(signal)
    expect(readFileSync(scratch.path(signal, 'done'), 'latin1')).toBe('work')
  })

  test('leaves no listener behind and hands the result over', () => {
    const { status, stdout } = runScript(
      'listeners',
      `const result = deferSignals(() => 42)
      try { deferSignals(() => { throw new Error('x') }) } catch (error) { console.log(error.message) }
      setTimeout(() => console.log(result, process.listenerCount('SIGINT')), 10)`,
    )
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 0, stdout: 'x\n42 0\n' })
  })

  test('leaves a signal to the listener that there is', () => {
    const { status } = runScript(
      'listener',
      `process.on('SIGTERM', () => { writeFileSync('heard', ''); process.exit(7) })
      deferSignals(() => process.kill(process.pid, 'SIGTERM'))
      setTimeout(() => process.exit(1), 1000)`,
    )
    expect(status).toBe(7)
    expect(existsSync(scratch.path('listener', 'heard'))).toBe(true)
  })
})
