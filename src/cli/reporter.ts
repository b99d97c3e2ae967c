/** How the runner tells what happens; text and JSON each implement it (spec: CLI, sections 7, 8). */
import type { Action, ItemUi } from './command.js'

/** An item being worked on. */
export interface ReportedItem extends ItemUi {
  /** Ends the item. */
  finish(succeeded: boolean): void
  /** Ends the item as failed, with the error that broke it off. */
  fail(error: unknown): void
}

export interface Reporter {
  begin(action: Action): ReportedItem
  /** The answer to a request in a batch that needed no work: an empty line. */
  skipped(): void
  /** Something done on the side, such as `recording state in git...`; a line of its own. */
  remark(text: string): void
  /** A message that belongs to no item. */
  warning(text: string): void
  /** Everything reported so far reaches its reader now. */
  flush(): void
}
