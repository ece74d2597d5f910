import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a program ended, and what it said. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

const limitMs = 60_000;

/** Runs a program to its end, doing `meanwhile` when it has begun; one that does not end is killed, and has no code. */
export async function ended(
  [file = '', ...args]: readonly string[],
  env: Record<string, string> = {},
  meanwhile: (pid: number) => Promise<void> = async () => undefined,
): Promise<Ended> {
  const child = spawn(file, args, {
    env: { ...process.env, TATAMI_CONFIG: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  const [[code]] = await Promise.all([once(child, 'close'), meanwhile(child.pid ?? 0)]);
  return { code, ...said };
}
