import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Asking } from '../test/asking.ts';
import { hostTraces, openTestHost } from '../test/kernel-host.ts';
import { createSandbox, runCommand, type Sandbox, until } from './index.ts';

const tipc = 30;
const vsock = 40;

// Every attempt asks and never does: were a door open, the machine that runs the tests is unharmed.
// Each has a control, the same question where the answer is yes.
describe('security floor: root inside a sandbox is refused', () => {
  let host: Awaited<ReturnType<typeof openTestHost>>;
  let asking: Asking;
  let before: Awaited<ReturnType<typeof hostTraces>>;
  let one: Sandbox;
  let two: Sandbox;
  const inside = (question: string) => asking.inside(one, question);
  const links = async (sandbox: Sandbox, enter: string) =>
    (await sandbox.exec(`${enter} ip -brief link`)).stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/[@ ]/)[0])
      .sort();
  const found = async (sandbox: Sandbox, name: string) =>
    (await sandbox.exec(`find / -name ${name} -not -path '/proc/*' 2>/dev/null`)).stdout;

  beforeAll(async () => {
    host = await openTestHost();
    asking = await Asking.build();
    before = await hostTraces(host);
    one = await createSandbox(host);
    two = await createSandbox(host);
    await Promise.all([asking.bring(one), asking.bring(two)]);
  });

  afterAll(async () => {
    await Promise.all([one.close(), two.close()]);
    const after = await hostTraces(host);
    await asking[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
    expect(after).toEqual(before);
  });

  test('host files', async () => {
    const secret = join(host.stateDir, 'host-secret');
    await writeFile(secret, 'secret', { mode: 0o666 });
    await one.exec('touch /root/own-secret');
    expect(await found(one, 'own-secret')).toBe('/root/own-secret\n');
    expect(await found(one, 'host-secret')).toBe('');
    const parents = '../'.repeat(12);
    for (const path of [secret, `/proc/1/root${secret}`, `/proc/1/cwd/${parents}${secret}`])
      expect(await inside(`open ${path} read`)).toBe('ENOENT');
    expect(await inside('open /root/own-secret read')).toBe('ok');
    // The one mount whose source is a file of the host, even when made writable.
    const program = '/usr/local/sbin/tatami-init';
    expect(await inside(`access ${program}`)).toMatch(/^E(ACCES|ROFS)$/);
    const remounted = await one.exec(
      `unshare --mount sh -c 'mount -o remount,rw,bind ${program}; ask access ${program}'`,
    );
    expect(remounted.stdout).toMatch(/^E(ACCES|ROFS)\n$/);
  });

  test('sysrq', async () => {
    const trigger = '/proc/sysrq-trigger';
    // A kernel built without it has no such file.
    expect(await asking.onHost(`access ${trigger}`)).toBe(existsSync(trigger) ? 'ok' : 'ENOENT');
    expect(await inside('access /proc/self/comm')).toBe('ok');
    for (const path of [trigger, '/proc/sys/kernel/sysrq']) {
      expect(await inside(`access ${path}`)).toMatch(/^E(ACCES|NOENT)$/);
      expect(await inside(`open ${path} write`)).toMatch(/^E(ACCES|PERM|NOENT)$/);
    }
  });

  test('core_pattern', async () => {
    const path = '/proc/sys/kernel/core_pattern';
    expect(await asking.onHost(`open ${path} write`)).toBe('ok');
    expect(await inside(`open ${path} write`)).toMatch(/^E(ACCES|PERM)$/);
    const ownProc = `unshare --pid --fork --mount-proc ask open ${path} write`;
    expect((await one.exec(ownProc)).stdout).toMatch(/^E(ACCES|PERM)\n$/);
  });

  test('the clock, though offsets of time namespaces are allowed', async () => {
    expect(await asking.onHost('clock')).toBe('EINVAL');
    expect(await inside('clock')).toBe('EPERM');
    const nested = 'unshare --map-root-user --time --boottime 5 --fork ask clock';
    expect((await one.exec(nested)).stdout).toBe('EPERM\n');
  });

  test('release_agent', async () => {
    // Each hierarchy is mounted anew, for what the sandbox shows of cgroups is only a view.
    const look = `unshare --mount sh -c '
      for name in memory cpu cpuset devices pids freezer blkio cpuacct; do
        mkdir -p /tmp/cgroup/$name; mount -t cgroup -o $name none /tmp/cgroup/$name 2>/dev/null; done
      mkdir -p /tmp/cgroup/unified; mount -t cgroup2 none /tmp/cgroup/unified && echo mounted
      find / -name release_agent -not -path "/proc/*" -exec ask access {} ";"'`;
    expect((await one.exec(look)).stdout).toBe('mounted\n');
    await one.exec('touch /tmp/release_agent');
    expect((await one.exec(look)).stdout).toBe('mounted\nok\n');
  });

  test('device nodes', async () => {
    const node = join(host.stateDir, 'node');
    expect(await asking.onHost(`node ${node} c 1 3`)).toBe('ok');
    expect(await inside('node /tmp/pipe p 0 0')).toBe('ok');
    const disks = readFileSync('/proc/partitions', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/ +/))
      .filter(([major]) => Number(major) > 0);
    expect(disks.length).toBeGreaterThan(0);
    for (const [major, minor] of disks)
      for (const dir of ['/tmp', '/dev', '/dev/shm'])
        expect(await inside(`node ${dir}/disk b ${major} ${minor}`)).toBe('EPERM');
    expect(await inside('node /tmp/memory c 1 1')).toBe('EPERM');
    const devtmpfs = await one.exec('unshare --mount mount -t devtmpfs none /mnt');
    expect(devtmpfs.status).not.toBe(0);
  });

  test('host loopback', async () => {
    await using server = await listen({ host: '0.0.0.0', port: 0 });
    const addresses = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ family }) => family === 'IPv4')
      .map(({ address }) => address);
    expect(addresses).toContain('127.0.0.1');
    expect(await asking.onHost(`tcp 127.0.0.1 ${server.port}`)).toBe('ok');
    await until(() => server.connections() === 1, { what: "the host's own connection arrives" });
    for (const address of addresses)
      expect(await inside(`tcp ${address} ${server.port}`)).toMatch(
        /^E(CONNREFUSED|HOSTUNREACH|INPROGRESS)$/,
      );
    expect(server.connections()).toBe(1);
  });

  test("the runner's socket", async () => {
    const path = join(host.stateDir, 'runner.sock');
    const abstract = `tatami-test-${process.pid}`;
    await using file = await listen({ path });
    await using hidden = await listen({ path: `\0${abstract}` });
    for (const name of [path, `@${abstract}`]) {
      expect(await asking.onHost(`unix ${name}`)).toBe('ok');
      expect(await inside(`unix ${name}`)).toMatch(/^E(NOENT|CONNREFUSED)$/);
    }
    expect(await inside(`unix /proc/1/root${path}`)).toBe('ENOENT');
    await until(() => file.connections() + hidden.connections() >= 2, {
      what: "the host's own connections arrive",
    });
    expect([file.connections(), hidden.connections()]).toEqual([1, 1]);
  });

  test("another sandbox's processes", async () => {
    await two.exec('setsid sleep 4242 >/dev/null 2>&1 &');
    const pgrep = "pgrep --full 'sleep 424[2]'";
    expect((await two.exec(pgrep)).stdout).toMatch(/^\d+\n$/);
    expect((await one.exec(pgrep)).stdout).toBe('');
    const ownProc = `unshare --pid --fork --mount-proc ${pgrep}`;
    expect((await one.exec(ownProc)).stdout).toBe('');
    for (const pid of [two.initPid, ...(await two.cgroups.pids())])
      expect(await inside(`signal ${pid}`)).toBe('ESRCH');
    expect(await inside('signal 1')).toBe('ok');
  });

  test("another sandbox's files", async () => {
    for (const dir of ['/root', '/tmp', '/run', '/dev/shm', '/etc'])
      await two.exec(`echo secret > ${dir}/secret-of-two`);
    expect((await found(two, 'secret-of-two')).trim().split('\n')).toHaveLength(5);
    expect(await found(one, 'secret-of-two')).toBe('');
    expect(existsSync(join(host.rootfs, 'etc/secret-of-two'))).toBe(false);
    const throughProc = 'ls /proc/*/root/etc/secret-of-two 2>/dev/null';
    expect((await two.exec(throughProc)).stdout).not.toBe('');
    expect((await one.exec(throughProc)).stdout).toBe('');
  });

  test("another sandbox's network", async () => {
    const address = '10.99.0.2';
    await two.exec(`ip address add ${address}/32 dev lo`);
    const perl = `perl -MIO::Socket -e '$s = IO::Socket::INET->new(Listen => 5, LocalPort => 7777); sleep 60'`;
    await two.exec(`setsid ${perl} >/dev/null 2>&1 &`);
    await until(async () => (await asking.inside(two, 'tcp 127.0.0.1 7777')) === 'ok', {
      what: 'the other sandbox listens',
    });
    expect(await asking.inside(two, `tcp ${address} 7777`)).toBe('ok');
    expect(await inside('tcp 127.0.0.1 7777')).toBe('ECONNREFUSED');
    // Its own router says no, at once or when asked again, which `ask` does not wait for.
    expect(await inside(`tcp ${address} 7777`)).toMatch(/^E(HOSTUNREACH|INPROGRESS)$/);
    expect(await links(one, '')).toEqual(['eth0', 'lo']);
  });

  test('through the simulated internet', async () => {
    const enter = 'nsenter --target $(pgrep -x internet) --net';
    expect(await links(one, enter)).toEqual(['lan', 'lo']);
    await using server = await listen({ host: '0.0.0.0', port: 0 });
    const addresses = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => address);
    for (const address of ['127.0.0.1', ...addresses])
      expect((await one.exec(`${enter} ask tcp ${address} ${server.port}`)).stdout).toMatch(
        /^E(CONNREFUSED|ACCES)\n$/,
      );
    expect((await one.exec(`${enter} ask tcp 172.20.0.10 5432`)).stdout).toBe('ok\n');
    expect(server.connections()).toBe(0);
  });

  test('container images of other sandboxes', async () => {
    const images = '/usr/share/containers/images';
    const own = '/var/lib/containers';
    expect(await inside(`access ${own}`)).toBe('ok');
    for (const path of [images, `${images}/storage.lock`])
      expect(await inside(`access ${path}`)).toMatch(/^E(ACCES|ROFS)$/);
    const remounted = await one.exec(
      `unshare --mount sh -c 'mount -o remount,rw,bind ${images}; ask access ${images}'`,
    );
    expect(remounted.stdout).toMatch(/^E(ACCES|ROFS)\n$/);
    await one.exec(`touch ${own}/layer-of-one`);
    expect(await found(two, 'layer-of-one')).toBe('');
  });

  test('ptrace of an attaching process', async () => {
    const { file, args } = asking.command(one, 'attaching 120000');
    const watcher = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const watched = once(watcher, 'close');
    let output = '';
    watcher.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await until(() => output !== '', { what: 'the watcher is ready' });
    const attach = one.enterCommand(['/usr/bin/sleep', '0.02'], {
      user: { name: 'root', uid: 0, home: '/' },
      tty: false,
    });
    for (let n = 0; n < 30; n++) await runCommand(attach.file, attach.args);
    watcher.stdin.end();
    await watched;
    const [appeared = 0, seized = 0, unfiltered, early] = (output.match(/\d+/g) ?? []).map(Number);
    // Once it is one of the sandbox's own it may be traced: the lessons use strace.
    expect(seized).toBeGreaterThanOrEqual(20);
    expect(appeared).toBeGreaterThanOrEqual(seized);
    expect({ unfiltered, early }).toEqual({ unfiltered: 0, early: 0 });
  });

  test('leaked descriptors', async () => {
    await using leak = await open(join(host.stateDir, 'leak'), 'w');
    const descriptors = async (file: string, args: string[]) => {
      const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit', leak.fd, leak.fd] });
      let output = '';
      child.stdout?.on('data', (bytes: Buffer) => {
        output += bytes.toString();
      });
      await once(child, 'close');
      return output.trim();
    };
    expect(await descriptors(asking.path, ['descriptors'])).toMatch(/^0 1 2 3 4\b/);
    const { file, args } = asking.command(one, 'descriptors');
    expect(await descriptors(file, args)).toBe('0 1 2');
    const shell = one.enterCommand(['/bin/bash', '-c', 'ask descriptors'], {
      user: { name: 'root', uid: 0, home: '/' },
      tty: true,
    });
    const quoted = [shell.file, ...shell.args].map((word) => `'${word}'`).join(' ');
    expect(
      await descriptors('script', ['--quiet', '--return', '--command', quoted, '/dev/null']),
      // The end of script's own input may be echoed first.
    ).toMatch(/^(\^@|\^D)?0 1 2$/);
    const ofInit = await one.exec('for fd in /proc/1/fd/*; do readlink $fd; done');
    expect(ofInit.stdout).toBe('/dev/null\n'.repeat(3));
  });

  test('AF_VSOCK', async () => {
    expect(await inside(`socket ${vsock}`)).toBe('EAFNOSUPPORT');
    for (const family of [1, 2, 10]) expect(await inside(`socket ${family}`)).toBe('ok');
  });

  test('other families as a pair', async () => {
    // Of those that every kernel has, none but AF_UNIX makes pairs: the kernel's own refusal is another.
    expect(await asking.onHost('socketpair 2')).toBe('EOPNOTSUPP');
    for (const family of [2, 10, tipc, vsock])
      expect(await inside(`socketpair ${family}`)).toBe('EAFNOSUPPORT');
    expect(await inside('socketpair 1')).toBe('ok');
  });

  test('io_uring', async () => {
    expect(await asking.onHost('io_uring')).toBe('ok');
    expect(await inside('io_uring')).toBe('EPERM');
  });

  test('bpf', async () => {
    expect(await asking.onHost('bpf')).toBe('ok');
    expect(await inside('bpf')).toBe('EPERM');
  });

  test('TIOCSTI', async () => {
    for (const question of ['tiocsti', 'tiocsti high']) {
      expect(await asking.onHost(question)).toBe('ok');
      expect(await inside(question)).toBe('EPERM');
    }
  });
});

/** A listener that counts who came; disposal closes it. */
async function listen(
  where: ListenOptions,
): Promise<AsyncDisposable & { port: number; connections(): number }> {
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections++;
    socket.on('error', () => undefined).resume();
  });
  server.listen(where);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
