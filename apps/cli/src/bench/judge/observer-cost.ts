import { setTimeout as delay } from 'node:timers/promises';
import {
  cpuSeconds,
  findObserver,
  kernelMiB,
  kernelProgramSeconds,
  type Observer,
  residentMiB,
  withKernelStats,
} from './observer.ts';

const sampleEveryMs = 2_000;

/** What observing costs while something runs. */
export interface Cost {
  /** Of the runner, the loader and the probe together. */
  cpuCores: number;
  /** The same by process, for people. */
  cores: string;
  /** Loader and probe with the kernel's memory for them, and what the runner grew by; the highest sample. */
  mebibytes: number;
  memory: string;
  samples: number;
  seconds: number;
  /** Spent in the kernel programs, on the learners' account; null where the kernel cannot tell. */
  kernelCores: number | null;
}

/** Measures from the moment `action` calls `begin` to its end. */
export async function measureCost(
  runner: number,
  action: (begin: () => Promise<void>) => Promise<void>,
): Promise<Cost> {
  const observer = await findObserver(runner);
  const quiet = await residentMiB(observer);
  return withKernelStats(async () => {
    let began: { at: number; cpu: Observer; kernel: number } | undefined;
    let over = false;
    const highest = { mebibytes: 0, memory: '', samples: 0 };
    const sampling = (async () => {
      while (!over) {
        const now = await residentMiB(observer);
        const shares = {
          loader: now.loader,
          probe: now.probe,
          kernel: await kernelMiB(observer),
          'runner grew': Math.max(0, now.runner - quiet.runner),
        };
        const mebibytes = Object.values(shares).reduce((a, b) => a + b);
        if (mebibytes > highest.mebibytes)
          Object.assign(highest, { mebibytes, memory: inWords(shares, 1) });
        highest.samples++;
        await delay(sampleEveryMs);
      }
    })();
    try {
      await action(async () => {
        const kernel = await kernelProgramSeconds(observer);
        began = { at: performance.now(), cpu: await cpuSeconds(observer), kernel };
      });
      if (!began) throw new Error('nothing began that could be measured');
      const seconds = (performance.now() - began.at) / 1000;
      const cpu = await cpuSeconds(observer);
      const kernel = (await kernelProgramSeconds(observer)) - began.kernel;
      const { cpu: from } = began;
      const cores = {
        runner: (cpu.runner - from.runner) / seconds,
        loader: (cpu.loader - from.loader) / seconds,
        probe: (cpu.probe - from.probe) / seconds,
      };
      return {
        cpuCores: Object.values(cores).reduce((a, b) => a + b),
        cores: inWords(cores, 3),
        ...highest,
        seconds: Math.round(seconds),
        kernelCores: kernel > 0 ? kernel / seconds : null,
      };
    } finally {
      over = true;
      await sampling;
    }
  });
}

const inWords = (shares: Record<string, number>, digits: number): string =>
  Object.entries(shares)
    .map(([name, value]) => `${name} ${value.toFixed(digits)}`)
    .join(', ');
