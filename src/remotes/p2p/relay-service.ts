/**
 * A service of git's (git-upload-pack, git-receive-pack) over a P2P connection: its input and its output
 * come and go as `DATA`. Implements spec: transfer, section 4.4 (CONNECT).
 */
import type { Bytes } from '../../model/bytes.js'
import type { ByteStream } from './connection.js'
import type { ServerConnection } from './server-connection.js'

const GIT_SERVICES = ['git-upload-pack', 'git-receive-pack'] as const
/** What git talks to when it fetches and pushes. */
export type GitService = (typeof GIT_SERVICES)[number]

/** Whether a client may ask for it by this name. */
export function isGitService(name: Bytes): name is GitService {
  return GIT_SERVICES.some((service) => service === name)
}

/** Passes on what the client and the service say, until the service has ended; then so has the session. */
export async function relayService(client: ServerConnection, service: ByteStream): Promise<void> {
  // A client that goes away, or says something else, is the end of the service's input.
  passInput(client, service).catch(() => service.closeInput())
  await passOutput(client, service)
  client.send({ name: 'CONNECTDONE', number: await service.exited })
}

async function passInput(client: ServerConnection, service: ByteStream): Promise<void> {
  for (;;) {
    const message = await client.nextLater()
    if (message?.name !== 'DATA') break
    await client.takeLater(message.length, (bytes) => service.write(bytes))
  }
  service.closeInput()
}

async function passOutput(client: ServerConnection, service: ByteStream): Promise<void> {
  for (;;) {
    const chunk = await service.read()
    if (chunk === undefined) return
    client.send({ name: 'DATA', length: chunk.length })
    client.sendBytes(chunk)
    client.flush()
  }
}
