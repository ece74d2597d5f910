import type { KernelSnapshot } from '@tatami/protocol';
import {
  createSandbox,
  insideRoot,
  machinePrograms,
  observe,
  Probe,
  type Programs,
  runCommand,
  type Sandbox,
  type SandboxHost,
  until,
} from '@tatami/sandbox';
import { compareRows, lsnsArguments, lsnsRows, type Rows, viewRows } from './lsns.ts';
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

/** Compares until both agree on what stands still: what differs once may have been on its way out. */
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
      const found = await allDifferences(sandbox, before);
      const after = await look();
      const still = after !== null && members(after) === members(before);
      mismatches = found ?? ['lsns gives no answer'];
      if (!still) mismatches.push('it does not stand still');
      return mismatches.length === 0;
    },
    { what: 'both agree', everyMs: 50, timeoutMs: 20_000 },
  ).catch((error: Error) => {
    mismatches.push(error.message);
  });
  return mismatches;
}

const members = ({ machine, processes, zombies }: KernelSnapshot): string =>
  JSON.stringify([machine, ...processes, ...zombies].map(({ pid, ns }) => [pid, ns]).sort());

/** @returns null when a witness gave no answer. */
async function allDifferences(sandbox: Sandbox, view: KernelSnapshot): Promise<string[] | null> {
  const outside = fromOutside(await lsns('lsns', lsnsArguments), view);
  const { file, args } = sandbox.enterCommand(['/usr/bin/lsns', ...lsnsArguments], {
    user: insideRoot,
    tty: false,
  });
  const inside = fromInside(await lsns(file, args), view);
  if (!outside || !inside) return null;
  return [
    ...outside.map((text) => `on the host, ${text}`),
    ...inside.map((text) => `inside, ${text}`),
    ...(await comparePinned(sandbox, view)),
    ...(await compareForChildren(sandbox, view)),
  ];
}

/**
 * Gives up where lsns does, as a whole: a process of anybody's that ends while it is read, or that has a
 * newline in its name, is enough.
 */
async function lsns(file: string, args: string[]): Promise<Rows | null> {
  const { status, stdout } = await runCommand(file, args, { keptBytes: 16 * 1024 * 1024 });
  return status === 0 ? lsnsRows(stdout) : null;
}

function fromOutside(listed: Rows | null, view: KernelSnapshot): string[] | null {
  if (!listed) return null;
  const observed = viewRows(view, false);
  const pids = new Set([view.machine, ...view.processes, ...view.zombies].map(({ pid }) => pid));
  const ours = new Map(
    [...listed].filter(([name, { lowestPid }]) => observed.has(name) || pids.has(lowestPid)),
  );
  return compareRows(observed, ours, new Set());
}

function fromInside(listed: Rows | null, view: KernelSnapshot): string[] | null {
  if (!listed) return null;
  // lsns itself stands in the machine's namespaces.
  const crowded = new Set(
    Object.entries(view.machine.ns).map(([kind, inode]) => `${kind}:${inode}`),
  );
  return compareRows(viewRows(view, true), listed, crowded);
}
