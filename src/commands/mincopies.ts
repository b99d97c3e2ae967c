/** `git annex mincopies`: how many copies of each content there must be, whatever happens. */
import { copiesCommand } from '../cli/copies-command.js'

export const mincopies = copiesCommand({
  name: 'mincopies',
  summary: 'shows or sets how many copies there must always be',
  log: 'mincopies.log',
  read: (branch) => branch.mincopies(),
  whenUnset: ['global mincopies is not set'],
})
