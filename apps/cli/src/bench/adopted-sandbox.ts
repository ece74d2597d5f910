import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import {
  insideRoot,
  readStartTime,
  Sandbox,
  SandboxCgroups,
  type SandboxHost,
} from '@tatami/sandbox';

/** A handle on a sandbox that a runner of this host holds: to go in beside it, never to close it. */
export async function adoptSandbox(host: SandboxHost, id: string): Promise<Sandbox> {
  for (const pid of await new SandboxCgroups(host.cgroups, id).pids()) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const numbers = status.match(/^NSpid:\t(.+)$/m)?.[1]?.split('\t') ?? [];
    // The machine's PID 1 and no namespace's below it.
    if (numbers.at(-1) !== '1' || numbers.length !== 2) continue;
    const base = Number(status.match(/^Uid:\t(\d+)/m)?.[1]);
    return new Sandbox(host, { id, base, initPid: pid, initStart: await readStartTime(pid) });
  }
  throw new Error(`sandbox ${id} has no PID 1`);
}

/** Copies a program of the host to /usr/local/bin of a sandbox. */
export const bringProgram = (sandbox: Sandbox, path: string, name: string): Promise<void> =>
  bringFile(sandbox, path, `/usr/local/bin/${name}`, '755');

/** Copies a file of the host into a sandbox. */
export async function bringFile(
  sandbox: Sandbox,
  path: string,
  target: string,
  mode = '644',
): Promise<void> {
  const script = `cat >${target} && chmod ${mode} ${target}`;
  const { file, args } = sandbox.enterCommand(['/bin/sh', '-c', script], {
    user: insideRoot,
    tty: false,
  });
  const child = spawn(file, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  createReadStream(path).pipe(child.stdin);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${target} cannot be brought into a sandbox: exit ${code}`);
}
