/** An output that keeps what is written, for tests of reporters. */
import type { Output } from '../../src/cli/output.js'

export class MemoryOutput implements Output {
  readonly isTerminal: boolean
  stdout = ''
  stderr = ''
  /** What a terminal that shows both streams would get, in order. */
  both = ''

  constructor(options: { isTerminal?: boolean } = {}) {
    this.isTerminal = options.isTerminal ?? false
  }

  write(bytes: string): void {
    this.stdout += bytes
    this.both += bytes
  }

  writeError(bytes: string): void {
    this.stderr += bytes
    this.both += bytes
  }

  flush(): void {}
}
