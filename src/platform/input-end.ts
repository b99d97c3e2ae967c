/** Waiting for whoever started us to let go of our standard input. */

/** Resolves when standard input ends; what comes before is thrown away. */
export function untilInputEnds(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin
      .on('end', resolve)
      .on('close', resolve)
      .on('error', () => resolve())
    process.stdin.resume()
  })
}
