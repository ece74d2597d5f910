import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownLabsDir } from './lab/lint.ts';
import { countLabTests } from './lab/test/command.ts';
import { cloneRoot } from './paths.ts';
import { installDebianPackages, requireRoot } from './prepare/debian.ts';
import { prepareImage } from './prepare/image.ts';
import { prepareNative } from './prepare/native.ts';
import { prepareNginx } from './prepare/nginx.ts';
import { type Counts, playwrightCounts, printTotals, vitestCounts } from './test-report.ts';
import { UserError } from './user-error.ts';

/** Plays what the tests export. */
const player = 'asciinema';
/** Makes certificates for tests. */
const certifier = 'openssl';
/** Reads the scripts that operators get. */
const scriptReader = 'shellcheck';
/** What the browser tests need from Debian: two browsers, and fonts so that no character is a box. */
export const browserPackages = ['chromium', 'firefox-esr', 'fonts-noto-cjk', 'fonts-dejavu-core'];

const parts = {
  unit: async () => {
    await installDebianPackages([player, certifier, scriptReader]);
    return runVitest('unit', {});
  },
  kernel: async () => runVitest('kernel', await kernelSetup()),
  lessons: () => countLabTests(ownLabsDir),
  browser: async () => {
    requireRoot();
    await installDebianPackages([...browserPackages, player]);
    return runPlaywright({ TATAMI_NGINX: await prepareNginx() }, { retries: 1 });
  },
};

/**
 * Runs the parts of the suite one after another, closing with what failed and a line of totals. They measure times
 * and races on hosts whose speed changes: what fails is tried once more, and told even if it passes then.
 * @returns the exit code: 1 when a test failed, or a part ran none.
 */
export async function runTests(only?: string): Promise<number> {
  const chosen = Object.entries(parts).filter(([name]) => only === undefined || name === only);
  if (chosen.length === 0)
    throw new UserError(
      `there is no part "${only}" of the tests; choose one of ${Object.keys(parts).join(', ')}.`,
    );
  const runs: Counts[] = [];
  for (const [, run] of chosen) runs.push(await run());
  return printTotals(runs);
}

async function kernelSetup(): Promise<Record<string, string>> {
  const rootfs = await prepareImage();
  await prepareNative();
  return { TATAMI_ROOTFS: rootfs };
}

function runVitest(project: string, env: Record<string, string>): Promise<Counts> {
  return withReport(async (report) => {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const args = ['run', '--project', project, '--retry=1', ...reporters];
    const code = await run('vitest', args, env);
    return vitestCounts(code, await readFile(report, 'utf8'));
  });
}

/** Runs the browser tests, those of `files` only if some are named; `inside` says how to start what runs them. */
export function runPlaywright(
  settings: Record<string, string>,
  {
    files = [],
    retries = 0,
    inside,
  }: { files?: string[]; retries?: number; inside?: (command: string[]) => string[] } = {},
): Promise<Counts> {
  return withReport(async (report) => {
    const env = { ...settings, TATAMI_E2E_REPORT: report };
    const config = ['--config', 'e2e/playwright.config.ts', `--retries=${retries}`];
    const args = ['test', ...config, ...files];
    const code = await run('playwright', args, env, inside);
    return playwrightCounts(code, await readFile(report, 'utf8'));
  });
}

async function withReport(use: (report: string) => Promise<Counts>): Promise<Counts> {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-report-'));
  try {
    return await use(join(dir, 'report.json'));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Runs a program of the clone's packages. @returns its exit code. */
async function run(
  program: string,
  args: string[],
  env: Record<string, string>,
  inside = (command: string[]) => command,
): Promise<number> {
  const path = join(cloneRoot, 'node_modules/.bin', program);
  const [file = '', ...rest] = inside([path, ...args]);
  const child = spawn(file, rest, {
    cwd: cloneRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
