import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@tatami/protocol';
import { RunnerClient } from '../runner/runner-client.ts';
import { databaseFile } from '../store/database.ts';
import { asOwner } from './as-owner.ts';
import type { Place } from './backup.ts';
import { Refusal } from './refusal.ts';

/** @throws Refusal while a runner answers, or whoever has the database open. */
export async function refuseWhileRunning({ dataDir, runDir }: Place): Promise<void> {
  if (await runnerAnswers(join(runDir, 'runner.sock')))
    throw new Refusal(`Tatami runs (its runner answers in ${runDir}): stop it first`);
  const serverDir = join(dataDir, 'server');
  if (!existsSync(join(serverDir, databaseFile))) return;
  if ((await asOwner(serverDir, ['in-use', serverDir])).trim() === 'yes')
    throw new Refusal(
      `Tatami runs (its server has the database in ${serverDir} open): stop it first`,
    );
}

async function runnerAnswers(socket: string): Promise<boolean> {
  const runner = new RunnerClient(socket);
  try {
    await runner.list();
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'runner.unreachable') return false;
    // It answers, if only with an error.
    return true;
  } finally {
    await runner.close();
  }
}
