import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { requireRoot } from './prepare/debian.ts';
import { prepareProgram } from './prepare/program.ts';
import { makeServiceUser, readableNode } from './prepare/service-user.ts';

/** What the program for it takes (apps/server/src/upkeep.ts). */
export interface UpkeepOptions {
  file: string;
  dataDir: string;
  runDir: string;
  over: boolean;
  /** Of a restore: only looks at the archive. */
  check: boolean;
}

/** Has the installed program make a backup, or put one back. @returns its exit code. */
export async function upkeep(
  command: 'backup' | 'restore',
  { file, dataDir, runDir, over, check }: UpkeepOptions,
): Promise<number> {
  requireRoot();
  const program = await prepareProgram();
  await makeServiceUser();
  const options = ['--data', dataDir, '--run', runDir, ...(over ? ['--over'] : [])];
  if (check) options.push('--check');
  const child = spawn(await readableNode(), [program.upkeep, command, file, ...options], {
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
