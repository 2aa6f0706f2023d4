/**
 * What is left to say when a process that simulates is ended because its code does not come back.
 */

/** The file descriptor on which its watchdog says it. */
export const lastWordsAt = 4

/** What a debugger says when it has paused. */
interface Paused {
  readonly callFrames: readonly {
    readonly functionName: string
    readonly location: {
      readonly scriptId: string
      readonly lineNumber: number
      readonly columnNumber?: number | undefined
    }
  }[]
}

const framesMax = 5

/**
 * The calls under way, as in a stack trace, the innermost first.
 *
 * @param paused what a debugger says when it has paused
 * @param urls of scripts, by their ids
 */
export function stackLines({ callFrames }: Paused, urls: ReadonlyMap<string, string>): string[] {
  return callFrames.slice(0, framesMax).map(({ functionName, location }) => {
    const { scriptId, lineNumber, columnNumber = 0 } = location
    const place = `${urls.get(scriptId) ?? 'unknown'}:${lineNumber + 1}:${columnNumber + 1}`
    return functionName === '' ? `at ${place}` : `at ${functionName} (${place})`
  })
}
