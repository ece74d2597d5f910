import { defineConfig } from 'vitest/config';

// An emulated processor takes longer (images/vm/tests/run-tests).
const slowness = Number(process.env.TATAMI_TEST_SLOWNESS ?? 1);

/** The root is set as by the launcher of the command line; a host's own settings file is left alone. */
const env = { TATAMI_ROOT: import.meta.dirname, TATAMI_CONFIG: '' };

/** What is asked of all of the repository by `npm run check`. */
const ofWorkspace = [
  'packages/**/boundaries.test.ts',
  'apps/cli/src/release/{manifests,licences}.test.ts',
];

// Kernel tests share one machine's namespaces and cgroups: they run one file at a time.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          env,
          include: ['{packages,apps}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/*.kernel.test.ts', ...ofWorkspace],
          // They wait more than they compute: by default one core would always be left alone.
          maxWorkers: '100%',
          // Real servers on a busy machine: what must be fast says so itself.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'kernel',
          env,
          include: ['{packages,apps}/**/*.kernel.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000 * slowness,
          hookTimeout: 120_000 * slowness,
        },
      },
      {
        test: {
          name: 'workspace',
          include: ofWorkspace,
          testTimeout: 60_000,
        },
      },
    ],
  },
});
