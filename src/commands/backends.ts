/** `git annex backends`: the names that `--backend` takes, and what their keys are good for. */
import { type Backend, backendNames, backendOfKey } from '../backends/registry.js'
import { type Action, type Command, jsonOptions } from '../cli/command.js'
import { bytesFromText, bytesToText } from '../model/bytes.js'
import { listPrograms } from '../platform/program.js'

const PROGRAM = /^git-annex-backend-(X[^/]*)$/

export const backends: Command<typeof jsonOptions, 'nothing'> = {
  name: 'backends',
  section: 'query',
  summary: 'lists the backends, which make keys',
  usage: '',
  needs: 'nothing',
  options: jsonOptions,
  async *run({ env }) {
    const programs = listPrograms('git-annex-backend-X', env.PATH ?? '')
    const external = programs.flatMap((program) => {
      const name = PROGRAM.exec(program)?.[1]
      return name === undefined || name.endsWith('E') ? [] : [`${name}E`, name]
    })
    const names = new Set([...backendNames(), ...external.map(bytesFromText)])
    for (const name of names) yield describe(backendOfKey(name)!)
  },
}

function describe(backend: Backend): Action {
  return {
    command: 'backends',
    item: {},
    answer: true,
    perform(ui) {
      ui.line(backend.name)
      ui.fields(() => ({
        backend: bytesToText(backend.name),
        kind: backend.kind,
        generates: backend.isGenerating,
        verifies: backend.isVerifiable,
        secure: backend.isSecure,
        extension: backend.takesExtension,
      }))
      return true
    },
  }
}
