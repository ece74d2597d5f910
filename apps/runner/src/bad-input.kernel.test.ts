import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { detectCgroups } from '@tatami/sandbox';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Ended, ended } from '../../../packages/config/test/ended.ts';
import { connectRunner, startRunner, testConfig } from '../test/running-runner.ts';
import type { RunnerConfig } from './config.ts';

const program = [process.execPath, '--import', 'tsx', join(import.meta.dirname, 'runner.ts')];

const envOf = (config: RunnerConfig): Record<string, string> =>
  Object.fromEntries(Object.entries(config).map(([name, value]) => [name, String(value)]));

/** Settings of a runner whose folders are gone after the test. */
async function settings(): Promise<RunnerConfig> {
  const config = await testConfig();
  const dir = dirname(dirname(config.TATAMI_RUNNER_SOCKET));
  onTestFinished(() => rm(dir, { recursive: true }));
  return config;
}

/** Starts a runner that should not come up, inside of `wrap`. */
const start = (config: RunnerConfig, wrap: string[] = [], env: Record<string, string> = {}) =>
  ended([...wrap, ...program], { ...envOf(config), ...env });

function expectSentence({ code, stderr }: Ended, sentence: string, status = 1): void {
  expect(stderr).toBe(`The runner cannot start: ${sentence}\n`);
  expect(code).toBe(status);
}

test('a wrong setting ends it with 2', async () => {
  const config = await settings();
  expectSentence(
    await start(config, [], { TATAMI_SEATS: 'many' }),
    'TATAMI_SEATS is "many" (the environment); it takes a whole number above 0.',
    2,
  );
  expect(existsSync(config.TATAMI_STATE_DIR)).toBe(false);
});

test('a second runner does not take the place of the first', async () => {
  await using first = await startRunner();
  const { id } = await first.create();
  expectSentence(
    await start(first.config),
    `another runner listens on ${first.config.TATAMI_RUNNER_SOCKET}; stop it first, or set another TATAMI_RUN.`,
  );
  const { request } = connectRunner(first.config.TATAMI_RUNNER_SOCKET);
  expect((await request('GET', `/sandboxes/${id}`)).status).toBe(200);
});

test('a group that is not there is named, and nothing is left of the runner', async () => {
  const config = await settings();
  expectSentence(
    await start(config, [], { TATAMI_SOCKET_GROUP: 'nowhere', TATAMI_WARM: '0' }),
    'there is no group nowhere; make it (groupadd --system nowhere), or name another with TATAMI_SOCKET_GROUP.',
  );
});

test('a data folder that is a file is named', async () => {
  const config = await settings();
  await writeFile(config.TATAMI_DATA_DIR, '');
  expectSentence(
    await start(config),
    `the data folder ${config.TATAMI_DATA_DIR} is not a folder, or lies below something that is none; move that away, or name another with TATAMI_DATA.`,
  );
});

test('a root filesystem that was not built is named', async () => {
  const config = await settings();
  const rootfs = join(config.TATAMI_STATE_DIR, 'no-rootfs');
  await mkdir(config.TATAMI_STATE_DIR);
  const { code, stderr } = await start(config, [], { TATAMI_ROOTFS: rootfs });
  expect(stderr).toContain(`there is no learner's root filesystem at ${rootfs}; `);
  expect(code).toBe(1);
});

test('a kernel that is too old is named', async () => {
  // The kernel's own personality(2): uname(2) answers 2.6 then.
  const { code, stderr } = await start(await settings(), ['setarch', '--uname-2.6']);
  expect(stderr).toMatch(
    /^The runner cannot start: the kernel 2\.6\.\S+ is too old: sandboxes need 5\.19 \(Debian 12 has 6\.1\); boot a newer one\.\n$/,
  );
  expect(code).toBe(1);
});

describe('cgroups that lack something are named:', () => {
  /** Runs it in a mount namespace of its own, after `script`. */
  const after = (script: string): string[] => [
    ...['unshare', '--mount', '--propagation', 'private', 'sh', '-c'],
    `${script} && exec "$0" "$@"`,
  ];
  const unmounted = (targets: Iterable<string>) => after(`umount ${[...targets].join(' ')}`);

  test('all', async () => {
    const { hierarchies } = await detectCgroups('unused');
    expectSentence(
      await start(await settings(), unmounted(hierarchies)),
      'no cgroup file system is mounted; mount one: mount -t cgroup2 none /sys/fs/cgroup.',
    );
  });

  test('the controller of memory on version 1', async ({ skip }) => {
    const { version, controllers } = await detectCgroups('unused');
    if (version === 2) skip('this host has version 2');
    expectSentence(
      await start(await settings(), unmounted([controllers.get('memory') ?? ''])),
      'the cgroup controller memory cannot be found among the mounts; take cgroup_disable=memory from the kernel command line if it is there, or mount it: mount -t cgroup -o memory cgroup /sys/fs/cgroup/memory.',
    );
  });

  test('the controllers on version 2', async () => {
    const { version, unified, hierarchies } = await detectCgroups('unused');
    const bare =
      version === 2
        ? after(`mount --bind /dev/null ${unified}/cgroup.controllers`)
        : // What is left of a hybrid host has none.
          unmounted([...hierarchies].filter((target) => target !== unified));
    expectSentence(
      await start(await settings(), bare),
      `${unified} does not offer the cgroup controllers memory, pids, cpu; take cgroup_disable=memory from the kernel command line if it is there, or, in a container, have them delegated to it.`,
    );
  });
});
