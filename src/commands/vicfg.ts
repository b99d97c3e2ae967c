/** `git annex vicfg`: the settings of the git-annex branch, in an editor. */
import type { Annex } from '../cli/annex.js'
import type { Command } from '../cli/command.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { formatSettings, parseSettings } from '../cli/settings-text.js'
import { readSharedSettings, recordSharedSettings } from '../cli/shared-settings.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { BITTORRENT_UUID, type Uuid, WEB_UUID } from '../model/uuid.js'
import * as files from '../platform/files.js'
import { runForeground } from '../platform/program.js'

export const vicfg: Command<Record<never, never>, 'annex'> = {
  name: 'vicfg',
  section: 'setup',
  summary: 'edits the configuration that all clones share',
  usage: '',
  needs: 'annex',
  options: {},
  async *run(annex) {
    const descriptions = await describeAll(annex)
    yield {
      command: 'vicfg',
      item: {},
      answer: true,
      perform(ui) {
        ui.giveWay()
        const before = readSharedSettings(annex.branch)
        const path = `${annex.repository.annexDir}/config.tmp`
        files.writeFile(path, Buffer.from(formatSettings(before, descriptions), 'latin1'), 0o600)
        try {
          recordSharedSettings(annex.branch, before, editUntilRight(annex, path))
        } finally {
          files.remove(path)
        }
        return true
      },
    }
  },
}

/** Everybody who is known, remotes without a description by their names. */
async function describeAll(annex: Annex): Promise<Map<Uuid, Bytes>> {
  const names = await RepositoryNames.read(annex)
  const known = [WEB_UUID, BITTORRENT_UUID, ...annex.branch.descriptions().keys()]
  const described = new Map(known.map((uuid) => [uuid, names.describe(uuid)]))
  for (const { uuid, name } of await annex.remotes())
    if (!described.has(uuid)) described.set(uuid, name)
  return new Map([...described].map(([uuid, text]) => [uuid, bytesFromText(text)]))
}

/** @throws AnnexError USAGE when the editor fails: then nothing is changed */
function editUntilRight({ env }: Annex, path: Bytes) {
  // The shell takes the setting apart: it may have options.
  const editor = env['EDITOR'] ?? 'vi'
  for (;;) {
    const argv = ['sh', '-c', `${editor} "$1"`, 'vicfg', bytesToText(path)]
    if (runForeground(argv) !== 0)
      throw new AnnexError('USAGE', `${editor} exited nonzero; aborting`)
    const parsed = parseSettings(files.readFile(path)?.toString('latin1') ?? '')
    if ('settings' in parsed) return parsed.settings
    files.writeFile(path, Buffer.from(parsed.problems, 'latin1'))
  }
}
