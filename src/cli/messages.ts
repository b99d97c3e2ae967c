/** What is said outside of any item; the reporter decides how it looks. */
export interface Messages {
  /** Something done on the side, such as `recording state in git...`. */
  remark(text: string): void
  /** A message on standard error, as it is. */
  warning(text: string): void
  /** A warning about something asked for that cannot be done: counts as a failed item. */
  failure(text: string): void
}
