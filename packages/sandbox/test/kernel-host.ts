import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  findSandboxes,
  firstRangeBase,
  type Limits,
  openHost,
  reapSandboxes,
  removeCgroupParent,
  type SandboxHost,
} from '../src/index.ts';
import { buildNative } from '../src/native.ts';

/** The learner's root filesystem that `npm test` names, or the newest that was built here. */
export function testRootfs(): string {
  const rootfs = process.env.TATAMI_ROOTFS ?? newestImage('/var/lib/tatami/images');
  if (!rootfs) throw new Error('kernel tests need the root filesystem: run npm test');
  return rootfs;
}

/** Of those that are whole: a name with a dot is one that is still being built. */
function newestImage(images: string): string | undefined {
  const names = existsSync(images) ? readdirSync(images) : [];
  return names
    .filter((name) => !name.startsWith('.'))
    .map((name) => join(images, name, 'root'))
    .filter((root) => existsSync(join(root, 'bin/bash')))
    .map((root) => ({ root, builtMs: statSync(dirname(root)).mtimeMs }))
    .sort((a, b) => b.builtMs - a.builtMs)[0]?.root;
}

/** `strangers` are the processes of sandboxes that were there before. */
export type TestHost = SandboxHost & AsyncDisposable & { strangers: Set<string> };

/** A real host with a state folder of its own; disposal reaps what a failed test left. */
export async function openTestHost(
  options: { seats?: number; limits?: Partial<Limits> } = {},
): Promise<TestHost> {
  const stateDir = await mkdtemp(join(tmpdir(), 'tatami-test-'));
  const host = await openHost({
    native: await buildNative('/var/lib/tatami/native'),
    rootfs: testRootfs(),
    stateDir,
    seats: options.seats ?? 8,
    ...(options.limits ? { limits: options.limits } : {}),
  });
  return Object.assign(host, {
    // Those of other runners on this machine come and go.
    strangers: new Set(await rangeProcesses(host)),
    [Symbol.asyncDispose]: async () => {
      await reapSandboxes(host);
      await removeCgroupParent(host.cgroups);
      await rm(stateDir, { recursive: true, force: true });
    },
  });
}

/** Everything a sandbox could leave on the host, as comparable lists. */
export async function hostTraces(host: TestHost): Promise<Record<string, unknown>> {
  const ours = (text: string) => text.split('\n').filter((line) => line.includes(host.stateDir));
  return {
    sandboxes: await findSandboxes(host),
    mounts: ours(readFileSync('/proc/self/mountinfo', 'utf8')),
    processes: (await rangeProcesses(host)).filter((process) => !host.strangers.has(process)),
    freeRanges: host.ranges.free,
    descriptors: (await readdir('/proc/self/fd')).length,
  };
}

/** Host processes that run as a user of a range, with the namespaces they hold; none of another runner's. */
async function rangeProcesses({ cgroups }: SandboxHost): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    // A zombie holds nothing but its number, until the host's PID 1 gets round to it.
    if (/^State:\tZ/m.test(status)) continue;
    const uid = Number(status.match(/^Uid:\t(\d+)/m)?.[1]);
    const cgroup = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    const [, runner] = cgroup.match(/:\/(tatami-[0-9a-f]{8})\//) ?? [];
    const ours = runner ? runner === cgroups.parent : [1, process.pid].includes(await keeper(pid));
    if (!ours) continue;
    if (uid >= firstRangeBase && uid < firstRangeBase + 0x1000_0000) {
      found.push(`${pid} ${uid} ${await readlink(`/proc/${pid}/ns/net`).catch(() => 'ended')}`);
    }
  }
  return found;
}

/** The nearest ancestor that is none of our native helpers; 1 for an orphan. */
async function keeper(pid: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const parent = status.match(/^PPid:\t(\d+)/m)?.[1] ?? '1';
  const comm = await readFile(`/proc/${parent}/comm`, 'utf8').catch(() => '');
  return comm === 'tatami-native\n' ? keeper(parent) : Number(parent);
}

/** A file inside /proc/PID, for tests that look at the host's side. */
export const procFile = (pid: number, name: string): Promise<string> =>
  readFile(`/proc/${pid}/${name}`, 'utf8');
