/** `git annex unregisterurl KEY URL`: records that the content of a key cannot be had at a url. */
import { forgetUrl } from '../branch/urls.js'
import { urlRegistrationCommand } from '../cli/url-registration.js'

export const unregisterurl = urlRegistrationCommand({
  name: 'unregisterurl',
  summary: 'records that a key cannot be had at a url',
  record: ({ branch }, keyText, url) => forgetUrl(branch, keyText, url),
})
