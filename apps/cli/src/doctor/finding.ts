import { type CommandResult, runCommand } from '@tatami/sandbox';

/** One thing looked at; `detail` says what to do when it is not well. */
export interface Finding {
  name: string;
  status: 'ok' | 'warn' | 'fail';
  detail: string;
}

/** As {@link runCommand}; a program that is not installed ends with 127, as in a shell. */
export async function attempt(file: string, args: string[]): Promise<CommandResult> {
  return runCommand(file, args).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return { status: 127, stdout: '', stderr: `${file} is not installed` };
  });
}

/** Runs a shell script in a mount namespace that ends with it; a tmpfs of its own is at /mnt. */
export function inThrowawayMounts(script: string, args: string[] = []): Promise<CommandResult> {
  return attempt('unshare', [
    ...['--mount', '--propagation', 'private', 'sh', '-c'],
    `set -e; mount -t tmpfs doctor /mnt; cd /mnt; ${script}`,
    'doctor',
    ...args,
  ]);
}
