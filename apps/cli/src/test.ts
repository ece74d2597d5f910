import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildNative } from '@tatami/sandbox';
import { z } from 'zod';
import { cacheDir, cloneRoot } from './paths.ts';
import { prepareImage } from './prepare/image.ts';
import { UserError } from './user-error.ts';

const parts = ['unit', 'kernel'] as const;
type Part = (typeof parts)[number];

const VitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
  numPendingTests: z.number(),
});

/**
 * Runs the parts of the suite one after another, closing with a line of totals.
 * @returns the exit code: 1 when a test failed, or a part ran none.
 */
export async function runTests(only?: string): Promise<number> {
  const chosen = parts.filter((part) => only === undefined || part === only);
  if (chosen.length === 0)
    throw new UserError(`there is no part "${only}" of the tests; choose ${parts.join(' or ')}.`);
  const env = chosen.includes('kernel') ? await kernelSetup() : {};
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const part of chosen) {
    const result = await runVitest(part, env);
    totals.passed += result.passed;
    totals.failed += result.failed;
    totals.skipped += result.skipped;
  }
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed${skipped}\n`);
  return totals.failed > 0 ? 1 : 0;
}

async function kernelSetup(): Promise<Record<string, string>> {
  const rootfs = await prepareImage();
  await buildNative(join(cacheDir, 'native'), join(cloneRoot, 'packages/sandbox/native'));
  return { TATAMI_ROOTFS: rootfs };
}

async function runVitest(
  part: Part,
  env: Record<string, string>,
): Promise<{ passed: number; failed: number; skipped: number }> {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-report-'));
  const report = join(dir, 'report.json');
  try {
    const child = spawn(
      join(cloneRoot, 'node_modules/.bin/vitest'),
      [
        'run',
        '--project',
        part,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
      { cwd: cloneRoot, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } },
    );
    const [code] = await once(child, 'exit');
    const counts = VitestReport.parse(JSON.parse(await readFile(report, 'utf8')));
    const ran = counts.numPassedTests + counts.numFailedTests;
    // A file that does not load has no tests to count, and neither has an error outside of any.
    const hidden =
      counts.numFailedTests === 0 && (code !== 0 || ran === 0 || counts.numFailedTestSuites > 0)
        ? 1
        : 0;
    return {
      passed: counts.numPassedTests,
      failed: counts.numFailedTests + hidden,
      skipped: counts.numPendingTests,
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
