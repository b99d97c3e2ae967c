/** The map of repositories in Graphviz's language, laid out as git-annex does, and as JSON. */
import { type Bytes, bytesToText, compareBytes } from '../model/bytes.js'
import type { TrustLevel } from '../model/logs/trust-log.js'
import type { Uuid } from '../model/uuid.js'
import { hostOf, type MapPlace, type MappedRepository } from './repository-map.js'

/** What is recorded about repositories. */
export interface MapFacts {
  readonly descriptions: ReadonlyMap<Uuid, Bytes>
  readonly trust: (uuid: Uuid) => TrustLevel
}

const COLOURS: Readonly<Record<TrustLevel, string>> = {
  trusted: 'green',
  semitrusted: 'white',
  untrusted: 'red',
  dead: 'grey',
}

/** Draws the repositories that were found, then those that are only known by name. */
export function drawMap(repositories: readonly MappedRepository[], facts: MapFacts): string {
  const [ours, ...others] = repositories
  const ordered = ours ? [ours, ...others.reverse()] : []
  const blocks = ordered.map((repository) => drawRepository(repository, repositories, facts))
  const found = new Set(repositories.map(({ uuid }) => uuid))
  const unseen = [...facts.descriptions]
    .filter(([uuid]) => !found.has(uuid) && facts.trust(uuid) !== 'dead')
    .sort(([a], [b]) => compareBytes(a, b))
    .map(
      ([uuid, text]) => `\t${drawNode(bytesToText(uuid), bytesToText(text), facts.trust(uuid))}\n`,
    )
  return `digraph map {\n${blocks.join('')}${unseen.join('')}}\n`
}

function drawRepository(
  repository: MappedRepository,
  all: readonly MappedRepository[],
  facts: MapFacts,
): string {
  const host = hostOf(repository)
  const level = repository.uuid === undefined ? 'semitrusted' : facts.trust(repository.uuid)
  const node = drawNode(nodeId(repository), describe(repository, facts), level)
  const edges = repository.remotes.map((remote) => {
    const to = all.find((other) => other.location === remote.location)
    const target = to ??
      findByUuid(all, remote) ?? { ...remote, uuid: remote.knownUuid, remotes: [] }
    const { name } = remote
    const isPlain =
      name === undefined || name === describe(target, facts) || name === hostOf(target)
    const label = isPlain ? '' : ` [ label=${quote(name)} ]`
    return `\t${quote(nodeId(repository))} -> ${quote(nodeId(target))}${label}\n`
  })
  const settings = [
    `label=${quote(host.split('.')[0]!)}`,
    'style="filled"',
    'fillcolor="lightblue"',
  ]
  const lines = [...settings, node].map((line) => `\t\t${line}\n`).join('')
  return `\tsubgraph ${quote(`cluster_${host}`)} {\n${lines}\t}\n${edges.join('')}\n`
}

function findByUuid(all: readonly MappedRepository[], { knownUuid }: MapPlace) {
  return knownUuid === undefined ? undefined : all.find(({ uuid }) => uuid === knownUuid)
}

function drawNode(id: string, label: string, level: TrustLevel): string {
  return `${quote(id)} [ label=${quote(label)} ] [ style="filled" ] [ fillcolor="${COLOURS[level]}" ]`
}

function nodeId({ uuid, location }: MappedRepository): string {
  return bytesToText(uuid ?? location)
}

function describe({ uuid, name }: MappedRepository, { descriptions }: MapFacts): string {
  const described = uuid === undefined ? undefined : descriptions.get(uuid)
  return described === undefined ? (name ?? 'unknown') : bytesToText(described)
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '')}"`
}

/** The same for programs; what is dead is left out. */
export function mapObject(repositories: readonly MappedRepository[], facts: MapFacts) {
  const isAlive = (uuid: Uuid | undefined) => uuid === undefined || facts.trust(uuid) !== 'dead'
  const text = (bytes: Bytes | undefined) => (bytes === undefined ? null : bytesToText(bytes))
  return repositories
    .filter(({ uuid }) => isAlive(uuid))
    .map((repository) => ({
      description: describe(repository, facts),
      uuid: text(repository.uuid),
      url: text(repository.location),
      remotes: repository.remotes
        .map((remote) => {
          const known = repositories.find(({ location }) => location === remote.location)
          return { remote, uuid: known?.uuid ?? remote.knownUuid }
        })
        .filter(({ uuid }) => isAlive(uuid))
        .map(({ remote, uuid }) => ({
          remote: remote.name ?? null,
          uuid: text(uuid),
          url: text(remote.location),
        })),
    }))
}
