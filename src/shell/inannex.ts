/** `inannex DIRECTORY KEY …`: whether contents are here. */
import { isBeingRemoved } from '../store/content-lock.js'
import { CANNOT_TELL, NO, type ShellCommand, YES } from './command.js'
import { parseKeys } from './keys.js'

export const inannex: ShellCommand = {
  name: 'inannex',
  parameters: 'KEY ...',
  summary: 'checks if keys are present in the annex',
  changes: 'nothing',
  needsAnnex: true,
  async run({ repository, parameters }) {
    const keys = parseKeys(parameters)
    const { store } = await repository.openAnnex()
    if (!keys.every((key) => store.has(key))) return NO
    return keys.some((key) => isBeingRemoved(store, key)) ? CANNOT_TELL : YES
  },
}
