import { z } from 'zod';

const VitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
  numPendingTests: z.number(),
});

const PlaywrightReport = z.object({
  stats: z.object({
    expected: z.number(),
    unexpected: z.number(),
    flaky: z.number(),
    skipped: z.number(),
  }),
});

/** Tests of one run. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts the tests of vitest's JSON report; a run that failed otherwise, or ran none, counts as one failed. */
export function vitestCounts(exitCode: number, json: string): Counts {
  const report = VitestReport.parse(JSON.parse(json));
  const ran = report.numPassedTests + report.numFailedTests;
  // A file that does not load has no tests to count, and neither has an error outside of any.
  const hidden =
    report.numFailedTests === 0 && (exitCode !== 0 || ran === 0 || report.numFailedTestSuites > 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + (hidden ? 1 : 0),
    skipped: report.numPendingTests,
  };
}

/** The same of Playwright's. A flaky test failed once, which is once too often. */
export function playwrightCounts(exitCode: number, json: string): Counts {
  const { expected, unexpected, flaky, skipped } = PlaywrightReport.parse(JSON.parse(json)).stats;
  const failed = unexpected + flaky;
  const hidden = failed === 0 && (exitCode !== 0 || expected === 0);
  return { passed: expected, failed: failed + (hidden ? 1 : 0), skipped };
}

/** Prints the line of totals. @returns the exit code: 1 when a test failed. */
export function printTotals(runs: Counts[]): number {
  const total = (kind: keyof Counts) => runs.reduce((sum, counts) => sum + counts[kind], 0);
  const skipped = total('skipped') > 0 ? `, ${total('skipped')} skipped` : '';
  process.stdout.write(`${total('passed')} passed, ${total('failed')} failed${skipped}\n`);
  return total('failed') > 0 ? 1 : 0;
}
