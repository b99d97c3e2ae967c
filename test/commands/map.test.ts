import { readFileSync, renameSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { makeFamily } from '../support/family.js'
import { uuidOf } from '../support/locations.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'
import { SshServer, whyNoSshd } from '../support/ssh-server.js'

const scratch = useScratch()
const missing = whyNoSshd()

const readMap = (repo: ScratchRepo) => readFileSync(repo.path('.git/annex/map.dot'), 'utf8')

/** Its statements, in no order: nodes, edges and frames. */
const statements = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .sort()

test('git annex map draws what git-annex draws', () => {
  const { repo, remotes } = makeFamily(scratch, ['a', 'b'])
  repo.annex('trust', '-q', '--force', 'a')
  repo.annex('untrust', '-q', 'b')
  repo.git('remote', 'add', 'elsewhere', 'https://host.invalid/y.git')
  const { status, stdout } = repo.tryAnnex('map', '--fast')
  expect(status).toBe(0)
  expect(stdout.split('\n').slice(0, 2)).toEqual(['map . ok', `map ${remotes[0]!.dir} ok`])
  expect(stdout).toMatch(/\nmap elsewhere ok\n\n {2}left map in \.git\/annex\/map\.dot/)
  const ours = readMap(repo)
  repo.realAnnex('map', '--fast')
  // git-annex forgets what remotes on disk are called.
  const comparable = (text: string) =>
    statements(text.replace(/(-> "\S+") \[ label="\w+" \]$/gm, '$1'))
  expect(comparable(ours)).toEqual(comparable(readMap(repo)))
  expect(ours).toContain(`\t"${uuidOf(repo)}" -> "${uuidOf(remotes[0]!)}" [ label="a" ]\n`)
  expect(ours).toContain(`[ label="repository a" ] [ style="filled" ] [ fillcolor="green" ]`)
  expect(ours).toMatch(/\[ label="repository b" \] \[ style="filled" \] \[ fillcolor="red" \]/)
  const { nodes } = JSON.parse(repo.annex('map', '--json').stdout)
  expect(nodes[0]).toMatchObject({
    description: 'repository here',
    uuid: uuidOf(repo),
    url: repo.dir,
  })
  expect(nodes[0].remotes.map(({ remote }: { remote: string }) => remote)).toEqual([
    'a',
    'b',
    'elsewhere',
  ])
  renameSync(remotes[1]!.dir, repo.path('../gone'))
  expect(repo.annex('map').stdout).toContain(`map ${remotes[1]!.dir} failed\nmap elsewhere ok\n`)
  expect(readMap(repo)).toContain('[ label="repository b" ]')
  expect(repo.annex('map', '-q').stdout).toBe('')
})

const sshTest = missing === undefined ? test : test.skip
sshTest(`git annex map asks repositories behind ssh${missing ? ` (${missing})` : ''}`, async () => {
  const { remotes } = makeFamily(scratch, ['a', 'b'])
  const server = await SshServer.start(scratch)
  try {
    remotes[0]!.git('remote', 'add', 'plain', '../b')
    const clone = server.clone(remotes[0]!, 'behind')
    clone.run(['git', 'annex', 'init', 'far away'], { env: server.env() })
    const { stdout } = clone.run(['git', 'annex', 'map', '--fast'], { env: server.env() })
    expect(stdout).toContain('map origin (sshing...) \nok\n')
    const map = readMap(clone)
    expect(map).toContain('\tsubgraph "cluster_127.0.0.1" {\n\t\tlabel="127"\n')
    expect(map).toContain(`\t"${uuidOf(clone)}" -> "${uuidOf(remotes[0]!)}" [ label="origin" ]\n`)
    expect(map).toContain(`\t"${uuidOf(remotes[0]!)}" -> "${uuidOf(remotes[1]!)}"\n`)
  } finally {
    server.stop()
  }
})
