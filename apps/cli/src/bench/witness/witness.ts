import type { KernelSnapshot } from '@tatami/protocol';
import {
  createSandbox,
  machinePrograms,
  mustRun,
  observe,
  Probe,
  type Programs,
  type Sandbox,
  type SandboxHost,
  until,
} from '@tatami/sandbox';
import { compareRows, lsnsArguments, lsnsRows, viewRows } from './lsns.ts';
import { compareForChildren, comparePinned } from './nsfs.ts';
import { prelude, type Situation, stands } from './situation.ts';
import { situations } from './situations.ts';

/** What the comparison came to; a mismatch is a sentence that names its situation. */
export interface Testimony {
  situations: number;
  mismatches: string[];
}

interface Observer {
  host: SandboxHost;
  probe: Probe;
  programs: Programs;
}

/**
 * Builds each situation in a sandbox of its own and holds what we observe against what util-linux says:
 * lsns on the host and inside, findmnt and stat for what lsns does not list.
 */
export async function callWitness(host: SandboxHost, chosen = situations): Promise<Testimony> {
  const observer = {
    host,
    probe: new Probe(host.native.bin),
    programs: machinePrograms(host.rootfs),
  };
  const mismatches: string[] = [];
  try {
    for (const situation of chosen) {
      const found = await compare(observer, situation);
      mismatches.push(...found.map((text) => `${situation.name}: ${text}`));
    }
  } finally {
    observer.probe.close();
  }
  return { situations: chosen.length, mismatches };
}

async function compare(observer: Observer, situation: Situation): Promise<string[]> {
  const sandbox = await createSandbox(observer.host);
  try {
    const { status, stderr } = await sandbox.exec(`${prelude}${situation.script}`);
    if (status !== 0) return [`the script exits ${status}: ${stderr.trim()}`];
    return await whileStill(observer, sandbox, situation);
  } finally {
    await sandbox.close();
  }
}

/** Compares until nothing came or went meanwhile. */
async function whileStill(
  observer: Observer,
  sandbox: Sandbox,
  situation: Situation,
): Promise<string[]> {
  let mismatches = ['it never came about'];
  const look = async () => observe(sandbox, observer.probe, observer.programs);
  await until(
    async () => {
      const before = await look();
      if (!before || !stands(situation, before)) return false;
      mismatches = await allDifferences(sandbox, before);
      const after = await look();
      return after !== null && members(after) === members(before);
    },
    { what: 'it stands still', timeoutMs: 5_000 },
  ).catch((error: Error) => {
    mismatches.push(error.message);
  });
  return mismatches;
}

const members = ({ machine, processes, zombies }: KernelSnapshot): string =>
  JSON.stringify([machine, ...processes, ...zombies].map(({ pid, ns }) => [pid, ns]).sort());

async function allDifferences(sandbox: Sandbox, view: KernelSnapshot): Promise<string[]> {
  return [
    ...(await fromOutside(view)),
    ...(await fromInside(sandbox, view)),
    ...(await comparePinned(sandbox, view)),
    ...(await compareForChildren(sandbox, view)),
  ];
}

async function fromOutside(view: KernelSnapshot): Promise<string[]> {
  const listed = lsnsRows(await mustRun('lsns', lsnsArguments));
  const observed = viewRows(view, false);
  const pids = new Set([view.machine, ...view.processes, ...view.zombies].map(({ pid }) => pid));
  const ours = new Map(
    [...listed].filter(([name, { lowestPid }]) => observed.has(name) || pids.has(lowestPid)),
  );
  return compareRows(observed, ours, new Set()).map((text) => `on the host, ${text}`);
}

async function fromInside(sandbox: Sandbox, view: KernelSnapshot): Promise<string[]> {
  const { stdout } = await sandbox.exec(`lsns ${lsnsArguments.join(' ')}`);
  // lsns and the shell that started it stand in the machine's namespaces.
  const crowded = new Set(
    Object.entries(view.machine.ns).map(([kind, inode]) => `${kind}:${inode}`),
  );
  return compareRows(viewRows(view, true), lsnsRows(stdout), crowded).map(
    (text) => `inside, ${text}`,
  );
}
