/** `git annex numcopies`: how many copies of each content there should be. */
import { copiesCommand } from '../cli/copies-command.js'

export const numcopies = copiesCommand({
  name: 'numcopies',
  summary: 'shows or sets how many copies there should be',
  log: 'numcopies.log',
  read: (branch) => branch.numcopies(),
  whenUnset: ['global numcopies is not set', '(default is 1)'],
})
