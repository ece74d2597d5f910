import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { hostTraces, openTestHost } from '../test/kernel-host.ts';
import { createSandbox, learner, parkedThreads, type Sandbox, until } from './index.ts';

const floodMs = 3_000;
// An emulated processor takes longer (images/vm/tests/run-tests).
const slowness = Number(process.env.TATAMI_TEST_SLOWNESS ?? 1);
const slowestAnswerMs = 1_000 * slowness;
const slowestCloseMs = 2_000 * slowness;

/** A flood, and when it has reached what the sandbox may use. */
interface Flood {
  name: string;
  script: string;
  full(sandbox: Sandbox): Promise<boolean>;
}

const mebibyte = 1024 * 1024;
const limits = { memoryBytes: 128 * mebibyte, diskBytes: 64 * mebibyte, pids: 256 };

const floods: Flood[] = [
  {
    name: 'fork bomb',
    script: ':(){ :|:& };: 2>/dev/null; sleep 60',
    full: async (sandbox) =>
      (await sandbox.cgroups.pids()).length > (limits.pids - parkedThreads) * 0.9,
  },
  {
    name: 'pinned tmpfs',
    script: `mount -t tmpfs -o size=1g none /mnt
      while true; do n=$((n + 1)); head -c 16M /dev/zero > /mnt/$n; done`,
    full: async (sandbox) => (await sandbox.cgroups.memoryBytes()) > limits.memoryBytes * 0.9,
  },
  {
    name: 'full disk',
    script: 'while true; do n=$((n + 1)); head -c 16M /dev/zero > /root/$n; done 2>/dev/null',
    full: async (sandbox) => (await sandbox.cgroups.memoryBytes()) > limits.diskBytes * 0.9,
  },
];

test.each(floods)('$name leaves the neighbour typing and can be closed', async (flood) => {
  await using host = await openTestHost({ limits });
  const before = await hostTraces(host);
  const neighbour = await createSandbox(host);
  const flooded = await createSandbox(host);
  const shell = await typist(neighbour);
  await shell.answerMs();

  const flooding = flooded.exec(flood.script, { timeoutMs: 6_000 });
  await until(() => flood.full(flooded), { what: `the ${flood.name} is under way` });
  const answers: number[] = [];
  const end = performance.now() + floodMs;
  while (performance.now() < end) answers.push(await shell.answerMs());
  expect(answers.length).toBeGreaterThan(20);
  expect(Math.max(...answers)).toBeLessThan(slowestAnswerMs);

  const closing = performance.now();
  await flooded.close();
  expect(performance.now() - closing).toBeLessThan(slowestCloseMs);
  await flooding;
  expect(await shell.answerMs()).toBeLessThan(slowestAnswerMs);
  await neighbour.close();
  await shell.ended;
  expect(await hostTraces(host)).toEqual(before);
});

/** A login shell on a terminal; script(1) lends the outer one. */
async function typist(sandbox: Sandbox) {
  const { file, args } = sandbox.enterCommand(['/bin/bash', '--login'], {
    user: learner,
    tty: true,
  });
  const quoted = [file, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['--quiet', '--flush', '--command', quoted, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  let count = 0;
  await until(() => output.includes('lab-host'), { what: 'the shell shows its prompt' });
  return {
    ended: once(child, 'close'),
    /** Types a command and waits for its answer. */
    async answerMs(): Promise<number> {
      const started = performance.now();
      output = '';
      child.stdin.write(`echo $((${++count} + 1000000))\r`);
      await until(() => output.includes(String(count + 1_000_000)), {
        what: 'the shell answers',
        everyMs: 1,
      });
      return performance.now() - started;
    },
  };
}
