/**
 * The library as few files: build/library -> dist. Node needs a third of a millisecond for each
 * file that it loads, and whoever imports the package loads all of them. Names and lines stay as
 * they are, so that a stack trace leads to code that a reader understands.
 */
import { defineConfig } from 'rolldown'

/** What is imported, run or started as a thread by its path. */
const entries = ['index', 'testing/index', 'cli/main', 'cli/worker', 'cli/watchdog']

export default defineConfig({
  input: Object.fromEntries(entries.map((entry) => [entry, `build/library/${entry}.js`])),
  platform: 'node',
  output: {
    dir: 'dist',
    cleanDir: true,
    chunkFileNames: '[name].js',
    // Else what the main entry point shares with the others would be a file for each way of sharing.
    codeSplitting: { groups: [{ name: 'flotilla', test: /library[\\/](?!cli|testing)/ }] },
  },
})
