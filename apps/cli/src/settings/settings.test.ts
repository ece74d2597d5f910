import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settings } from '@tatami/config';
import { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { ended } from '../../../../packages/config/test/ended.ts';
import { UserError } from '../user-error.ts';
import { applySettings, pathOption, settingOption } from './option.ts';

const launcher = join(import.meta.dirname, '../../bin/tatami.mjs');
const tatami = (args: string[], env: Record<string, string> = {}) =>
  ended([process.execPath, launcher, ...args], env);

afterEach(() => vi.unstubAllEnvs());

/** Options of a command that was typed with these arguments. */
async function optionsOf(...typed: string[]): Promise<unknown> {
  let options: unknown;
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  program
    .hook('preAction', (_, command) => applySettings(command))
    .command('start')
    .addOption(settingOption('TATAMI_PORT', '--port <number>'))
    .addOption(pathOption('TATAMI_DATA', '--data <folder>'))
    .addOption(pathOption('TATAMI_LABS', '--labs <folder>'))
    .action((given) => {
      options = given;
    });
  await program.parseAsync(['start', ...typed], { from: 'user' });
  return options;
}

async function settingsFile(content: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-settings-'));
  await writeFile(join(dir, 'tatami.env'), content);
  vi.stubEnv('TATAMI_CONFIG', join(dir, 'tatami.env'));
  return dir;
}

test('options come from the command line, the environment, the file, the table, in this order', async () => {
  const dir = await settingsFile('TATAMI_PORT=1001\nTATAMI_DATA=/from/file\nTATAMI_LABS=/labs\n');
  vi.stubEnv('TATAMI_DATA', '/from/environment');
  expect(await optionsOf()).toEqual({ port: 1001, data: '/from/environment', labs: '/labs' });
  expect(await optionsOf('--port', '1003', '--data', '/typed')).toMatchObject({
    ...{ port: 1003, data: '/typed' },
  });
  vi.stubEnv('TATAMI_CONFIG', '');
  vi.stubEnv('TATAMI_DATA', '');
  expect(await optionsOf()).toEqual({ port: 8420, data: '/var/lib/tatami' });
  await rm(dir, { recursive: true });
});

test('a typed path may be relative, and a typed value is held to the table', async () => {
  expect(await optionsOf('--data', 'x')).toMatchObject({ data: join(process.cwd(), 'x') });
  await expect(optionsOf('--port', 'eighty')).rejects.toThrow(settings.TATAMI_PORT.takes);
});

test('wrong settings stop a command before it begins', async () => {
  vi.stubEnv('TATAMI_PROT', '80');
  await expect(optionsOf()).rejects.toThrow(UserError);
});

test('tatami config --help tells of every setting, with its default', async () => {
  const { code, stdout } = await tatami(['config', '--help']);
  expect(code).toBe(0);
  for (const [name, { help, takes }] of Object.entries(settings)) {
    expect(stdout).toContain(`  ${name}\n      ${help}: ${takes}`);
  }
  expect(stdout).toContain('8420 by default');
});

test('tatami config prints what is in effect, from where, and no secret', async () => {
  const dir = await settingsFile('TATAMI_PORT=1001\nTATAMI_METRICS_TOKEN=0123456789abcdef\n');
  const TATAMI_CONFIG = join(dir, 'tatami.env');
  const { code, stdout } = await tatami(['config'], { TATAMI_CONFIG, TATAMI_SEATS: '7' });
  await rm(dir, { recursive: true });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^TATAMI_HOST +127\.0\.0\.1 +default$/m);
  expect(stdout).toMatch(new RegExp(`^TATAMI_PORT +1001 +${TATAMI_CONFIG}, line 1$`, 'm'));
  expect(stdout).toMatch(/^TATAMI_SEATS +7 +the environment$/m);
  expect(stdout).toMatch(/^TATAMI_LABS +- +not set$/m);
  expect(stdout).toMatch(/^TATAMI_METRICS_TOKEN +\(secret\) /m);
  expect(stdout).not.toContain('0123456789abcdef');
});

test('tatami config check ends with 2 and a sentence a fault, or says that all is well', async () => {
  const good = await tatami(['config', 'check']);
  expect(good).toMatchObject({ code: 0, stdout: 'The settings are in order.\n' });
  const bad = await tatami(['config', 'check'], { TATAMI_PORT: '0x', TATAMI_DATA_DIRS: '/x' });
  expect(bad.stderr).toBe(
    `tatami: there is no setting TATAMI_DATA_DIRS (the environment); the nearest name is TATAMI_DATA_DIR, and tatami config --help lists them all.
tatami: TATAMI_PORT is "0x" (the environment); it takes ${settings.TATAMI_PORT.takes}.
`,
  );
  expect(bad).toMatchObject({ code: 2, stdout: '' });
});

test('usage that is wrong ends with 2, help with 0 and the exit codes', async () => {
  expect((await tatami(['start', '--prot', '80'])).code).toBe(2);
  expect((await tatami(['strat'])).code).toBe(2);
  const help = await tatami(['--help']);
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('Exit codes:\n  0  done');
});
