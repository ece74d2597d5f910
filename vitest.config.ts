import { defineConfig } from 'vitest/config';

// An emulated processor takes longer (images/vm/tests/run-tests).
const slowness = Number(process.env.TATAMI_TEST_SLOWNESS ?? 1);

/** As the launcher of the command line sets it. */
const env = { TATAMI_ROOT: import.meta.dirname };

// Kernel tests share one machine's namespaces and cgroups: they run one file at a time.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          env,
          include: ['{packages,apps}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/*.kernel.test.ts', '**/boundaries.test.ts'],
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
          name: 'boundaries',
          include: ['packages/**/boundaries.test.ts', 'apps/**/boundaries.test.ts'],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
