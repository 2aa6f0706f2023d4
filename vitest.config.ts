import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url))

/** Tests that start the built package or the built examples as child processes. */
const programTests = [
  'test/process/{escapes*,exit-by-itself,flood}.test.ts',
  'test/bench/arms/contract.test.ts',
  'test/bench/beam.test.ts',
  'test/examples/**/*.test.ts',
  'test/bench/main.test.ts',
  'test/oracle/main.test.ts',
  'test/soak/**/main.test.ts',
  'test/cli/main.test.ts',
  'test/docs/*.test.ts',
]

export default defineConfig({
  resolve: {
    // Tests run against the sources: no build stands between an edit and its test.
    alias: [
      { find: /^flotilla$/, replacement: source('index.ts') },
      { find: /^flotilla\/testing$/, replacement: source('testing/index.ts') },
    ],
  },
  test: {
    // Processes, not threads: some tests crash, leak or overload their process on purpose.
    pool: 'forks',
    testTimeout: 15_000,
    hookTimeout: 15_000,
    teardownTimeout: 5_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...programTests],
        },
      },
      {
        extends: true,
        test: {
          name: 'programs',
          include: programTests,
          globalSetup: ['tools/build-once.ts'],
          testTimeout: 60_000,
        },
      },
    ],
  },
})
