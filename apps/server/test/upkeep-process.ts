import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const entry = join(import.meta.dirname, '../src/upkeep.ts');

/** The program for backups and restores, started. */
export function startUpkeep(args: string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The program for backups and restores, run to its end. */
export async function runUpkeep(
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const child = startUpkeep(args);
  if (!child.stdout || !child.stderr) throw new Error('no output to read');
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, out, err };
}
