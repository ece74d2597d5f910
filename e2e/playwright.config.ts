import { defineConfig } from '@playwright/test';
import { workshopHost } from './test/running-tatami.ts';

/** The real product in real Chromium, one test after another: they share one machine's kernel. */
export default defineConfig({
  testDir: 'src',
  testMatch: '*.e2e.ts',
  outputDir: '../.cache/e2e',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [
    ['list'],
    ['json', { outputFile: process.env.TATAMI_E2E_REPORT ?? '../.cache/e2e-report.json' }],
  ],
  use: {
    locale: 'zh-CN',
    timezoneId: 'Asia/Tokyo',
    colorScheme: 'light',
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.TATAMI_CHROMIUM ?? '/usr/bin/chromium',
      // Chromium's own sandbox refuses root, and the tests need root.
      chromiumSandbox: false,
      // A name that is not loopback: pages on plain http have less there.
      args: [`--host-resolver-rules=MAP ${workshopHost} 127.0.0.1`],
    },
  },
});
