import { readFile } from 'node:fs/promises';
import type { KernelSnapshot } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { compiled } from '../test/compiled.ts';
import { hostTraces, openTestHost, type TestHost } from '../test/kernel-host.ts';
import { createSandbox, machinePrograms, observe, Probe, until } from './index.ts';

/** Runs a script in a sandbox and looks until what it made is there. */
async function lookAfter(
  host: TestHost,
  script: string,
  there: (view: KernelSnapshot) => boolean,
): Promise<KernelSnapshot> {
  const sandbox = await createSandbox(host);
  const probe = new Probe(host.native.bin);
  const programs = machinePrograms(host.rootfs);
  let last: KernelSnapshot | null = null;
  try {
    const { stderr } = await sandbox.exec(
      `keep() { "$@" </dev/null >/dev/null 2>&1 & }\n${script}`,
    );
    expect(stderr).toBe('');
    await until(
      async () => {
        last = await observe(sandbox, probe, programs);
        return last !== null && there(last);
      },
      { what: 'it is there' },
    );
    if (!last) throw new Error('the sandbox is gone');
    return last;
  } finally {
    probe.close();
    await sandbox.close();
  }
}

test('nothing that a learner names takes the place of anything else', async () => {
  await using host = await openTestHost();
  const before = await hostTraces(host);
  const line = 'x)\nNSpid:\t1\n30 1 0:4 uts:[1] / rw - nsfs n';
  const view = await lookAfter(
    host,
    `odd=$'${line.replaceAll('\n', '\\n').replaceAll('\t', '\\t').replace('/', '')}'
    mkdir "/tmp/$odd"; cp /bin/sleep "/tmp/$odd/$odd"; touch "/run/$odd"
    unshare --uts="/run/$odd" hostname -b odd
    keep unshare --uts bash -c 'printf %s "$1" > /proc/sys/kernel/hostname; exec -a "$1" "$2" 1000' \
      - "$odd" "/tmp/$odd/$odd"`,
    ({ processes }) => processes.some(({ comm }) => comm.startsWith('x)\n')),
  );
  const odd = line.replace('/', '');
  const process = view.processes.find(({ comm }) => comm.startsWith('x)'));
  expect(process).toMatchObject({
    comm: odd.slice(0, 15),
    exe: `/tmp/${odd}/${odd}`,
    argv: [odd, '1000'],
    state: 'S',
    shell: false,
  });
  expect(process?.pids).toHaveLength(1);
  expect(view.pinned).toEqual([
    {
      kind: 'uts',
      inode: expect.any(Number),
      target: `/run/${odd}`,
      mnt: view.machine.ns.mnt,
    },
  ]);
  expect(view.pinned[0]?.inode).not.toBe(1);
  expect(await hostTraces(host)).toEqual(before);
});

test("sockets of every net namespace but the machine's are seen with their peers", async () => {
  await using host = await openTestHost();
  const script = `keep unshare --net bash -c 'ip link set lo up; exec perl -MIO::Socket::INET -e "
      my \\$l = IO::Socket::INET->new(Listen => 5, LocalAddr => q(127.0.0.1), LocalPort => 5432) or die;
      my \\$c = IO::Socket::INET->new(PeerAddr => q(127.0.0.1), PeerPort => 5432) or die; sleep 1000"'`;
  const view = await lookAfter(host, script, ({ sockets }) =>
    [...sockets.values()].some((list) => list.some(({ state }) => state === 'established')),
  );
  const perl = view.processes.find(({ comm }) => comm === 'perl');
  const sockets = view.sockets.get(perl?.ns.net ?? 0);
  expect(view.sockets.has(view.machine.ns.net)).toBe(false);
  const inode = expect.any(Number);
  expect(sockets).toContainEqual({
    local: '127.0.0.1:5432',
    remote: '0.0.0.0:0',
    state: 'listen',
    inode,
  });
  expect(sockets).toContainEqual({
    local: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    remote: '127.0.0.1:5432',
    state: 'established',
    inode,
  });
  expect(view.cut).toBe(false);
});

test('what does not fit is cut and said, and half a mount table is none', async () => {
  await using host = await openTestHost();
  const crowd = await lookAfter(
    host,
    'for n in $(seq 110); do keep unshare --uts sleep 1000; done',
    ({ cut }) => cut,
  );
  expect(crowd.hostnames.size).toBe(100);
  const mounts = await lookAfter(
    host,
    `keep unshare --mount bash -c 'mount --make-rprivate /; mount -t tmpfs none /mnt
      for n in $(seq 12); do mkdir /mnt/$n; done
      for n in $(seq 12); do mount --rbind /mnt /mnt/$n; done; exec sleep 1000'`,
    ({ cut, processes }) => cut && processes.some(({ comm }) => comm === 'sleep'),
  );
  const flooder = mounts.processes.find(({ comm }) => comm === 'sleep');
  expect(mounts.mounts.has(flooder?.ns.mnt ?? 0)).toBe(false);
  expect(mounts.mounts.get(mounts.machine.ns.mnt)?.length).toBeGreaterThan(5);
});

test('processes that keep a look waiting go without their arguments', async () => {
  await using host = await openTestHost();
  // All share one memory map, which the first changes without a pause.
  const code = `
    #define _GNU_SOURCE
    #include <sched.h>
    #include <signal.h>
    #include <sys/mman.h>
    #include <unistd.h>
    static int idle(void *none) { (void)none; for (;;) pause(); }
    int main() {
      size_t size = 64 << 20;
      char *map = mmap(0, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
      for (int i = 0; i < 100; i++) clone(idle, (char *)mmap(0, 16384, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) + 16384, CLONE_VM | SIGCHLD, 0);
      for (alarm(20);;) mprotect(map, size, PROT_READ | PROT_WRITE), mprotect(map, size, PROT_READ);
    }`;
  const view = await lookAfter(
    host,
    `base64 -d >/tmp/map <<'END'\n${await compiled(code)}\nEND
    chmod +x /tmp/map; keep /tmp/map; keep sleep 1000`,
    // Not each look has to wait.
    ({ processes }) => processes.some(({ comm, argv }) => comm === 'map' && argv.length === 0),
  );
  expect(view.cut).toBe(true);
  expect(view.processes.filter(({ comm }) => comm === 'map')).toHaveLength(101);
});

test('a probe that was killed is started again', async () => {
  await using host = await openTestHost();
  const sandbox = await createSandbox(host);
  const probe = new Probe(host.native.bin);
  const programs = machinePrograms(host.rootfs);
  const children = async () =>
    (await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')).split(' ').filter(Boolean);
  const before = await children();
  expect((await observe(sandbox, probe, programs))?.machine.pids).toEqual([1]);
  const [child] = (await children()).filter((pid) => !before.includes(pid));
  process.kill(Number(child), 'SIGKILL');
  await expect(observe(sandbox, probe, programs)).rejects.toThrow('the probe ended');
  expect((await observe(sandbox, probe, programs))?.machine.pids).toEqual([1]);
  probe.close();
  await sandbox.close();
});
