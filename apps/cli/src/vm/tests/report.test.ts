import { expect, test } from 'vitest';
import { readReport } from './report.ts';

const console = 'Kernel panic';
const off = { kind: 'off', console } as const;
const json = JSON.stringify({
  numPassedTests: 4,
  numFailedTests: 0,
  numFailedTestSuites: 0,
  numPendingTests: 0,
  testResults: [],
});

test('counts what the machine reported, and believes its exit code', () => {
  expect(readReport(off, `0\n${json}`)).toEqual({ passed: 4, failed: 0, skipped: 0, told: [] });
  expect(readReport(off, `1\n${json}`)).toEqual({
    passed: 4,
    failed: 1,
    skipped: 0,
    told: [expect.any(String)],
  });
});

test.each([
  ['switched off without a report', off, ''],
  ['switched off without a report', off, '1\n'],
  ['within 20 minutes', { kind: 'timed-out', console, limitMs: 1_200_000 } as const, ''],
  ['no such file', { kind: 'failed', console, detail: 'no such file' } as const, ''],
])('without one it says "%s" and shows the console', (sentence, end, text) => {
  expect(() => readReport(end, text)).toThrow(sentence);
  expect(() => readReport(end, text)).toThrow(console);
});
