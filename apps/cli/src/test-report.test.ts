import { expect, test } from 'vitest';
import { playwrightCounts, vitestCounts } from './test-report.ts';

const vitestReport = (counts: object) =>
  JSON.stringify({
    numPassedTests: 0,
    numFailedTests: 0,
    numFailedTestSuites: 0,
    numPendingTests: 0,
    ...counts,
  });

test.each([
  ['all well', 0, { numPassedTests: 3 }, { passed: 3, failed: 0, skipped: 0 }],
  ['a failed test', 1, { numPassedTests: 2, numFailedTests: 1 }, { passed: 2, failed: 1 }],
  ['no test ran', 0, {}, { passed: 0, failed: 1 }],
  ['an error outside of any test', 1, { numPassedTests: 3 }, { passed: 3, failed: 1 }],
  ['a file that does not load', 0, { numPassedTests: 3, numFailedTestSuites: 1 }, { failed: 1 }],
])('vitest: %s', (_, exitCode, counts, expected) => {
  expect(vitestCounts(exitCode, vitestReport(counts))).toMatchObject(expected);
});

test.each([
  ['all well', 0, { expected: 3 }, { passed: 3, failed: 0, skipped: 0 }],
  ['a failed and a flaky test', 1, { expected: 2, unexpected: 1, flaky: 1 }, { failed: 2 }],
  ['no test ran', 0, {}, { passed: 0, failed: 1 }],
  ['an error outside of any test', 1, { expected: 3 }, { passed: 3, failed: 1 }],
])('playwright: %s', (_, exitCode, stats, expected) => {
  const report = { stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0, ...stats } };
  expect(playwrightCounts(exitCode, JSON.stringify(report))).toMatchObject(expected);
});
