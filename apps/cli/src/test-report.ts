import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import { cloneRoot } from './paths.ts';

const VitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()),
        }),
      ),
    }),
  ),
});

const PlaywrightSuite = z.object({
  specs: z.array(
    z.object({
      title: z.string(),
      file: z.string(),
      tests: z.array(
        z.object({
          status: z.string(),
          results: z.array(z.object({ errors: z.array(z.object({ message: z.string() })) })),
        }),
      ),
    }),
  ),
  get suites() {
    return z.array(PlaywrightSuite).optional();
  },
});

const PlaywrightReport = z.object({
  suites: z.array(PlaywrightSuite),
  stats: z.object({
    expected: z.number(),
    unexpected: z.number(),
    flaky: z.number(),
    skipped: z.number(),
  }),
});

const outside = 'failed: something outside of any test, or no test ran';

/** Tests of one run. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** A line each on what failed, be it once: "failed: FILE: NAME: the first line of the reason". */
  told: string[];
}

/**
 * Counts the tests of vitest's JSON report; a run that failed otherwise, or ran none, counts as one failed.
 * A test that passed when it was tried again counts as passed, and is told.
 */
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
    told: [
      ...report.testResults.flatMap(({ name, status, message, assertionResults }) => {
        const file = name.replace(`${cloneRoot}/`, '');
        const ofTests = assertionResults
          .filter(({ failureMessages }) => failureMessages.length > 0)
          .map((one) =>
            line(one.status === 'failed', file, one.fullName, one.failureMessages[0] ?? ''),
          );
        const ofFile = status === 'failed' && ofTests.length === 0;
        return ofFile ? [line(true, file, 'the file', message)] : ofTests;
      }),
      ...(hidden ? [outside] : []),
    ],
  };
}

/** The same of Playwright's. */
export function playwrightCounts(exitCode: number, json: string): Counts {
  const { stats, suites } = PlaywrightReport.parse(JSON.parse(json));
  const passed = stats.expected + stats.flaky;
  const hidden = stats.unexpected === 0 && (exitCode !== 0 || passed === 0);
  return {
    passed,
    failed: stats.unexpected + (hidden ? 1 : 0),
    skipped: stats.skipped,
    told: [
      ...specsOf(suites).flatMap(({ title, file, tests }) =>
        tests
          .filter(({ status }) => status === 'unexpected' || status === 'flaky')
          .map(({ status, results }) => {
            const [error] = results.flatMap(({ errors }) => errors);
            return line(status === 'unexpected', file, title, error?.message ?? '');
          }),
      ),
      ...(hidden ? [outside] : []),
    ],
  };
}

const specsOf = (
  suites: z.infer<typeof PlaywrightSuite>[],
): z.infer<typeof PlaywrightSuite>['specs'] =>
  suites.flatMap(({ specs, suites: inner = [] }) => [...specs, ...specsOf(inner)]);

function line(failed: boolean, file: string, name: string, reason: string): string {
  const [first = ''] = stripVTControlCharacters(reason).split('\n', 1);
  return `${failed ? 'failed' : 'passed only when tried again'}: ${file}: ${name}: ${first}`;
}

/** Prints what failed and the line of totals. @returns the exit code: 1 when a test failed. */
export function printTotals(runs: Counts[]): number {
  const total = (kind: 'passed' | 'failed' | 'skipped') =>
    runs.reduce((sum, counts) => sum + counts[kind], 0);
  const skipped = total('skipped') > 0 ? `, ${total('skipped')} skipped` : '';
  for (const { told } of runs) for (const one of told) process.stdout.write(`${one}\n`);
  process.stdout.write(`${total('passed')} passed, ${total('failed')} failed${skipped}\n`);
  return total('failed') > 0 ? 1 : 0;
}
