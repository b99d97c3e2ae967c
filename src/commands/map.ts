/** `git annex map`: draws the repositories that can be found, and how they are connected. */
import type { Annex } from '../cli/annex.js'
import { type Action, type Command, type ItemUi, jsonOptions } from '../cli/command.js'
import { drawMap, type MapFacts, mapObject } from '../cli/map-graph.js'
import { type MapPlace, RepositoryMap } from '../cli/repository-map.js'
import { relative } from '../git/repository.js'
import { bytesFromText, bytesToBuffer, bytesToText } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { findProgram, runForeground } from '../platform/program.js'
import { runSync } from '../platform/subprocess.js'
import { isTerminal } from '../platform/terminal.js'
import { trustOf } from '../policy/trust.js'

const STANDARD_OUTPUT = 1

export const map: Command<typeof jsonOptions, 'repository'> = {
  name: 'map',
  section: 'query',
  summary: 'draws a map of the repositories',
  usage: '',
  needs: 'repository',
  leavesJournal: true,
  options: jsonOptions,
  async *run(annex, { options }) {
    const found = new RepositoryMap(annex)
    if (options.json || options['json-error-messages']) {
      yield jsonAction(annex, found)
      return
    }
    for (let place = found.next(); place; place = found.next())
      yield scanAction(found, place, options.quiet)
    yield drawAction(annex, found, { opens: !options.fast, isQuiet: options.quiet })
  },
}

function factsOf({ branch, trust }: Annex): MapFacts {
  return { descriptions: branch.descriptions(), trust: (uuid) => trustOf(uuid, trust) }
}

/** A repository that cannot be reached is missing in the map, which is no failure of the command. */
function scanAction(found: RepositoryMap, place: MapPlace, isQuiet: boolean): Action {
  const path = bytesToText(place.location)
  const shown = place.kind === 'path' ? path : (place.name ?? path)
  const start = `map ${place.name === undefined ? '.' : shown}`
  return {
    command: 'map',
    item: {},
    answer: true,
    isAlone: true,
    perform(ui) {
      const say = (text: string) => (isQuiet ? undefined : ui.line(bytesFromText(text)))
      const asksLong = place.kind === 'ssh'
      if (asksLong) say(`${start} (sshing...) `)
      ui.giveWay()
      const outcome = found.scan(place) ? 'ok' : 'failed'
      say(asksLong ? outcome : `${start} ${outcome}`)
      return true
    },
  }
}

function jsonAction(annex: Annex, found: RepositoryMap): Action {
  return {
    command: 'map',
    item: {},
    answer: true,
    perform(ui) {
      for (let place = found.next(); place; place = found.next()) found.scan(place)
      ui.field('nodes', mapObject(found.repositories, factsOf(annex)))
      return true
    },
  }
}

function drawAction(
  annex: Annex,
  found: RepositoryMap,
  { opens, isQuiet }: { opens: boolean; isQuiet: boolean },
): Action {
  return {
    command: 'map',
    item: {},
    answer: true,
    isAlone: true,
    perform(ui) {
      const { annexDir } = annex.repository
      const path = `${annexDir}/map.dot`
      files.makeDirs(annexDir)
      const text = drawMap(found.repositories, factsOf(annex))
      files.replaceFile(path, bytesToBuffer(bytesFromText(text)))
      const searchPath = annex.env['PATH'] ?? ''
      const dot = findProgram('dot', searchPath)
      const picture = `${annexDir}/map.svg`
      const names = [path]
      if (dot !== undefined) {
        const argv = [dot, '-Tsvg', '-o', bytesToText(picture), bytesToText(path)] as const
        if (runSync([...argv]).status === 0) names.push(picture)
      }
      const shown = names.map((name) => bytesToText(relative(annex.cwd, name)))
      if (!isQuiet) ui.line(bytesFromText(`\n  left map in ${shown.join(' and ')}`))
      return !opens || view(ui, bytesToText(path), searchPath)
    },
  }
}

/** Shows the map to somebody who sits at a screen. */
function view(ui: ItemUi, path: string, searchPath: string): boolean {
  const viewer = findProgram('xdot', searchPath)
  if (viewer === undefined || !isTerminal(STANDARD_OUTPUT)) return true
  ui.line(bytesFromText(`  running: xdot ${path}`))
  ui.giveWay()
  return runForeground([viewer, path]) === 0
}
