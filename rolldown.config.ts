/**
 * The library as few files: build/library -> dist. Node needs a third of a millisecond for each
 * file that it loads, and whoever imports the package loads all of them. Names and lines stay as
 * they are, so that a stack trace leads to code that a reader understands.
 */
import { defineConfig, type Plugin } from 'rolldown'

/** What is imported, run or started as a thread by its path. */
const entries = ['index', 'testing/index', 'cli/main', 'cli/worker', 'cli/watchdog']

/** One letter that needs two bytes, and the engine reads the whole file two bytes at a time. */
const plainLetters: Plugin = {
  name: 'plain-letters',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, escapeUnit)
    }
  },
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

export default defineConfig({
  input: Object.fromEntries(entries.map((entry) => [entry, `build/library/${entry}.js`])),
  platform: 'node',
  plugins: [plainLetters],
  output: {
    dir: 'dist',
    cleanDir: true,
    chunkFileNames: '[name].js',
    // Else what the main entry point shares with the others would be a file for each way of sharing.
    codeSplitting: { groups: [{ name: 'flotilla', test: /library[\\/](?!cli|testing)/ }] },
  },
})
