import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { bundled } from './bundled.ts';

/** The program for backups and restores, started. */
export async function startUpkeep(args: string[]): Promise<ChildProcess> {
  return spawn(process.execPath, [await bundled('upkeep.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The program for backups and restores, run to its end. */
export async function runUpkeep(
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const child = await startUpkeep(args);
  if (!child.stdout || !child.stderr) throw new Error('no output to read');
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, out, err };
}
