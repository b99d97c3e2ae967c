/** The server's end of rsync, which `sendkey` and `recvkey` run on one file. */
import { type Bytes, bytesToText } from '../model/bytes.js'
import { runForeground } from '../platform/program.js'

/** What git-annex's clients expect of the other end; `-e.Lsf` tells what the protocol may use. */
const SERVER_OPTIONS = ['--server', '-t', '--inplace', '-e.Lsf']
const BANDWIDTH = /^--bwlimit=\d+[KMGkmg]?$/

/**
 * Runs rsync on standard input and output.
 * @param clientOptions options that the client wants; only a limit of the bandwidth is honoured
 * @returns its exit status
 */
export function runRsyncServer(
  direction: 'send' | 'receive',
  path: Bytes,
  clientOptions: readonly string[],
): number {
  const options = clientOptions.filter((option) => BANDWIDTH.test(option))
  const sender = direction === 'send' ? ['--sender'] : []
  const argv = ['rsync', ...SERVER_OPTIONS, ...sender, ...options, '.', bytesToText(path)]
  return runForeground(argv)
}
