import type { Expectation } from '../expectation.ts';

const full = 'target --pid --fork --mount-proc --uts --ipc --net --cgroup;';

const kinds: Expectation[] = [
  ...[
    ['uts', 'uts', '--uts'],
    ['ipc', 'ipc', '--ipc'],
    ['net', 'net', '--net'],
    ['mount', 'mnt', '--mount'],
    ['cgroup', 'cgroup', '--cgroup'],
    ['all', 'cgroup ipc mnt net pid uts', '--all'],
  ].map(([id = '', kind = '', options = '']) => ({
    id: `nsenter-${id}`,
    says: `nsenter ${options} enters ${kind} and nothing else`,
    script: `${id === 'mount' ? 'target --mount --uts --net;' : full} differs nsenter --target $pid ${options}`,
    prints: kind,
  })),
  {
    id: 'nsenter-pid',
    says: 'nsenter --pid enters pid and nothing else: the program is a child in there',
    script: `${full} differs nsenter --target $pid --pid; nsenter --target $pid --pid bash -c '[ $$ -lt 20 ] && echo inside $PPID'`,
    prints: 'pid\ninside 0',
  },
  {
    id: 'nsenter-user',
    says: 'nsenter --user enters user and nothing else, as 0',
    script: `target --map-root-user; differs nsenter --target $pid --user; nsenter --target $pid --user id --user`,
    prints: 'user\n0',
  },
  {
    id: 'nsenter-time',
    says: 'nsenter --time enters time and nothing else',
    script: `target --time --boottime 86400 --fork; differs nsenter --target $pid --time
      echo $((($(nsenter --target $pid --time cut -d . -f 1 /proc/uptime) - $(cut -d . -f 1 /proc/uptime)) / 3600)) hours`,
    prints: 'time\n24 hours',
  },
  {
    id: 'nsenter-several',
    says: 'several kinds are entered together',
    script: `${full} differs nsenter -t $pid -n -u -i`,
    prints: 'ipc net uts',
  },
];

const effects: Expectation[] = [
  {
    id: 'nsenter-net-keeps-files',
    says: 'nsenter --net alone leaves the files of the machine in sight',
    script: `target --net --mount; nsenter -t $pid -m bash -c 'mount -t tmpfs none /mnt; touch /mnt/inside'
      nsenter -t $pid -n bash -c 'ls /mnt; ip -brief link | wc --lines'; nsenter -t $pid -n -m ls /mnt`,
    prints: '1\ninside',
  },
  {
    id: 'nsenter-pid-old-proc',
    says: 'nsenter --pid without --mount shows the machine in /proc, without an error',
    script: `${full} outside=$$; nsenter -t $pid -p bash -c "[ -e /proc/$outside ] && echo machine"
      nsenter -t $pid -p -m ps -e --no-headers -o comm | sort`,
    prints: 'machine\nps\nsleep',
  },
  {
    id: 'nsenter-no-fork',
    says: 'nsenter --pid --no-fork stays outside itself: only its children would be in',
    script: `${full} [ "$(nsenter -t $pid -p -F readlink /proc/self/ns/pid)" = "$(readlink /proc/self/ns/pid)" ] && echo outside`,
    prints: 'outside',
  },
  {
    id: 'nsenter-hostname',
    says: 'a host name set by one who entered is seen by all in there',
    script: `target --uts; nsenter -t $pid -u hostname box; nsenter -t $pid -u hostname; hostname`,
    prints: 'box\nlab-host',
  },
  {
    id: 'nsenter-root',
    says: "--root takes the target's root, and --wd its folder",
    script: `cd /etc; target --root=/usr --wd=/bin; cd /; nsenter --target $pid --root --wd /bin/pwd; nsenter --target $pid --root /bin/ls / | grep --count --line-regexp etc`,
    prints: '/bin\n0',
  },
  {
    id: 'nsenter-wd',
    says: '--wd=DIR changes the folder, --wd takes that of the target',
    script: `target --uts --wd=/etc; nsenter -t $pid -u --wd pwd; nsenter -t $pid -u --wd=/usr pwd`,
    prints: '/etc\n/usr',
  },
  {
    id: 'nsenter-wdns',
    says: '--wdns=DIR is looked up inside',
    script: `target --mount; nsenter -t $pid -m bash -c 'mount -t tmpfs none /mnt; mkdir /mnt/d'; nsenter -t $pid -m --wdns=/mnt/d pwd`,
    prints: '/mnt/d',
  },
  {
    id: 'nsenter-preserve-credentials',
    says: '--preserve-credentials keeps the numbers on the way into a user namespace',
    script: `target --user; nsenter -t $pid -U id --user 2>&1; nsenter -t $pid -U --preserve-credentials id --user`,
    prints: 'nsenter: setgid failed: Invalid argument\n65534',
  },
  {
    id: 'nsenter-setuid',
    says: '--setuid and --setgid choose who the program is',
    script: `target --uts; nsenter -t $pid -u -S 1000 -G 1000 bash -c 'id --user; id --group'`,
    prints: '1000\n1000',
  },
  {
    id: 'nsenter-learner-own-user',
    says: 'who made a user namespace may enter it, and with it the others it owns',
    script: `as_learner unshare --map-root-user --uts sleep 1000 </dev/null >/dev/null 2>&1 & awaited
      try as_learner nsenter -t $pid -U -u --preserve-credentials id --user; try as_learner nsenter -t $pid -u true`,
    prints:
      "0\nexit 0\nnsenter: reassociate to namespace 'ns/uts' failed: Operation not permitted\nexit 1",
  },
  {
    id: 'nsenter-exit-status',
    says: 'nsenter ends as the program does',
    script: `${full} nsenter -t $pid -a bash -c 'exit 7'; echo $?; nsenter -t $pid -u bash -c 'exit 8'; echo $?`,
    prints: '7\n8',
  },
  {
    id: 'nsenter-distroless',
    says: 'programs come from the target when its mounts are entered: where it has none, that is 127',
    // A bash without any other program in sight waits in there.
    script: `mkfifo wait; unshare --mount bash -c 'exec 9<>wait; mount -t tmpfs none /mnt; mkdir /mnt/old; cd /mnt
      pivot_root . old; /old/bin/umount --lazy /old; : > /ready; read -u 9' </dev/null >/dev/null 2>&1 &
      for n in $(seq 500); do [ -e /proc/$!/root/ready ] && break; sleep 0.01; done; try nsenter -t $! -m ls`,
    prints: 'nsenter: failed to execute ls: No such file or directory\nexit 127',
  },
  {
    id: 'nsenter-proc-root',
    says: "/proc/PID/root shows the target's files without entering",
    script: `target --mount; nsenter -t $pid -m bash -c 'mount -t tmpfs none /mnt; touch /mnt/inside'; ls /proc/$pid/root/mnt`,
    prints: 'inside',
  },
];

const refusals: Expectation[] = [
  {
    id: 'nsenter-no-such-process',
    says: 'a process that is not there is told',
    script: 'try nsenter --target 32000 --uts true',
    prints: 'nsenter: cannot open /proc/32000/ns/uts: No such file or directory\nexit 1',
  },
  {
    id: 'nsenter-no-target',
    says: 'without a target or a file there is nothing to enter',
    script: 'try nsenter --uts true',
    prints: 'nsenter: neither filename nor target pid supplied for ns/uts\nexit 1',
  },
  {
    id: 'nsenter-no-kind',
    says: 'a target alone enters nothing and runs the program here',
    script: `target --uts; differs nsenter --target $pid`,
    prints: '',
  },
  {
    id: 'nsenter-unprivileged',
    says: "without root nsenter may not enter root's namespaces",
    script: 'target --uts; try as_learner nsenter --target $pid --uts true | sed s/$pid/PID/',
    prints: 'nsenter: cannot open /proc/PID/ns/uts: Permission denied\nexit 1',
  },
  {
    id: 'nsenter-own-user',
    says: 'the user namespace one stands in cannot be entered again',
    script: 'try nsenter --target $$ --user true',
    prints: "nsenter: reassociate to namespace 'ns/user' failed: Invalid argument\nexit 1",
  },
  {
    id: 'nsenter-own-all',
    says: '--all on oneself is allowed: the own user namespace is left out',
    script: 'try nsenter --target $$ --all true',
    prints: 'exit 0',
  },
  {
    id: 'nsenter-wrong-file',
    says: 'a file that is no namespace, or of another kind, is refused',
    script: 'try nsenter --uts=/etc/passwd true; try nsenter --uts=/proc/self/ns/net true',
    prints:
      "nsenter: reassociate to namespace 'ns/uts' failed: Invalid argument\nexit 1\nnsenter: reassociate to namespace 'ns/uts' failed: Invalid argument\nexit 1",
  },
  {
    id: 'nsenter-no-program',
    says: 'a program that is not there is 127',
    script: 'target --uts; try nsenter -t $pid -u /nonexistent',
    prints: 'nsenter: failed to execute /nonexistent: No such file or directory\nexit 127',
  },
  {
    id: 'nsenter-dead-pid-namespace',
    says: 'no child can be born in a pid namespace whose PID 1 has ended',
    script: `target --pid --fork; exec 8< /proc/$pid/ns/pid; kill -KILL $pid; ended $pid; try nsenter --pid=/proc/self/fd/8 true`,
    prints: 'ended\nnsenter: fork failed: Cannot allocate memory\nexit 1',
  },
  {
    id: 'nsenter-sibling-user',
    says: 'root of one user namespace may not enter another beside it',
    script: `target --map-root-user --uts; first=$pid; try unshare --map-root-user nsenter --target $first --user true | sed s/$first/PID/`,
    prints: 'nsenter: cannot open /proc/PID/ns/user: Permission denied\nexit 1',
  },
];

export const nsenterExpectations: Expectation[] = [...kinds, ...effects, ...refusals];
