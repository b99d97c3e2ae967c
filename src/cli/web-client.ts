/** The HTTP client, loaded and made when something is to be asked of the web. */
import type { GitConfig } from '../git/config.js'
import type { HttpClient } from '../remotes/http-client.js'

/** @returns what gives the one client, the same each time */
export function webClient(config: GitConfig): () => Promise<HttpClient> {
  let client: Promise<HttpClient> | undefined
  return () => {
    client ??= import('../remotes/http-client.js').then((module) => new module.HttpClient(config))
    return client
  }
}
