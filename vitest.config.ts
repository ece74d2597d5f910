import { defineConfig } from 'vitest/config';

// Kernel tests share one machine's namespaces and cgroups: they run one file at a time.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,apps}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.kernel.test.ts', '**/boundaries.test.ts'],
        },
      },
      {
        test: {
          name: 'kernel',
          include: ['{packages,apps}/**/*.kernel.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
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
