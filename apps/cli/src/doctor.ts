import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { detectCgroups, runCommand } from '@tatami/sandbox';
import { runcFinding } from './runc-version.ts';

/** One thing looked at, and what to do when it is not well. */
export interface Finding {
  name: string;
  status: 'ok' | 'warn' | 'fail';
  detail: string;
}

const namespaces = ['mount', 'uts', 'ipc', 'net', 'pid', 'cgroup', 'user'];
/** Process limit of a sandbox, for the estimate of pid_max. */
const pidsPerSandbox = 384;

/** Tries what sandboxes need without changing the host. @returns the exit code: 1 when something fails. */
export async function doctor(json: boolean): Promise<number> {
  const findings = (
    await Promise.all([
      root(),
      tryNamespaces(),
      tryOverlay(),
      cgroups(),
      runc(),
      tracing(),
      pidMax(),
    ])
  ).flat();
  if (json) process.stdout.write(`${JSON.stringify({ findings })}\n`);
  else
    for (const { name, status, detail } of findings)
      process.stdout.write(`${status.padEnd(5)}${name}: ${detail}\n`);
  return findings.some(({ status }) => status === 'fail') ? 1 : 0;
}

async function root(): Promise<Finding> {
  const is = process.getuid?.() === 0;
  return { name: 'root', status: is ? 'ok' : 'fail', detail: is ? 'yes' : 'run this as root' };
}

async function tryNamespaces(): Promise<Finding[]> {
  return Promise.all(
    namespaces.map(async (kind) => {
      const { status, stderr } = await runCommand('unshare', [
        `--${kind}`,
        ...(kind === 'pid' ? ['--fork'] : []),
        'true',
      ]);
      return {
        name: `${kind} namespace`,
        status: status === 0 ? 'ok' : 'fail',
        detail: status === 0 ? 'can be made' : stderr.trim(),
      } as const;
    }),
  );
}

/** Everything happens in a mount namespace that ends with the shell. */
async function tryOverlay(): Promise<Finding> {
  const script = `set -e; mount -t tmpfs t /mnt; mkdir /mnt/l /mnt/u /mnt/w /mnt/m
    mount -t overlay o -o lowerdir=/mnt/l,upperdir=/mnt/u,workdir=/mnt/w /mnt/m; : > /mnt/m/file`;
  const { status, stderr } = await runCommand('unshare', [
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    script,
  ]);
  return {
    name: 'overlay on tmpfs',
    status: status === 0 ? 'ok' : 'fail',
    detail: status === 0 ? 'can be mounted' : stderr.trim(),
  };
}

async function cgroups(): Promise<Finding> {
  try {
    const host = await detectCgroups('tatami-doctor');
    const layout =
      host.version === 2 ? 'version 2' : host.unified ? 'version 1, hybrid' : 'version 1';
    return { name: 'cgroups', status: 'ok', detail: `${layout} with memory, pids and cpu` };
  } catch (error) {
    return { name: 'cgroups', status: 'fail', detail: (error as Error).message };
  }
}

async function runc(): Promise<Finding> {
  const result = await runCommand('runc', ['--version']).catch(() => null);
  return runcFinding(result?.stdout.match(/runc version (\S+)/)?.[1]);
}

async function tracing(): Promise<Finding> {
  const btf = existsSync('/sys/kernel/btf/vmlinux');
  return {
    name: 'kernel type information (BTF)',
    status: btf ? 'ok' : 'warn',
    detail: btf ? 'present' : 'absent: checks can use state, not events',
  };
}

async function pidMax(): Promise<Finding> {
  const value = Number(await readFile('/proc/sys/kernel/pid_max', 'utf8'));
  const seats = Math.floor(value / pidsPerSandbox);
  return {
    name: 'pid_max',
    status: seats >= 20 ? 'ok' : 'warn',
    detail: `${value}: room for ${seats} sandboxes at their limit of ${pidsPerSandbox} processes`,
  };
}
