import { readFileSync } from 'node:fs';
import { until } from '@tatami/sandbox';
import { describe, expect, test } from 'vitest';
import { startRunner } from '../test/running-runner.ts';
import { pidOf, type World, withWorld } from '../test/world.ts';

const stepLimitMs = 2_000;
const answerLimitMs = 2_000;

test('the simulated internet answers what is typed at the first prompt', async () => {
  await using runner = await startRunner({ TATAMI_WARM: 0 });
  const { id } = await runner.create();
  const terminal = await runner.terminal(id, '1');
  terminal.type(
    'ping -c 1 -W 1 8.8.8.8 && dig +short @8.8.8.8 database.internal; curl -s http://api.internal:8080/health\r',
  );
  await terminal.expect(
    /1 packets transmitted, 1 received[\s\S]*\n172\.20\.0\.10\r\n\{"status":"ok"\}/,
  );
});

describe('the world of a machine', () => {
  let world: World;
  withWorld((opened) => {
    world = opened;
  });

  const lines = async (script: string) => (await world.learn(script)).text.trim().split('\n');

  test('8.8.8.8, 1.1.1.1, names, the database and the interface are there; the rest is not', async () => {
    for (const address of ['8.8.8.8', '1.1.1.1', 'database.internal'])
      await until(async () => (await world.learn(`ping -c 1 -W 1 ${address}`)).status === 0, {
        what: `${address} answers`,
      });
    for (const server of ['@8.8.8.8', '@1.1.1.1', '@172.21.0.53', ''])
      expect(await lines(`dig +short ${server} database.internal api.internal`)).toEqual([
        '172.20.0.10',
        '172.20.0.20',
      ]);
    expect((await world.learn('dig example.com')).text).toContain('status: NXDOMAIN');
    expect((await world.learn('dig AAAA database.internal')).text).toMatch(
      /NOERROR[\s\S]*ANSWER: 0/,
    );
    expect((await world.learn('ping -c 1 -W 1 192.0.2.1')).text).toContain('Packet filtered');
    expect((await world.learn('tracepath -n 8.8.8.8')).text).toContain('reached');
  });

  test('the database keeps a connection that says nothing', async () => {
    const { text } = await world.learn(`exec 3<>/dev/tcp/database.internal/5432
      printf '\\0\\0\\0\\x08\\x04\\xd2\\x16\\x2f' >&3; head -c 1 <&3; sleep 1.5
      ss --no-header --tcp --numeric state established dst 172.20.0.10`);
    expect(text).toMatch(/^N.*172\.20\.0\.10:5432\s*$/m);
  });

  test('a simulated internet that was killed comes back', async () => {
    await world.learn('sudo pkill -KILL -x internet; sudo ip link delete eth0');
    await until(async () => (await world.learn('ping -c 1 -W 1 8.8.8.8')).status === 0, {
      what: 'it is back',
    });
  });

  test('docker runs, shows, enters, logs, counts, stops and removes', async () => {
    expect((await world.learn('docker run -d --name test-nginx nginx')).text).toMatch(
      /^[0-9a-f]{64}\n$/,
    );
    expect(await lines("docker ps --format '{{.Names}} {{.Image}} {{.Status}}'")).toEqual([
      expect.stringMatching(/^test-nginx docker\.io\/library\/nginx:latest Up/),
    ]);
    expect(await lines('docker images --format "{{.Repository}}" | sort')).toEqual([
      'docker.io/library/nginx',
      'localhost/order-service',
      'localhost/shop-api',
    ]);
    expect(
      await lines(
        "docker exec test-nginx cat /proc/1/comm; docker exec test-nginx sh -c 'exit 7'; echo $?",
      ),
    ).toEqual(['nginx', '7']);
    const address = "$(docker inspect --format '{{.NetworkSettings.IPAddress}}' test-nginx)";
    expect(
      (await world.learn(`curl -s http://${address} | grep -c 'Welcome to nginx'`)).text,
    ).toMatch(/^[1-9]/);
    expect((await world.learn('docker logs test-nginx')).text).toContain('"GET / HTTP/1.1" 200');
    expect((await world.learn('docker stats --no-stream')).text).toMatch(
      /^CONTAINER ID +NAME .*\n[0-9a-f]{12} +test-nginx +\d+% +\d+ MiB +2 /,
    );
    expect(
      await lines('docker stop test-nginx && docker rm test-nginx && docker ps -a -q | wc -l'),
    ).toEqual(['test-nginx', 'test-nginx', '0']);
  });

  test('nsenter goes where step 3 goes, with the network of the one and the files of the other', async () => {
    await world.learn('docker run -d --name test-nginx nginx');
    const inside = async (command: string) =>
      (await world.learn(`${pidOf('test-nginx')}; sudo nsenter -t $PID ${command}`)).text;
    expect(await inside('-n ip -brief address')).toMatch(/^eth0@\S+ +UP +10\.88\./m);
    expect(await inside('-n ip route')).toMatch(/^default via 10\.88\.0\.1 /);
    expect(await inside('-n ping -c 3 -i 0.2 8.8.8.8')).toContain('3 received');
    expect(await inside('-m ls /')).toMatch(/^etc$/m);
    expect(await inside('-m head -1 /etc/nginx/nginx.conf')).toBe('user www-data;\n');
    expect(await inside('-m -p ls -la /proc/1/fd')).toContain('socket:[');
    expect(await inside('-p -m ps aux')).toMatch(/^root +1 .*nginx: master process/m);
    expect(await inside('-a /bin/bash -c "hostname; ps aux; ip -brief address"')).toMatch(
      /^[0-9a-f]{12}\n[\s\S]* 1 .*nginx: master[\s\S]*eth0@/,
    );
    // The container's name server is not the machine's: -n alone shows the machine's file.
    expect(await inside('-n cat /etc/resolv.conf')).toBe('nameserver 192.168.56.1\n');
    expect(await inside('-m cat /etc/resolv.conf')).toBe('nameserver 172.21.0.53\n');
  });

  test("a distroless service has no shell, and /proc and the machine's tools show all of it", async () => {
    await world.learn('docker rm -f shop-api; docker run -d --name shop-api shop-api');
    await until(async () => (await world.connections('shop-api')).includes('172.20.0.10:5432'), {
      what: 'it is connected',
    });
    for (const shell of ['sh', '/bin/bash']) {
      const { status, text } = await world.learn(`docker exec shop-api ${shell}`);
      expect(status).toBe(127);
      expect(text).toContain('not found');
    }
    expect(
      (await world.learn(`${pidOf('shop-api')}; sudo nsenter -t $PID -a /bin/bash`)).text,
    ).toContain('No such file');
    expect(await lines(`${pidOf('shop-api')}; sudo ls /proc/$PID/root/app`)).toEqual(['shop-api']);
    expect(
      (await world.learn(`${pidOf('shop-api')}; sudo nsenter -t $PID -n ss -tuln`)).text,
    ).toMatch(/:8080 /);
    expect(
      (
        await world.learn(
          `${pidOf('shop-api')}; sudo nsenter -t $PID -n curl -s http://api.internal:8080/health`,
        )
      ).text,
    ).toBe('{"status":"ok"}\n');
    const packets = `${pidOf('shop-api')}; sudo nsenter -t $PID -n timeout 4 tcpdump -i eth0 -n -c 1 port 5432`;
    expect((await world.learn(packets)).text).toMatch(/172\.20\.0\.10\.5432/);
  });

  test('nothing stands between docker exec and the kernel', async () => {
    // docker is one program that becomes root and then podman, with the same arguments.
    const traced = await world.learn(
      'sudo strace -f -qq -e trace=execve docker exec test-nginx true',
    );
    const [docker, podman, runtime, ...rest] = traced.text.match(/execve\([\s\S]*?\]/g) ?? [];
    expect(docker).toMatch(/^execve\("\S*\/docker", \["docker", "exec", "test-nginx", "true"\]/);
    expect(podman).toBe('execve("/usr/bin/podman", ["podman", "exec", "test-nginx", "true"]');
    expect(runtime).toMatch(/^execve\("\/usr\/bin\/conmon", .*/);
    expect([runtime, ...rest].join('\n')).toMatch(/"\/usr\/bin\/crun", .*"exec"/);
    expect((await world.learn('file /usr/local/bin/docker')).text).toContain('setuid ELF');
    const hooks = 'ls /usr/share/containers/oci/hooks.d /etc/containers/oci/hooks.d';
    expect((await world.learn(hooks)).text).not.toMatch(/json/);
  });

  test('all three services fit into one machine', async () => {
    await world.learn('docker run -d --name order-service order-service');
    const address = "$(docker inspect --format '{{.NetworkSettings.IPAddress}}' order-service)";
    await until(
      async () => (await world.learn(`curl -s http://${address}:8080/health`)).text === 'ok\n',
      { what: 'Java answers' },
    );
    expect(await lines("docker ps --format '{{.Names}}' | sort")).toEqual([
      'order-service',
      'shop-api',
      'test-nginx',
    ]);
    const mebibyte = 1024 * 1024;
    expect(await world.sandbox.cgroups.memoryBytes()).toBeLessThan(150 * mebibyte);
    expect((await world.sandbox.cgroups.pids()).length).toBeLessThan(40);
    const threads = (await world.sandbox.cgroups.pids()).map((pid) =>
      Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^Threads:\t(\d+)/m)?.[1]),
    );
    expect(threads.reduce((sum, count) => sum + count, 0)).toBeLessThan(200);
  });

  describe('what is not here says why, soon', () => {
    test.each([
      [
        'docker pull redis',
        /closed off from the internet, so no other image can be pulled: use nginx/,
      ],
      [
        'docker run redis',
        /closed off from the internet, so no other image can be pulled: use nginx/,
      ],
      [
        'docker pull quay.io/prometheus/prometheus',
        /closed off from the internet, so no other image/,
      ],
      [
        'sudo apt install htop',
        /^apt: this machine is closed off from the internet, so no package can be fetched/,
      ],
      ['sudo apt-get update', /^apt-get: this machine is closed off from the internet/],
      ['apt-get install -y htop', /^apt-get: this machine is closed off from the internet/],
      [
        'curl -sS https://example.com',
        /^example\.com: this machine is closed off from the internet; it reaches 8\.8\.8\.8/,
      ],
      ['wget -q http://example.com', /^example\.com: this machine is closed off from the internet/],
      [
        'ping -c 1 www.google.com',
        /^www\.google\.com: this machine is closed off from the internet/,
      ],
      [
        'git clone https://github.com/a/b; nc -z github.com 443',
        /^github\.com: this machine is closed off/m,
      ],
      ['curl -sS -m 5 http://93.184.216.34', /Failed to connect/],
      ['systemctl status docker', /^systemctl: this machine's PID 1 is not systemd.*docker ps/],
      ['sudo service docker restart', /^service: this machine's PID 1 is not systemd/],
      [
        'pip install requests',
        /^pip: this machine is closed off from the internet and has no Python/,
      ],
      ['crictl ps', /^crictl: there is no containerd or CRI-O here.*docker inspect/],
    ])('%s', async (command, sentence) => {
      const { status, text, ms } = await world.learn(command);
      expect(text).toMatch(sentence);
      expect(status).not.toBe(0);
      expect(ms).toBeLessThan(answerLimitMs);
    });
  });

  test('the tools of the lessons and their manual pages are here', async () => {
    const tools =
      'ping dig curl ss tcpdump strace lsof jq nc nft tracepath ip ps pgrep nsenter unshare lsns ipcs ipcmk kill mount hostname less nano';
    expect(
      await lines(
        `for tool in ${tools}; do command -v $tool >/dev/null && man -w $tool >/dev/null || echo $tool; done`,
      ),
    ).toEqual(['']);
  });

  test.each([
    {
      name: 'with containers',
      mess: 'docker run -d --name test-nginx --replace nginx; docker run -d --name shop-api --replace shop-api',
    },
    {
      name: 'with everything killed',
      mess: 'docker run -d --name shop-api --replace shop-api; sudo kill -KILL -1; true',
    },
    {
      name: "without podman's records",
      mess: 'docker run -d --name shop-api --replace shop-api; sudo rm -rf /var/lib/containers/storage 2>/dev/null; true',
    },
    {
      name: 'whose podman forgot a container that its store remembers',
      mess: 'docker run -d --name shop-api --replace shop-api; sudo rm -rf /var/lib/containers/storage/libpod',
    },
    {
      name: 'whose store forgot a container that podman remembers',
      mess: 'docker run -d --name shop-api --replace shop-api; sudo rm -rf /var/lib/containers/storage/overlay-containers',
    },
    {
      name: 'without a network',
      mess: "sudo ip link delete eth0; sudo nft 'table ip x { chain y { type filter hook output priority 0; policy drop; }; }'",
    },
  ])('step 3 begins afresh from a machine $name', async ({ mess }) => {
    await world.learn(mess);
    const fresh = '/usr/local/libexec/fresh-world';
    expect(await world.quickest(fresh, stepLimitMs)).toBeLessThan(stepLimitMs);
    expect(await lines('docker ps -a -q')).toEqual(['']);
    const { machine, processes } = await world.look();
    expect(processes.filter(({ ns }) => ns.pid !== machine.ns.pid)).toEqual([]);
    expect((await world.learn('ping -c 1 -W 1 8.8.8.8')).status).toBe(0);
    // Neither the name nor the address is taken.
    const again = 'docker run --rm --name shop-api --ip 10.88.0.2 nginx true';
    expect((await world.learn(again)).status).toBe(0);
  });
});
