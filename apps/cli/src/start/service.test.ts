import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../user-error.ts';
import { Service, startInTurn } from './service.ts';

const nobodyToTell = (error: UserError) => {
  throw error;
};

test('a program that cannot be run is told, and there is nothing to stop', async () => {
  const spec = { name: 'runner', env: {}, isReady: async () => false };
  const service = new Service({ ...spec, command: ['/nowhere/runner'] }, nobodyToTell);
  await expect(service.start()).rejects.toThrow(
    new UserError('the runner could not be run: spawn /nowhere/runner ENOENT.'),
  );
  await service.stop();
});

test('one that cannot be run again is given up, as one that keeps ending', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-service-'));
  const program = join(dir, 'runner');
  await writeFile(program, '#!/bin/sh\nrm "$0"; sleep 0.2\n');
  await chmod(program, 0o755);
  const spec = { name: 'runner', env: {}, isReady: async () => true };
  const broken = await new Promise<UserError>((resolve) => {
    void new Service({ ...spec, command: [program] }, resolve).start();
  });
  expect(broken.message).toMatch(/^the runner (could not be run|keeps ending)/);
  await rm(dir, { recursive: true });
});

const starts = { start: async () => undefined };
const hangs = { start: () => new Promise<void>(() => undefined) };
const never = new Promise<undefined>(() => undefined);

test('services start one after the other, until they are to stop', async () => {
  expect(await startInTurn([starts, starts], never)).toBe(true);
  expect(await startInTurn([starts, hangs], Promise.resolve(undefined))).toBe(false);
});

test('that one is given up while another still starts is an error', async () => {
  const broken = new UserError('the runner keeps ending; giving up.');
  await expect(startInTurn([starts, hangs], Promise.resolve(broken))).rejects.toThrow(broken);
});
