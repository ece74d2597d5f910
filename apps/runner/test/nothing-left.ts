import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { detectCgroups, mountsBelow, until } from '@tatami/sandbox';
import { afterAll, beforeAll, expect } from 'vitest';
import { startedRunners } from './running-runner.ts';

/** What keeps a namespace alive is a process in it, a mount, or an open file of it. */
async function leftovers(stateDir: string): Promise<string[]> {
  const instance = createHash('sha256').update(stateDir).digest('hex').slice(0, 8);
  const { parent, hierarchies } = await detectCgroups(`tatami-${instance}`);
  const cgroups = [...hierarchies]
    .map((root) => join(root, parent))
    .filter((dir) => existsSync(dir));
  return [
    ...cgroups.map((dir) => `cgroup ${dir}`),
    ...(await mountsBelow(stateDir)).map((target) => `mount ${target}`),
    ...(await processesOf(parent)),
  ];
}

/** Members of the runner's cgroups, and the relays outside, whose arguments name those. */
async function processesOf(parent: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await pids()) {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    const text = (await read('cgroup')) + (await read('cmdline'));
    if (text.includes(`/${parent}/`)) found.push(`process ${pid}`);
  }
  return found;
}

/** Children of this process, in which the runners ran, and the namespaces that it has open. */
async function ownHoldings(): Promise<Set<string>> {
  const held = new Set<string>();
  for (const pid of await pids()) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (status.includes(`\nPPid:\t${process.pid}\n`)) held.add(`child ${pid}`);
  }
  for (const fd of await readdir('/proc/self/fd')) {
    const target = await readlink(`/proc/self/fd/${fd}`).catch(() => '');
    if (/^\w+:\[\d+\]$/.test(target)) held.add(`file of ${target}`);
  }
  return held;
}

const pids = async () => (await readdir('/proc')).filter((name) => /^\d+$/.test(name));

/** Ends a suite of kernel tests: nothing of any runner that it started may be left on the host. */
export function withNothingLeft(): void {
  let before: Set<string>;
  beforeAll(async () => {
    before = await ownHoldings();
  });
  afterAll(async () => {
    expect(startedRunners.length).toBeGreaterThan(0);
    let left: string[] = [];
    const isClean = async () => {
      const own = [...(await ownHoldings())].filter((what) => !before.has(what));
      const ofRunners = await Promise.all(
        startedRunners.map(({ TATAMI_STATE_DIR }) => leftovers(TATAMI_STATE_DIR)),
      );
      left = [...own, ...ofRunners.flat()];
      return left.length === 0;
    };
    await until(isClean, { what: 'nothing is left', timeoutMs: 5_000 }).catch(() => undefined);
    expect(left).toEqual([]);
  });
}
