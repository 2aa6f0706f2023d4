/**
 * What the command line needs of the OS process it runs in.
 *
 * Invariant: only `main.ts` and `worker.ts` touch the OS process; everything else gets this.
 */

/** The OS process, as commands see it. */
export interface Shell {
  /** Without the names of Node and of the program. */
  readonly arguments: readonly string[]
  /** How this program was called, for lines that are to be run again: `npx flotilla`. */
  readonly command: string
  /** The current folder, as an absolute path. */
  readonly folder: string
  /** How many processes can run at once. */
  readonly cores: number
  /** Whether this Node can import files of TypeScript. */
  readonly readsTypeScript: boolean
  /** Whether a debugger is attached, or may be. */
  readonly isDebugged: boolean
  /** Writes a line of the result. */
  print(line: string): void
  /** Writes a line for whoever waits: progress and refusals. */
  say(line: string): void
  /** Milliseconds of a clock that never goes back. */
  nowMs(): number
  /** Milliseconds that this OS process has computed. */
  readonly cpuMs: () => number
  /** What keeps the event loop of this OS process going, by type. */
  readonly activeResources: () => readonly string[]
  /**
   * Calls the listener when the user or the system asks for the end.
   *
   * @returns stops listening
   */
  onInterrupt(listener: () => void): () => void
}

/** What commands end with. */
export const exitCodes = Object.freeze({ ok: 0, failed: 1, refused: 2, interrupted: 130 } as const)
