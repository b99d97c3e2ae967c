/** `git annex registerurl KEY URL`: records that the content of a key can be had at a url. */
import { recordUrl } from '../branch/urls.js'
import { urlRegistrationCommand } from '../cli/url-registration.js'

export const registerurl = urlRegistrationCommand({
  name: 'registerurl',
  summary: 'records that a key can be had at a url',
  record: ({ branch }, keyText, url) => recordUrl(branch, keyText, url),
})
