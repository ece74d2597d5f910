import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cloneRoot } from './paths.ts';
import { playwrightCounts, vitestCounts } from './test-report.ts';

const vitestReport = (report: object) =>
  JSON.stringify({
    numPassedTests: 0,
    numFailedTests: 0,
    numFailedTestSuites: 0,
    numPendingTests: 0,
    testResults: [],
    ...report,
  });

const playwrightReport = (stats: object, suites: object[] = []) =>
  JSON.stringify({
    suites,
    stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0, ...stats },
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
  ['a failed and a flaky test', 1, { expected: 2, unexpected: 1, flaky: 1 }, { failed: 1 }],
  ['a flaky test', 0, { flaky: 1 }, { passed: 1, failed: 0 }],
  ['no test ran', 0, {}, { passed: 0, failed: 1 }],
  ['an error outside of any test', 1, { expected: 3 }, { passed: 3, failed: 1 }],
])('playwright: %s', (_, exitCode, stats, expected) => {
  expect(playwrightCounts(exitCode, playwrightReport(stats))).toMatchObject(expected);
});

test('vitest: what failed, be it once, is told by file, name and reason', () => {
  const module = (file: string, status: string, tests: [string, string, string[]][] = []) => ({
    name: join(cloneRoot, file),
    status,
    message: status === 'failed' && tests.length === 0 ? 'no such module' : '',
    assertionResults: tests.map(([fullName, outcome, failureMessages]) => ({
      ...{ fullName, status: outcome, failureMessages },
    })),
  });
  const testResults = [
    module('a.test.ts', 'failed', [
      ['is well', 'passed', []],
      ['adds', 'failed', ['Error: \u001b[31m3 is not 4\u001b[39m\n    at somewhere']],
    ]),
    module('b.test.ts', 'passed', [['is in time', 'passed', ['Error: 80 ms\n    at']]]),
    module('c.test.ts', 'failed'),
  ];
  expect(vitestCounts(1, vitestReport({ numPassedTests: 2, testResults })).told).toEqual([
    'failed: a.test.ts: adds: Error: 3 is not 4',
    'passed only when tried again: b.test.ts: is in time: Error: 80 ms',
    'failed: c.test.ts: the file: no such module',
    'failed: something outside of any test, or no test ran',
  ]);
});

test('playwright: what failed, be it once, is told by file, name and reason', () => {
  const spec = (title: string, status: string, tries: string[][]) => ({
    ...{ title, file: 'map.e2e.ts' },
    tests: [
      { status, results: tries.map((of) => ({ errors: of.map((message) => ({ message })) })) },
    ],
  });
  const suites = [
    {
      specs: [spec('is well', 'expected', [[]])],
      suites: [
        {
          specs: [
            spec('opens', 'unexpected', [['Error: closed\nat'], ['Error: closed']]),
            spec('closes', 'flaky', [['Error: late'], []]),
          ],
        },
      ],
    },
  ];
  expect(playwrightCounts(1, playwrightReport({ unexpected: 1 }, suites)).told).toEqual([
    'failed: map.e2e.ts: opens: Error: closed',
    'passed only when tried again: map.e2e.ts: closes: Error: late',
  ]);
});
