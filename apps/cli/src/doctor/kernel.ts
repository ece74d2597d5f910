import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { detectCgroups, kernelFault } from '@tatami/sandbox';
import { attempt, type Finding, inThrowawayMounts } from './finding.ts';

const namespaces = ['mount', 'uts', 'ipc', 'net', 'pid', 'cgroup', 'user'];

export function kernelFinding(version: string): Finding {
  const fault = kernelFault(version);
  return { name: 'kernel', status: fault ? 'fail' : 'ok', detail: fault ?? version };
}

/** What the running kernel, which calls itself `version`, offers: each tried in a namespace that ends with the trial. */
export async function kernelFindings(version = release()): Promise<Finding[]> {
  return [
    kernelFinding(version),
    ...(await Promise.all(namespaces.map(tryNamespace))),
    await tryOverlay(),
    await tryXattrs(),
    await tryContainerNetwork(),
    seccomp(),
    await cgroups(),
    await tracing(),
  ];
}

async function tryNamespace(kind: string): Promise<Finding> {
  const fork = kind === 'pid' ? ['--fork'] : [];
  const { status, stderr } = await attempt('unshare', [`--${kind}`, ...fork, 'true']);
  return {
    name: `${kind} namespace`,
    status: status === 0 ? 'ok' : 'fail',
    detail:
      status === 0
        ? 'can be made'
        : `${stderr.trim()}; see /proc/sys/user, and whether this machine is itself a container`,
  };
}

async function tryOverlay(): Promise<Finding> {
  const { status, stderr } = await inThrowawayMounts(`mkdir l u w m
    mount -t overlay doctor -o lowerdir=l,upperdir=u,workdir=w m; : > m/file; [ -e u/file ]`);
  return {
    name: 'overlay on tmpfs',
    status: status === 0 ? 'ok' : 'fail',
    detail: status === 0 ? 'can be mounted' : `${stderr.trim()}; modprobe overlay may help`,
  };
}

/** An overlay that may not write trusted.* marks a folder made anew with a user.* attribute. */
async function tryXattrs(): Promise<Finding> {
  const { status } = await inThrowawayMounts(`mkdir -p l/folder u w m
    mount -t overlay doctor -o userxattr,lowerdir=l,upperdir=u,workdir=w m
    rmdir m/folder; mkdir m/folder`);
  return {
    name: 'user.* attributes on tmpfs',
    status: status === 0 ? 'ok' : 'warn',
    detail:
      status === 0
        ? 'can be set'
        : 'not offered; containers inside a sandbox run, but cannot make a folder of their image anew that they removed (kernel 6.6 can)',
  };
}

/** What containers inside a sandbox and its simulated internet are linked and filtered by. */
async function tryContainerNetwork(): Promise<Finding> {
  const { status, stderr } = await attempt('unshare', [
    ...['--net', 'sh', '-ec'],
    `ip link add doctor0 type veth peer name doctor1; ip link add doctor2 type bridge
     grep --quiet nft_do_chain /proc/kallsyms || modprobe --dry-run nf_tables`,
  ]);
  return {
    name: 'veth, bridge and nf_tables',
    status: status === 0 ? 'ok' : 'fail',
    detail:
      status === 0
        ? 'offered'
        : `${stderr.trim()}; the lessons' containers need all three: use a distribution's own kernel`,
  };
}

function seccomp(): Finding {
  const present = existsSync('/proc/sys/kernel/seccomp/actions_avail');
  return {
    name: 'seccomp filters',
    status: present ? 'ok' : 'fail',
    detail: present
      ? 'offered'
      : 'this kernel was built without CONFIG_SECCOMP_FILTER; use another',
  };
}

async function cgroups(): Promise<Finding> {
  const name = 'cgroups';
  try {
    const host = await detectCgroups('tatami-doctor');
    const layout =
      host.version === 2 ? 'version 2' : host.unified ? 'version 1, hybrid' : 'version 1';
    return { name, status: 'ok', detail: `${layout} with memory, pids and cpu` };
  } catch (error) {
    return { name, status: 'fail', detail: (error as Error).message };
  }
}

async function tracing(): Promise<Finding> {
  const { status } = await inThrowawayMounts('mount -t tracefs doctor /mnt; [ -d /mnt/instances ]');
  const missing = [
    ...(status === 0 ? [] : ['tracefs']),
    ...(existsSync('/sys/kernel/btf/vmlinux') ? [] : ['kernel type information (BTF)']),
  ];
  return {
    name: 'tracing',
    status: missing.length === 0 ? 'ok' : 'warn',
    detail:
      missing.length === 0
        ? 'tracefs and kernel type information (BTF)'
        : `no ${missing.join(' and no ')}: short commands of learners can be missed; a distribution's own kernel has both`,
  };
}
