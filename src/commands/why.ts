/** `git annex why PATH …`: which rule, from where, decides whether a file is annexed. */
import type { Annex } from '../cli/annex.js'
import { type Action, type Command, type ItemUi, jsonOptions } from '../cli/command.js'
import { AddExplainer, type Explanation, type Verdict } from '../cli/explain-add.js'
import { pathShower } from '../cli/shown-path.js'
import { topPath } from '../git/list-files.js'
import { absolute, join } from '../git/repository.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'

export const why: Command<typeof jsonOptions, 'annex'> = {
  name: 'why',
  section: 'start',
  summary: 'tells which rule decides that a file is annexed or not',
  usage: 'PATH …',
  needs: 'annex',
  needsWorkTree: true,
  options: jsonOptions,
  async *run(annex, { words }) {
    if (words.length === 0) throw new AnnexError('USAGE', 'git annex why takes a path')
    const explainer = new AddExplainer(annex)
    for (const word of words) yield explainOne(annex, word, explainer)
  },
}

function explainOne(annex: Annex, word: string, explainer: AddExplainer): Action {
  const { repository, cwd } = annex
  const place = absolute(cwd, bytesFromText(word))
  const path = topPath(repository, place)
  const file = path ? pathShower(repository, cwd)(path) : bytesFromText(word)
  return {
    command: 'why',
    item: { file, input: [word] },
    answer: true,
    perform(ui) {
      const stat = path ? files.lstat(join(repository.workTree!, path)) : undefined
      if (!path || !stat || stat.isDirectory()) {
        const found = stat?.isDirectory() ? 'is a directory' : 'not found in this work tree'
        ui.warning(`${word}: ${found}; git annex why takes files`)
        return false
      }
      const explanation = explainer.explain(path, stat)
      showLines(ui, file, explanation, annex)
      showFields(ui, explanation)
      return true
    },
  }
}

function showLines(ui: ItemUi, file: Bytes, explanation: Explanation, annex: Annex): void {
  const { staged, gitAdd, annexAdd, filter } = explanation
  const now =
    staged === undefined
      ? 'not in the index'
      : staged === 'git'
        ? 'in git'
        : `annexed, content ${annex.store.has(staged.keyText) ? 'here' : 'not here'}`
  ui.line(file)
  ui.line(`  now: ${now}`)
  ui.line(`  git add: ${sentence(gitAdd)}`)
  ui.line(`  git annex add: ${sentence(annexAdd)}`)
  ui.line(`  filter: ${filter.value ?? 'none'}${inBrackets(filter.origin)}`)
}

function sentence({ isAnnexed, reason, rule, origin }: Verdict): Bytes {
  const place = [rule && `${rule.name}=${rule.value}`, origin].filter(Boolean).join(', ')
  return `${isAnnexed ? 'annexed' : 'to git'}, because ${reason}${inBrackets(place)}`
}

function inBrackets(text: Bytes | undefined): Bytes {
  return text ? ` (${text})` : ''
}

function showFields(ui: ItemUi, { staged, gitAdd, annexAdd, filter }: Explanation): void {
  ui.fields(() => ({
    annexed: typeof staged === 'object',
    key: typeof staged === 'object' ? bytesToText(staged.keyText) : null,
    staged: staged !== undefined,
    'git-add': verdictObject(gitAdd),
    'annex-add': verdictObject(annexAdd),
    filter: textOrNull(filter.value),
    'filter-origin': textOrNull(filter.origin),
  }))
}

function verdictObject({ isAnnexed, reason, rule, origin }: Verdict) {
  return {
    annexed: isAnnexed,
    reason,
    setting: rule?.name ?? null,
    value: textOrNull(rule?.value),
    origin: textOrNull(origin),
  }
}

function textOrNull(bytes: Bytes | undefined): string | null {
  return bytes === undefined ? null : bytesToText(bytes)
}
