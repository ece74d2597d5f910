import { readFile, readlink, stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { compiled } from '../../test/compiled.ts';
import { createQuietSandbox, EventLog, openTestSource, slowness } from '../../test/event-log.ts';
import { hostTraces, openTestHost, type TestHost } from '../../test/kernel-host.ts';
import { type Sandbox, until } from '../index.ts';

const inode = async (pid: number, kind: string): Promise<number> =>
  Number((await readlink(`/proc/${pid}/ns/${kind}`)).match(/\d+/)?.[0]);

// Commands live long enough here for /proc to be read: what is true of the fallback too.
describe.each(['bpf', 'connector'] as const)('the event source "%s"', (kind) => {
  test('tells who executed what, and how it ended', async () => {
    await using host = await openTestHost();
    await using source = await openTestSource(host, kind);
    await using sandbox = await createQuietSandbox(host);
    const log = await EventLog.of(source, sandbox);
    const before = Date.now();
    await log.run(
      sandbox,
      'sleep 0.2; (sleep 0.2; exit 7); sh -c "sleep 0.2; kill -9 \\$\\$" || true',
    );
    const [first] = log.execs('sleep');
    const status = await stat(`${host.rootfs}/bin/sleep`);
    expect(first).toMatchObject({
      argv: ['sleep', '0.2'],
      argvCut: false,
      inode: status.ino,
      size: status.size,
      uid: sandbox.base,
      tty: false,
    });
    expect(first?.at).toBeGreaterThan(before - 5);
    expect(first?.at).toBeLessThan(Date.now() + 5);
    expect(first?.pids).toHaveLength(1);
    const machine = Object.fromEntries(
      await Promise.all(
        ['mnt', 'net', 'uts', 'ipc', 'user', 'cgroup', 'pid'].map(async (ns) => [
          ns,
          await inode(sandbox.initPid, ns),
        ]),
      ),
    );
    expect(first?.ns).toMatchObject(machine);
    expect(first?.pidForChildren).toBe(machine.pid);
    const shell = log.execs('bash')[0];
    expect(first?.parent).toBe(shell?.pid);
    const ends = log.all('exit');
    expect(ends.find(({ pid }) => pid === first?.pid)).toMatchObject({ code: 0, signal: null });
    expect(ends.some(({ code }) => code === 7)).toBe(true);
    expect(ends.find(({ pid }) => pid === log.execs('sh')[0]?.pid)).toMatchObject({
      code: null,
      signal: 9,
    });
    expect(log.lost).toBe(0);
    expect(log.events.map(({ seq }) => seq)).toEqual(log.events.map((_, i) => i));
  });

  test('tells of new and of entered namespaces', async () => {
    await using host = await openTestHost();
    await using source = await openTestSource(host, kind);
    await using sandbox = await createQuietSandbox(host);
    const log = await EventLog.of(source, sandbox);
    await log.run(
      sandbox,
      `(sleep 0.2; exec unshare --net sleep 60) & target=$!
       until [ "$(readlink /proc/$target/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
       (sleep 0.2; exec nsenter -t $target -n sleep 0.3); kill $target; wait $target || true`,
    );
    const machineNet = await inode(sandbox.initPid, 'net');
    const made = log.all('unshare').find(({ kinds }) => kinds.includes('net'));
    expect(made).toMatchObject({ kinds: ['net'], errno: 0 });
    expect(made?.ns.net).not.toBe(machineNet);
    const entered = log.all('setns')[0];
    expect(entered).toMatchObject({ changed: ['net'], errno: 0 });
    expect(entered?.ns.net).toBe(made?.ns.net);
    const inside = log.execs('sleep').find(({ argv }) => argv[1] === '0.3');
    expect(inside?.ns).toMatchObject({
      net: made?.ns.net,
      mnt: await inode(sandbox.initPid, 'mnt'),
    });
    expect(inside?.pid).toBe(entered?.pid);
  });

  test('shows nobody the events of another sandbox or of the host', async () => {
    await using host = await openTestHost();
    await using source = await openTestSource(host, kind);
    await using one = await createQuietSandbox(host);
    await using two = await createQuietSandbox(host);
    const [first, second] = [await EventLog.of(source, one), await EventLog.of(source, two)];
    await Promise.all([
      first.run(one, 'for i in 1 2 3; do sleep 0.1; done'),
      second.run(two, 'for i in 1 2 3; do sleep 0.11; done'),
      one.exec('true'),
    ]);
    expect(first.execs('sleep').map(({ argv }) => argv[1])).toEqual(['0.1', '0.1', '0.1']);
    expect(second.execs('sleep').map(({ argv }) => argv[1])).toEqual(['0.11', '0.11', '0.11']);
    for (const [log, { base }] of [[first, one] as const, [second, two] as const])
      expect(log.events.filter(({ uid }) => uid < base || uid >= base + 65_536)).toEqual([]);
  });

  test('follows processes into cgroups that a learner made', async () => {
    await using host = await openTestHost();
    await using source = await openTestSource(host, kind);
    await using sandbox = await createQuietSandbox(host);
    const log = await EventLog.of(source, sandbox);
    await log.run(
      sandbox,
      `mkdir -p /tmp/cg; mount -t cgroup2 none /tmp/cg; mkdir /tmp/cg/mine
       sh -c 'echo 0 > /tmp/cg/mine/cgroup.procs; sleep 0.2'; umount /tmp/cg`,
    );
    expect(log.execs('sleep')).toHaveLength(1);
    await sandbox.exec('mount -t cgroup2 none /tmp/cg; rmdir /tmp/cg/mine; umount /tmp/cg');
  });

  test('tells nothing after unwatch, and all again when it is watched anew', async () => {
    await using host = await openTestHost();
    await using source = await openTestSource(host, kind);
    await using sandbox = await createQuietSandbox(host);
    const first = await EventLog.of(source, sandbox);
    await first.run(sandbox, 'sleep 0.1');
    first.unwatch();
    const told = first.events.length;
    await sandbox.exec('sleep 0.11');
    const second = await EventLog.of(source, sandbox);
    await second.run(sandbox, 'sleep 0.12');
    expect(first.events).toHaveLength(told);
    expect(second.execs('sleep').map(({ argv }) => argv[1])).toEqual(['0.12']);
    expect(second.events.map(({ seq }) => seq)).toEqual(second.events.map((_, i) => i));
  });

  test('says that a sandbox is watched however much there is to tell of another', async () => {
    await using host = await openTestHost();
    const unlimited = { recordsPerSecond: 1_000_000, burstRecords: 1_000_000 };
    await using source = await openTestSource(host, kind, unlimited);
    await using busy = await createQuietSandbox(host);
    await using other = await createQuietSandbox(host);
    const log = await EventLog.of(source, busy);
    await bringReexec(busy);
    process.kill(programPid(source), 'SIGSTOP');
    // Its last look stays: of a process that lives the fallback tells each execution.
    await busy.exec(`/tmp/reexec ${executions} ${'x'.repeat(490)} >/dev/null 2>&1 &`);
    const isDone = async () => (await busy.exec('cat /tmp/done')).stdout !== '';
    await until(isDone, { what: 'all is executed', timeoutMs: 20_000 * slowness });
    const watched = EventLog.of(source, other);
    process.kill(programPid(source), 'SIGCONT');
    await log.until('all is told', () => log.execs('reexec').length >= executions);
    const second = await watched;
    await second.run(other, 'sleep 0.1');
    expect(second.execs('sleep')).toHaveLength(1);
    expect(log.lost + second.lost).toBe(0);
  });

  test('survives the end of its program and says what it did not see', async () => {
    await using host = await openTestHost();
    await using source = await openTestSource(host, kind);
    await using sandbox = await createQuietSandbox(host);
    const log = await EventLog.of(source, sandbox);
    await log.run(sandbox, 'sleep 0.1');
    const next = (log.events.at(-1)?.seq ?? 0) + 1;
    process.kill(programPid(source), 'SIGKILL');
    await log.until('its end is told', () => log.downs === 1);
    await sandbox.exec('sleep 0.11');
    await log.until('it is up again', () => log.ups === 2);
    await log.run(sandbox, 'sleep 0.12');
    expect(log.execs('sleep').map(({ argv }) => argv[1])).toEqual(['0.1', '0.12']);
    expect(log.events.find(({ seq }) => seq >= next)?.seq).toBe(next);
  });

  test('holds no privilege that it does not use, and leaves nothing', async () => {
    await using host = await openTestHost();
    const before = await ownTraces(host);
    const source = await openTestSource(host, kind);
    const sandbox = await createQuietSandbox(host);
    const log = await EventLog.of(source, sandbox);
    await log.run(sandbox, 'sleep 0.1');
    const pid = programPid(source);
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const needed = kind === 'bpf' ? 0n : (1n << 19n) | (1n << 2n);
    for (const set of ['CapPrm', 'CapEff'])
      expect(BigInt(`0x${status.match(new RegExp(`^${set}:\\t(.*)$`, 'm'))?.[1]}`)).toBe(needed);
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    await source.close();
    await source.close();
    await expect(stat(`/proc/${pid}`)).rejects.toMatchObject({ code: 'ENOENT' });
    await sandbox.close();
    expect(await ownTraces(host)).toEqual(before);
    expect(log.downs).toBe(0);
  });
});

/** More than a program holds of half a KiB each. */
const executions = 2_000;

/** Brings a program that executes itself the given number of times, says so in a file, and stays. */
async function bringReexec(sandbox: Sandbox): Promise<void> {
  const program = await compiled(`
    #include <fcntl.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <unistd.h>
    int main(int argc, char **argv) {
      char left[16];
      snprintf(left, sizeof left, "%d", atoi(argv[1]) - 1);
      if (atoi(argv[1]) > 1) execl(argv[0], argv[0], left, argv[2], (char *)0);
      if (write(open("/tmp/done", O_CREAT | O_WRONLY, 0600), "done", 4) != argc + 1) return 1;
      return pause();
    }`);
  await sandbox.exec(`base64 -d > /tmp/reexec <<< '${program}'; chmod +x /tmp/reexec`);
}

/** Processes are left out: those of the machine's other sandboxes come and go. */
async function ownTraces(host: TestHost): Promise<Record<string, unknown>> {
  const { processes: _, ...traces } = await hostTraces(host);
  return traces;
}

function programPid(source: object): number {
  const { pid } = source as { pid?: number };
  if (!pid) throw new Error('the event program does not run');
  return pid;
}
