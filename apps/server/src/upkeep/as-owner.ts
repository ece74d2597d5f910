import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Refusal } from './refusal.ts';

/**
 * Runs another command of this program (upkeep.ts) as the user who owns a folder, for root does not open a database that a
 * service without privileges may have written anything into. It ends with this process. @returns what it printed.
 */
export async function asOwner(dir: string, args: string[]): Promise<string> {
  const { uid, gid } = await stat(dir);
  const isOther = process.geteuid?.() === 0 && uid !== 0;
  const user = isOther
    ? [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs']
    : [];
  const script = process.argv[1] ?? '';
  const command = [...user, '--pdeathsig', 'KILL', process.execPath, ...process.execArgv, script];
  const child = spawn('setpriv', [...command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [printed, said, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (code === 0) return printed;
  throw new Refusal(said.trim().replace(/^tatami: /, '') || `${args[0]} ended with ${code}`);
}
