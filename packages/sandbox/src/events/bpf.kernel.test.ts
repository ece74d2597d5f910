import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { compiled } from '../../test/compiled.ts';
import { createQuietSandbox, EventLog, openTestSource, slowness } from '../../test/event-log.ts';
import { openTestHost } from '../../test/kernel-host.ts';
import { learner } from '../sandbox.ts';
import { until } from '../until.ts';
import { buildEventPrograms } from './build-event-programs.ts';
import { type Frame, FrameReader } from './frames.ts';
import type { EventSourceOptions } from './open-event-source.ts';

/** A sandbox whose every event is heard, on a host and a source of its own. */
async function watchedSandbox(options: Partial<EventSourceOptions> = {}) {
  const host = await openTestHost();
  const source = await openTestSource(host, 'bpf', options);
  const sandbox = await createQuietSandbox(host);
  const log = await EventLog.of(source, sandbox);
  return {
    host,
    source,
    sandbox,
    log,
    run: (script: string) => log.run(sandbox, script),
    [Symbol.asyncDispose]: async () => {
      await source.close();
      await sandbox.close();
      await host[Symbol.asyncDispose]();
    },
  };
}

const inode = async (pid: number, kind: string): Promise<number> =>
  Number((await readlink(`/proc/${pid}/ns/${kind}`)).match(/\d+/)?.[0]);

test('arguments come as they are, and as far as they are read', async () => {
  await using machine = await watchedSandbox();
  const { log, sandbox } = machine;
  await machine.run(`/bin/true $'two\\nlines' 'a "quote' $'\\xff\\xfe' 日本 '' ; ln -s /bin/true $'/tmp/a\\nb'
    $'/tmp/a\\nb'; /bin/true $(seq 500)`);
  expect(log.execs('true')[0]?.argv).toEqual([
    '/bin/true',
    'two\nlines',
    'a "quote',
    '\ufffd\ufffd',
    '日本',
    '',
  ]);
  const linked = log.all('exec').find(({ file }) => file === '/tmp/a\nb');
  expect(linked?.inode).toBe(log.execs('true')[0]?.inode);
  expect(log.execs('true')[1]).toMatchObject({ argvCut: true });
  expect(log.execs('true')[1]?.argv.slice(0, 4)).toEqual(['/bin/true', '1', '2', '3']);
  expect(sandbox.isAlive).toBe(true);
});

test('a process of threads ends once, with the status that wait(2) gives', async () => {
  await using machine = await watchedSandbox();
  const { log, sandbox } = machine;
  const code = `
    #include <pthread.h>
    #include <stdlib.h>
    #include <unistd.h>
    static void *end(void *wait) { if (wait) { usleep(20000); exit(9); } return 0; }
    int main() { pthread_t t; for (long i = 3; i >= 0; i--) pthread_create(&t, 0, end, (void *)(i == 2)); pthread_exit(0); }`;
  await sandbox.exec(
    `base64 -d > /tmp/threads <<'END'\n${await compiled(code)}\nEND\nchmod +x /tmp/threads`,
  );
  await machine.run('for i in 1 2 3 4 5; do /tmp/threads || true; done');
  const started = log.execs('threads').map(({ pid }) => pid);
  const ended = log.all('exit').filter(({ pid }) => started.includes(pid));
  expect(ended.map(({ code: status }) => status)).toEqual([9, 9, 9, 9, 9]);
  expect(log.all('fork')).toHaveLength(new Set(log.all('fork').map(({ pid }) => pid)).size);
});

test('unshare --pid --fork --mount-proc is told step by step', async () => {
  await using machine = await watchedSandbox();
  await machine.run('unshare --pid --fork --mount-proc sh -c "exit 3" || true');
  const { log, sandbox } = machine;
  const unshare = log.execs('unshare')[0];
  const told = log.events.filter(
    ({ pid, parent, seq }) =>
      seq >= (unshare?.seq ?? 0) && (pid === unshare?.pid || parent === unshare?.pid),
  );
  expect(told.map(({ type }) => type)).toEqual([
    ...['exec', 'unshare', 'fork', 'mount', 'mount', 'exec', 'exit', 'exit'],
  ]);
  expect(told[1]).toMatchObject({ kinds: ['pid', 'mnt'], errno: 0 });
  expect(told[1]?.ns.pid).toBe(await inode(sandbox.initPid, 'pid'));
  expect(told[2]?.pids).toHaveLength(2);
  expect(told[2]?.pids[1]).toBe(1);
  expect(told[2]?.ns.pid).not.toBe(told[1]?.ns.pid);
  expect(told[2]?.ns.pid).toBe(told[2]?.pidForChildren);
  expect(told[4]).toMatchObject({ source: 'proc', target: '/proc', fstype: 'proc', errno: 0 });
  expect(told[5]).toMatchObject({ argv: ['sh', '-c', 'exit 3'] });
  expect(told[6]).toMatchObject({ code: 3 });
});

test("nsenter -n ip addr stands in the target's network and the machine's files", async () => {
  await using machine = await watchedSandbox();
  const { log, sandbox } = machine;
  await machine.run(`unshare --net --mount sleep 60 & target=$!
    until [ "$(readlink /proc/$target/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
    nsenter -t $target -n ip addr; nsenter -t $target -n -m ip addr
    kill $target; wait $target || true`);
  const target = log.execs('sleep')[0];
  const [withNet, withBoth] = log.execs('ip');
  const machineMnt = await inode(sandbox.initPid, 'mnt');
  expect(withNet?.ns).toMatchObject({ net: target?.ns.net, mnt: machineMnt });
  expect(withBoth?.ns).toMatchObject({ net: target?.ns.net, mnt: target?.ns.mnt });
  expect(target?.ns.net).not.toBe(await inode(sandbox.initPid, 'net'));
  expect(target?.ns.mnt).not.toBe(machineMnt);
  const entries = log.all('setns').map(({ asked, changed, errno }) => ({ asked, changed, errno }));
  expect(entries).toEqual([
    { asked: ['net'], changed: ['net'], errno: 0 },
    { asked: ['net'], changed: ['net'], errno: 0 },
    { asked: ['mnt'], changed: ['mnt'], errno: 0 },
  ]);
});

test('host names, mounts and what was refused are told', async () => {
  await using machine = await watchedSandbox();
  const { log, sandbox } = machine;
  await machine.run(`unshare --uts hostname 'inside'; mount -t tmpfs none /mnt; umount /mnt
    umount /mnt || true; mount -t foreign none /mnt || true`);
  expect(log.all('sethostname')).toMatchObject([{ hostname: 'inside' }]);
  expect(log.all('sethostname')[0]?.ns.uts).not.toBe(await inode(sandbox.initPid, 'uts'));
  expect(log.all('mount').find(({ target }) => target === '/mnt')).toMatchObject({
    source: 'none',
    fstype: 'tmpfs',
    errno: 0,
  });
  const nodev = 19;
  const invalid = 22;
  expect(log.all('mount').find(({ fstype }) => fstype === 'foreign')?.errno).toBe(nodev);
  expect(log.all('umount').map(({ target, errno }) => ({ target, errno }))).toEqual([
    { target: '/mnt', errno: 0 },
    { target: '/mnt', errno: invalid },
  ]);
  const permission = 1;
  await sandbox.exec('unshare --net true; nsenter -t 1 -n true', { user: learner });
  await log.until('refusals are told', () => log.all('unshare').length === 2);
  expect(log.all('unshare')[1]).toMatchObject({ kinds: ['net'], errno: permission });
});

test('clone(2) with namespaces is told before the process that it made', async () => {
  await using machine = await watchedSandbox();
  const { log } = machine;
  const number = process.arch === 'x64' ? 56 : 220;
  const newNetAndSigchld = 0x4000_0000 | 17;
  await machine.run(`perl -e '$p = syscall(${number}, ${newNetAndSigchld}, 0, 0, 0, 0); exit 5 if !$p; waitpid $p, 0'
    perl -e 'fork; wait'`);
  const [clone, ...more] = log.all('clone');
  expect(more).toEqual([]);
  expect(clone?.kinds).toEqual(['net']);
  const child = log.all('fork').find(({ parent }) => parent === clone?.pid);
  expect(child?.seq).toBe((clone?.seq ?? 0) + 1);
  expect(child?.ns.net).not.toBe(clone?.ns.net);
  expect(log.all('exit').find(({ pid }) => pid === child?.pid)?.code).toBe(5);
});

test('a terminal is told from none', async () => {
  await using machine = await watchedSandbox();
  await machine.run('sh -c true; script -qec tty /dev/null');
  const { log } = machine;
  expect(log.execs('tty')[0]?.tty).toBe(true);
  expect(log.execs('sh')[0]?.tty).toBe(false);
});

test('500 commands of less than a millisecond are all told, in order', async () => {
  await using machine = await watchedSandbox();
  const { log } = machine;
  await machine.run('for i in $(seq 500); do /bin/true $i; done');
  expect(log.execs('true').map(({ argv }) => Number(argv[1]))).toEqual(
    Array.from({ length: 500 }, (_, i) => i + 1),
  );
  expect(log.lost).toBe(0);
  expect(log.events.map(({ seq }) => seq)).toEqual(log.events.map((_, i) => i));
});

test('a flood is cut and counted where it is, and costs no neighbour a record', async () => {
  await using machine = await watchedSandbox({ recordsPerSecond: 10, burstRecords: 300 });
  const { log, sandbox, source, host } = machine;
  const neighbour = await createQuietSandbox(host);
  try {
    const quiet = await EventLog.of(source, neighbour);
    const flood = sandbox.exec('for i in $(seq 400); do /bin/true $i; done', {
      timeoutMs: 30_000 * slowness,
    });
    for (let i = 0; i < 10; i++) await quiet.run(neighbour, `/bin/true ${i}`);
    expect((await flood).status).toBe(0);
    expect(quiet.execs('true').map(({ argv }) => Number(argv[1]))).toEqual([
      ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    ]);
    expect(quiet.lost).toBe(0);
    // The shell's execution and end, seq's own and its subshell's, and 400 times fork, exec and exit.
    await log.until('all losses are counted', () => log.events.length + log.lost >= 1_205);
    expect(log.events.length + log.lost).toBe(1_205);
    expect(log.lost).toBeGreaterThan(300);
    const seqs = log.events.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    const { cpuSeconds, rssMiB } = costOf((source as unknown as { pid: number }).pid);
    expect(cpuSeconds).toBeLessThan(slowness);
    expect(rssMiB).toBeLessThan(40);
  } finally {
    await neighbour.close();
  }
});

test('a reader that does not read holds nobody up, and hears how much it missed', async () => {
  await using host = await openTestHost();
  const sandbox = await createQuietSandbox(host);
  const { loader, object } = await buildEventPrograms('/var/lib/tatami/events');
  const [unlimited, ringBytes] = ['1000000', '65536'];
  const child = spawn(loader, [object, unlimited, unlimited, ringBytes]);
  try {
    const ended = once(child, 'close');
    const reader = new FrameReader();
    const frames: Frame[] = [];
    const isUp = () => frames.some(({ type }) => type === 'up');
    child.stdout.on('data', (chunk: Buffer) => frames.push(...reader.push(chunk)));
    child.stdin.write(`+${sandbox.cgroups.watched.id}\n`);
    await until(isUp, { what: 'it watches', timeoutMs: 10_000 * slowness });
    child.stdout.pause();
    // Of a kilobyte each: more than the program's buffer, its socket's and the ring hold.
    const commands = 1_700;
    const long = 'x'.repeat(500);
    const flood = `for i in $(seq ${commands}); do /bin/true ${long}; done`;
    expect((await sandbox.exec(flood, { timeoutMs: 30_000 * slowness })).status).toBe(0);
    child.stdout.resume();
    const told = () => frames.filter(({ type }) => type === 'event').length;
    const lost = () => frames.findLast((frame) => frame.type === 'lost')?.total ?? 0;
    // The shell's execution and end, seq's three, and three a command.
    const all = 5 + 3 * commands;
    const isTold = () => told() + lost() >= all;
    await until(isTold, { what: 'all is told or counted', timeoutMs: 10_000 * slowness });
    expect(told() + lost()).toBe(all);
    expect(lost()).toBeGreaterThan(0);
    child.stdin.end();
    await ended;
  } finally {
    child.kill();
    await sandbox.close();
  }
});

test('nothing that a learner names or writes makes an event', async () => {
  await using machine = await watchedSandbox();
  const { log } = machine;
  const json = '{"type":"exec","cgroup":1,"argv":["forged"]}';
  const line = '\nexec forged\n';
  // The beginning of a frame, with ones where a name cannot hold zeros.
  const frame = '\x18\x01\x01\x01\x02\x01\x01\x01forged';
  const quoted = [json, line, frame].map((text) => `'${text}'`);
  await machine.run(`
    /bin/true ${quoted.join(' ')}
    for name in ${quoted.join(' ')}; do
      (exec -a "$name" /bin/true 1)
      ln -s /bin/true "/tmp/$name"; "/tmp/$name" 2
      printf "$name" > /proc/self/comm
      unshare --uts perl -e '$n = $ARGV[0]; syscall ${process.arch === 'x64' ? 170 : 161}, $n, length $n' "$name"
      mount -t "$name" "$name" "/tmp/$name" || true
      umount "$name" || true
    done
    printf '\\x98\\0\\0\\0\\x02\\0\\x01\\0forged' > /tmp/bytes
    for file in /dev/kmsg /dev/console /proc/1/fd/* /sys/kernel/tracing/trace_marker; do
      printf '${json}' > "$file" || true; printf '\\x98\\0\\0\\0\\x02\\0\\x01\\0forged' > "$file" || true
    done; true`);
  const [rounds, executions] = [3, 8];
  const expected = [json, line, frame].flatMap((name) => [
    [name, '1'],
    ['ln', '-s', '/bin/true', `/tmp/${name}`],
    [`/tmp/${name}`, '2'],
    ['unshare', '--uts', 'perl', '-e', expect.anything(), name],
    ['perl', '-e', expect.anything(), name],
    ['mount', '-t', name, name, `/tmp/${name}`],
    ['umount', name],
  ]);
  expect(log.all('exec').map(({ argv }) => argv)).toEqual([
    ['/bin/bash', '-s'],
    ['/bin/true', json, line, frame],
    ...expected,
  ]);
  expect(log.all('sethostname').map(({ hostname }) => hostname)).toEqual([json, line, frame]);
  expect(log.all('unshare').map(({ kinds }) => kinds)).toEqual(Array(rounds).fill(['uts']));
  expect(log.all('fork')).toHaveLength(1 + rounds * (executions - 2));
  expect(log.all('exit')).toHaveLength(log.all('fork').length + 1);
  expect(log.lost + log.downs).toBe(0);
  expect(log.events.map(({ seq }) => seq)).toEqual(log.events.map((_, i) => i));
});

test('a process that kills, traces and renames all it can changes nothing', async () => {
  await using machine = await watchedSandbox();
  const { log, sandbox } = machine;
  await sandbox.exec(`printf forged > /proc/self/comm; sleep 60 & ln -s /bin/sleep /tmp/tatami-events
    /tmp/tatami-events 61 & kill -9 -1`);
  await machine.run('/bin/true still-told');
  expect(log.execs('true').map(({ argv }) => argv[1])).toEqual(['still-told']);
  const killed = log.execs('sleep').concat(log.execs('tatami-events'));
  const ends = log.all('exit').filter(({ pid }) => killed.some((exec) => exec.pid === pid));
  expect(ends.map(({ signal }) => signal)).toEqual(killed.map(() => 9));
  expect(log.lost + log.downs).toBe(0);
});

/** Processor time and resident memory of a process (proc_pid_stat(5)). */
function costOf(pid: number): { cpuSeconds: number; rssMiB: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticksPerSecond = 100;
  const rss = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+)/m)?.[1];
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    rssMiB: Number(rss) / 1024,
  };
}
