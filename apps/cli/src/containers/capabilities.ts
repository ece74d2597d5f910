import { existsSync, readFileSync } from 'node:fs';

/** What the kernel says of a process and all it has started. */
export interface Privileges {
  /** Capabilities that any of them has, may have or may come to have. */
  capabilities: number;
  /** Whether one of them is root. */
  root: boolean;
  /** Whether each is barred from gaining privileges by what it executes. */
  noNewPrivileges: boolean;
  processes: number;
}

/** Reads /proc/PID/status (proc_pid_status(5)) of `pid` and its descendants, from the host. */
export function privilegesOf(pid: number): Privileges {
  const all = family(pid).map((one) => readFileSync(`/proc/${one}/status`, 'utf8'));
  const sets = all.flatMap((status) => [...status.matchAll(/^Cap\w+:\t(\w+)$/gm)]);
  const union = sets.reduce((mask, [, set]) => mask | BigInt(`0x${set}`), 0n);
  return {
    capabilities: union.toString(2).replaceAll('0', '').length,
    root: all.some((status) => /^Uid:.*\t0(\t|$)/m.test(status)),
    noNewPrivileges: all.every((status) => /^NoNewPrivs:\t1$/m.test(status)),
    processes: all.length,
  };
}

function family(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  const children = existsSync(path) ? readFileSync(path, 'utf8').split(' ').filter(Boolean) : [];
  return [pid, ...children.flatMap((child) => family(Number(child)))];
}
