import type { KernelSnapshot, NamespaceKind } from '@tatami/protocol';
import type { Situation } from './situation.ts';

const alone = (kind: NamespaceKind, options: string): Situation => ({
  name: `unshare ${options}`,
  script: `keep unshare ${options} sleep 1000`,
  namespaces: { [kind]: 1 },
});

const unsharing: Situation[] = [
  { name: 'nothing but PID 1', script: '', namespaces: {} },
  {
    name: 'processes that unshare nothing',
    script: 'keep sleep 1000; keep bash -c "sleep 1000; :"',
    namespaces: {},
    also: ({ processes }) => processes.length === 3,
  },
  alone('mnt', '--mount'),
  alone('uts', '--uts'),
  alone('ipc', '--ipc'),
  alone('net', '--net'),
  alone('cgroup', '--cgroup'),
  alone('time', '--time'),
  alone('pid', '--pid --fork'),
  alone('user', '--user --map-root-user'),
  alone('user', '--user'),
  {
    name: 'all kinds at once',
    script: `keep unshare --pid --fork --mount-proc --uts --ipc --net --cgroup --user --map-root-user \
      --time sleep 1000`,
    namespaces: { pid: 1, mnt: 1, uts: 1, ipc: 1, net: 1, cgroup: 1, user: 1, time: 1 },
  },
  {
    name: "a learner's own, without root",
    script: `keep setpriv --reuid=1000 --regid=1000 --clear-groups \
      unshare --user --map-root-user --net --uts sleep 1000`,
    namespaces: { user: 1, net: 1, uts: 1 },
  },
];

const nesting: Situation[] = [
  {
    name: 'pid namespaces, three deep',
    script: `keep unshare --pid --fork --mount-proc unshare --pid --fork --mount-proc \
      unshare --pid --fork --mount-proc sleep 1000`,
    namespaces: { pid: 3, mnt: 3 },
    also: ({ processes }) => processes.some(({ pids }) => pids.length === 4 && pids[3] === 1),
  },
  {
    name: 'user namespaces, three deep, the middle ones held only by their children',
    script: `keep unshare --user --map-root-user unshare --user --map-root-user \
      unshare --user --map-root-user --net sleep 1000`,
    namespaces: { user: 1, net: 1 },
  },
  {
    name: 'user namespaces side by side in one parent',
    script: `keep unshare --user --map-root-user bash -c \
      'unshare --user --map-root-user sleep 1000 & unshare --user --map-root-user sleep 1000'`,
    namespaces: { user: 3 },
  },
  {
    name: 'many net namespaces',
    script: 'for n in $(seq 12); do keep unshare --net bash -c "sleep 1000 & sleep 1000"; done',
    namespaces: { net: 12 },
    also: ({ processes }) => processes.length === 36,
  },
];

const forChildren: Situation[] = [
  {
    name: 'pid unshared without fork, no child yet',
    script: 'keep unshare --pid sleep 1000',
    namespaces: {},
    also: ({ processes }) => processes.some((process) => process.pidForChildren === null),
  },
  {
    name: 'pid unshared without fork, a child inside',
    script: `keep unshare --pid bash -c 'sleep 1000 & exec sleep 1000'`,
    namespaces: { pid: 1 },
    also: ({ machine, processes }) =>
      processes.some(
        ({ ns, pidForChildren }) =>
          ns.pid === machine.ns.pid && pidForChildren !== null && pidForChildren !== ns.pid,
      ),
  },
  {
    name: 'pid unshared without fork, the first child dead',
    script: `keep unshare --pid bash -c 'true; true; exec sleep 1000'`,
    namespaces: {},
    also: ({ processes }) =>
      processes.some(({ comm, pidForChildren }) => comm === 'sleep' && pidForChildren === null),
  },
  {
    name: 'time unshared and not entered',
    // The number of unshare(2): 272 on x86_64, 97 on aarch64. CLONE_NEWTIME is 128.
    script: `number=272; [ "$(uname -m)" = aarch64 ] && number=97
      keep perl -e 'syscall(shift(@ARGV) + 0, 128) == 0 or die; sleep 1000' $number`,
    namespaces: {},
    also: ({ processes }) =>
      processes.some((process) => process.timeForChildren !== process.ns.time),
  },
];

const target = `keep unshare --pid --fork --mount-proc --uts --ipc --net sleep 1000
  until inner=$(pgrep --newest --exact sleep) && [ "$(ps --no-headers -o pidns $inner)" != \
    "$(ps --no-headers -o pidns $$)" ]; do sleep 0.01; done
`;
const targetKinds = { pid: 1, mnt: 1, uts: 1, ipc: 1, net: 1 };

const entering: Situation[] = [
  {
    name: 'entered by nsenter --all',
    script: `${target} keep nsenter --target $inner --all bash -c 'exec -a guest sleep 1000'`,
    namespaces: targetKinds,
    also: ({ machine, processes }) =>
      processes.some(({ argv, ns }) => argv[0] === 'guest' && ns.pid !== machine.ns.pid),
  },
  {
    name: 'entered by nsenter --net alone',
    script: `${target} keep nsenter --target $inner --net bash -c 'exec -a guest sleep 1000'`,
    namespaces: targetKinds,
    also: ({ machine: { ns: machine }, processes }) =>
      processes.some(
        ({ argv, ns }) => argv[0] === 'guest' && ns.net !== machine.net && ns.mnt === machine.mnt,
      ),
  },
  {
    name: 'entered by nsenter --pid and --uts',
    script: `${target} keep nsenter --target $inner --pid --uts bash -c 'sleep 1000; :'`,
    namespaces: targetKinds,
    also: ({ processes }) =>
      processes.some(({ comm, pids }) => comm === 'bash' && pids.length === 2),
  },
];

const file = 'touch /run/held;';
const private_ =
  'mkdir /run/p; mount --bind /run/p /run/p; mount --make-private /run/p; touch /run/p/held;';

const holding: Situation[] = [
  ...(['uts', 'ipc', 'net', 'cgroup'] as const).map((kind) => ({
    name: `held by unshare --${kind}=FILE, with no process`,
    script: `${file} unshare --${kind}=/run/held true`,
    namespaces: {},
    pinned: { [kind]: 1 },
  })),
  {
    name: 'held by unshare --mount=FILE, with no process',
    // Linux 6.18 refuses it on another CPU than the one that the machine's own was made on.
    script: `${private_} for cpu in $(seq 0 $(($(nproc --all) - 1))); do
      taskset --cpu-list $cpu unshare --mount=/run/p/held true 2>/dev/null && break; done`,
    namespaces: {},
    pinned: { mnt: 1 },
  },
  {
    name: 'held by unshare --pid=FILE, its PID 1 alive',
    script: `${file} keep unshare --pid=/run/held --fork sleep 1000`,
    namespaces: { pid: 1 },
    pinned: { pid: 1 },
  },
  {
    // unshare itself may not: it has no rights any longer over the file system that it left.
    name: 'user namespace held by mount --bind, with no process',
    script: `${file} keep unshare --user sleep 1000; pid=$!
      while [ /proc/$pid/ns/user -ef /proc/1/ns/user ]; do sleep 0.01; done
      mount --bind /proc/$pid/ns/user /run/held; kill $pid; wait $pid || true`,
    namespaces: {},
    pinned: { user: 1 },
  },
  {
    name: 'held by unshare --time=FILE, with no process',
    script: `${file} unshare --time=/run/held true`,
    namespaces: {},
    pinned: { time: 1 },
  },
  {
    name: 'held by ip netns add, one of two entered',
    script: 'ip netns add blue; ip netns add red; keep ip netns exec red sleep 1000',
    namespaces: { net: 1, mnt: 1 },
    pinned: { net: 2 },
  },
  {
    name: "held by a mount in another mount namespace than the machine's",
    script: `keep unshare --mount bash -c \
      'mount -t tmpfs none /mnt; touch "/mnt/a b"; unshare --uts="/mnt/a b" true; exec sleep 1000'`,
    namespaces: { mnt: 1 },
    pinned: { uts: 1 },
    also: ({ pinned }) => pinned.some(({ target }) => target === '/mnt/a b'),
  },
  {
    name: 'held by an open file alone: nobody sees it',
    script: `keep unshare --net bash -c \
      'exec 8</proc/self/ns/net; exec nsenter --net=/proc/1/ns/net sleep 1000'`,
    namespaces: {},
    also: ({ processes }) => processes.some(({ comm }) => comm === 'sleep'),
  },
];

const oddities: Situation[] = [
  {
    // A newline in a name is for observe.kernel.test.ts: lsns 2.38 fails altogether where it meets one.
    name: 'names that look like something else',
    script: `cp /bin/sleep '/tmp/) Z 1 ('; mkdir $'/tmp/a\\nNSpid:\\t1'; cp /bin/sleep $'/tmp/a\\nNSpid:\\t1'
      keep unshare --net '/tmp/) Z 1 (' 1000; keep unshare --uts $'/tmp/a\\nNSpid:\\t1/sleep' 1000
      keep bash -c 'exec -a "$1" sleep 1000' bash $'x\\n4026531840 net 1'`,
    namespaces: { net: 1, uts: 1 },
    also: ({ processes }) =>
      processes.some(({ comm, state }) => comm === ') Z 1 (' && state === 'S') &&
      processes.some(({ exe }) => exe === '/tmp/a\nNSpid:\t1/sleep') &&
      processes.some(({ argv }) => argv[0] === 'x\n4026531840 net 1'),
  },
  {
    name: 'a zombie',
    script: `keep bash -c 'sleep 0.01 & exec sleep 1000'`,
    namespaces: {},
    zombies: 1,
  },
  {
    name: 'a zombie that was PID 1 of its namespace',
    script: `keep unshare --pid --fork sleep 1000; until child=$(pgrep --exact sleep); do :; done
      kill -STOP $!; until grep --quiet '^State:.T' /proc/$!/status; do :; done; kill -KILL $child`,
    namespaces: {},
    zombies: 1,
    also: ({ machine, zombies }) => zombies[0]?.ns.pid !== machine.ns.pid,
  },
  {
    name: 'a stopped process in namespaces of its own',
    script: `keep unshare --uts --ipc bash -c 'kill -STOP $$'`,
    namespaces: { uts: 1, ipc: 1 },
    also: ({ processes }) => processes.some(({ state }) => state === 'T'),
  },
];

const container: Situation = {
  name: 'a container made by hand: pivot_root into a file system of its own',
  script: `keep unshare --pid --fork --mount --uts --ipc --net --cgroup bash -c '
      mount --make-rprivate /; mount -t tmpfs none /mnt; mkdir -p /mnt/{bin,proc,old,lib,lib64}
      for d in bin lib lib64; do mount --rbind /usr/$d /mnt/$d 2>/dev/null; done
      mount -t proc proc /mnt/proc; cd /mnt; pivot_root . old; hostname box
      exec /bin/sh -c "umount -l /old; exec sleep 1000"'`,
  namespaces: { pid: 1, mnt: 1, uts: 1, ipc: 1, net: 1, cgroup: 1 },
  also: ({ hostnames, mounts, machine }) =>
    [...hostnames.values()].includes('box') &&
    [...mounts].some(
      ([inode, table]) =>
        inode !== machine.ns.mnt &&
        table.some(({ target, type }) => target === '/' && type === 'tmpfs'),
    ),
};

const isContainer = ({ processes, pinned }: KernelSnapshot): boolean =>
  processes.some(
    ({ argv, pids, ns }) =>
      argv[0]?.startsWith('nginx: master') &&
      pids.at(-1) === 1 &&
      pinned.some(({ inode }) => inode === ns.net),
  );
const containerKinds = { pid: 1, mnt: 1, uts: 1, ipc: 1, net: 1 };

const containers: Situation[] = [
  container,
  {
    name: 'a container of podman, its net namespace held by a mount',
    script: 'docker run --detach --name web nginx >/dev/null',
    namespaces: containerKinds,
    pinned: { net: 1 },
    also: isContainer,
  },
  {
    name: "a container whose net namespace a process of the machine's has entered",
    script: `docker run --detach --name web nginx >/dev/null
      pid=$(docker inspect --format {{.State.Pid}} web); keep nsenter --target $pid --net sleep 1000`,
    namespaces: containerKinds,
    pinned: { net: 1 },
    also: (view) =>
      isContainer(view) &&
      view.processes.some(
        ({ comm, ns }) =>
          comm === 'sleep' && ns.net !== view.machine.ns.net && ns.mnt === view.machine.ns.mnt,
      ),
  },
];

/** As many of the ways to make, enter and hold namespaces as there are, each in a sandbox of its own. */
export const situations: Situation[] = [
  ...unsharing,
  ...nesting,
  ...forChildren,
  ...entering,
  ...holding,
  ...oddities,
  ...containers,
];
