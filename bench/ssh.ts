/**
 * Contents over ssh on the loopback interface, beside scp and rsync on the same files: what the P2P
 * protocol, verification and the records of both repositories cost. Serves issue 6.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Scratch, type ScratchRepo } from '../test/support/scratch-repo.js'
import { SshServer } from '../test/support/ssh-server.js'
import { FileSet } from './file-set.js'
import { measure, settle } from './measure.js'
import type { Table } from './table.js'

/** Columns of the table, ours last. */
export const SSH_PROGRAMS = ['scp', 'rsync', 'git-annex', 'ours'] as const
type SshProgram = (typeof SSH_PROGRAMS)[number]

export interface SshWorkload {
  readonly row: string
  readonly files: number
  readonly sizeBytes: number
  readonly programs: readonly SshProgram[]
  repeatsOf(program: SshProgram): number
}

interface Bench {
  readonly scratch: Scratch
  readonly origin: ScratchRepo
  readonly files: FileSet
  readonly servers: Readonly<Record<'ours' | 'real', SshServer>>
}

/** Measures fetching all files of one repository, each time into a place that has none of them. */
export async function measureSsh(workload: SshWorkload, table: Table): Promise<void> {
  const scratch = Scratch.make()
  const servers = {
    ours: await SshServer.start(scratch, 'ours'),
    real: await SshServer.start(scratch, 'real'),
  }
  try {
    const files = new FileSet(workload.files, workload.sizeBytes)
    const origin = scratch.repo('origin')
    origin.annex('init', '-q', 'origin')
    files.write(origin.dir)
    origin.run(['git', 'annex', 'add', '-q', '.'], { timeoutMs: 600_000 })
    origin.run(['git', 'commit', '-qm', 'files'], { timeoutMs: 600_000 })
    const bench = { scratch, origin, files, servers }
    const most = Math.max(...workload.programs.map(workload.repeatsOf))
    for (let run = 1; run <= most; run++)
      for (const program of workload.programs)
        if (run <= workload.repeatsOf(program))
          await measureOne(bench, program, { workload, table })
  } finally {
    for (const server of Object.values(servers)) server.stop()
    scratch.remove()
  }
}

async function measureOne(
  bench: Bench,
  program: SshProgram,
  { workload, table }: { workload: SshWorkload; table: Table },
): Promise<void> {
  const { scratch, files } = bench
  const isAnnex = program === 'git-annex' || program === 'ours'
  const client = program === 'ours' ? 'ours' : 'real'
  const server = bench.servers[client]
  const cwd = scratch.path('copy')
  if (isAnnex) makeClone(bench, client)
  const env = `export PATH='${server.env(client)['PATH']}'`
  settle()
  const line = isAnnex ? 'git annex get -q .' : copyLine(program, bench)
  const place = { scratch, cwd: isAnnex ? cwd : scratch.dir, program: client } as const
  const sample = await measure(`${env}; ${line}`, place)
  files.verify(cwd)
  table.add(workload.row, program, sample)
  process.stderr.write(`${program} ${workload.row} ${sample.seconds.toFixed(3)}\n`)
  removeCopy(scratch)
}

function makeClone({ scratch, origin, servers }: Bench, client: 'ours' | 'real'): void {
  const clone = servers[client].clone(origin, 'copy', client)
  const env = servers[client].env(client)
  clone.run(['git', 'annex', 'init', '-q', 'copy'], { program: client, env })
  scratch.run(['git', '-C', clone.dir, 'config', 'annex.diskreserve', '0'])
}

function copyLine(program: 'scp' | 'rsync', { origin, servers }: Bench): string {
  const { bin, port } = servers.real
  const from = `127.0.0.1:${origin.dir}`
  return program === 'scp'
    ? `mkdir copy && scp -q -r -S '${bin}/ssh' -P ${port} '${from}/d*' copy/`
    : `rsync -a --exclude=.git -e 'ssh -p ${port}' '${from}/' copy/`
}

function removeCopy(scratch: Scratch): void {
  scratch.run(['chmod', '-R', 'u+w', join(scratch.dir, 'copy')])
  rmSync(join(scratch.dir, 'copy'), { recursive: true, force: true })
}
