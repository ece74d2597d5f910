import type { Expectation } from '../expectation.ts';

const alone = (id: string, kinds: string, options: string): Expectation => ({
  id: `unshare-${id}`,
  says: `unshare ${options} gives another namespace of ${kinds || 'no kind'} and of no other kind`,
  script: `differs unshare ${options}`,
  prints: kinds,
});

const kinds: Expectation[] = [
  alone('nothing', '', ''),
  alone('mount', 'mnt', '--mount'),
  alone('uts', 'uts', '--uts'),
  alone('ipc', 'ipc', '--ipc'),
  alone('net', 'net', '--net'),
  alone('cgroup', 'cgroup', '--cgroup'),
  alone('user', 'user', '--user'),
  alone('time', 'time', '--time --fork'),
  alone('pid', 'pid', '--pid --fork'),
  alone('mount-proc-implies-mount', 'mnt pid', '--pid --fork --mount-proc'),
  alone('map-root-user-implies-user', 'user', '--map-root-user'),
  alone(
    'all',
    'cgroup ipc mnt net pid time uts',
    '--mount --uts --ipc --net --cgroup --time --pid --fork',
  ),
];

const pid: Expectation[] = [
  {
    id: 'unshare-pid-first',
    says: 'the first process of a pid namespace is 1, and its parent is 0',
    script: `unshare --pid --fork bash -c 'echo $$ $PPID'`,
    prints: '1 0',
  },
  {
    id: 'unshare-pid-without-fork',
    says: 'without --fork the program stays outside; its first child is PID 1, and after it no fork works',
    script: `unshare --pid bash -c '[ $$ != 1 ] && echo outside; /bin/true; /bin/true; echo end' 2>&1`,
    prints: 'outside\nbash: fork: Cannot allocate memory',
  },
  {
    id: 'unshare-pid-old-proc',
    says: 'without --mount-proc /proc still shows the pid namespace outside',
    script: `outside=$$; unshare --pid --fork bash -c "echo \\$\\$; [ -e /proc/$outside ] && echo old"`,
    prints: '1\nold',
  },
  {
    id: 'unshare-mount-proc',
    says: 'with --mount-proc /proc shows the processes inside alone',
    script: `unshare --pid --fork --mount-proc bash -c 'cd /proc; echo [0-9]*; readlink self; :'`,
    prints: '1\n2',
  },
  {
    id: 'unshare-mount-proc-folder',
    says: '--mount-proc=DIR mounts it there',
    script: `mkdir p; unshare --pid --fork --mount-proc=p bash -c 'cd p; echo [0-9]*; cat 1/comm; :'`,
    prints: '1\nbash',
  },
  {
    id: 'unshare-pid-eight-deep',
    says: 'pid namespaces nest: the innermost process has a number in each',
    script: `deeper() { [ $1 = 0 ] && grep NSpid: /proc/self/status | wc --words || unshare --pid --fork bash -c "deeper $(($1 - 1))"; }
      export -f deeper; echo $(($(deeper 8) - $(deeper 0)))`,
    prints: '8',
  },
  {
    id: 'unshare-pid-1-and-sigkill',
    says: 'PID 1 of a namespace cannot be killed from inside, not even by itself',
    script: `unshare --pid --fork bash -c 'kill -KILL $$; echo alive'`,
    prints: 'alive',
  },
  {
    id: 'unshare-pid-1-and-sigterm',
    says: 'a SIGTERM from outside that PID 1 has no handler for does nothing',
    script: 'target --pid --fork; kill -TERM $pid; sleep 0.1; [ -e /proc/$pid ] && echo alive',
    prints: 'alive',
  },
  {
    id: 'unshare-pid-1-ends-all',
    says: 'when PID 1 of a namespace is killed from outside, all inside end with it',
    script: `unshare --pid --fork bash -c 'sleep 1000 & sleep 1001 & wait' >/dev/null 2>&1 &
      until [ $(pgrep --count --exact sleep) = 2 ]; do sleep 0.01; done
      pids=$(pgrep --exact sleep); kill -KILL $(pgrep --parent $!); for pid in $pids; do ended $pid; done`,
    prints: 'ended\nended',
  },
  {
    id: 'unshare-kill-outlives',
    says: 'without --kill-child the namespace outlives a killed unshare',
    script:
      'target --pid --fork; kill -KILL $!; wait $! 2>/dev/null; sleep 0.1; [ -e /proc/$pid ] && echo alive',
    prints: 'alive',
  },
  {
    id: 'unshare-kill-child',
    says: 'with --kill-child PID 1 dies with unshare',
    script: 'target --pid --fork --kill-child; kill -KILL $!; wait $! 2>/dev/null; ended $pid',
    prints: 'ended',
  },
];

const user: Expectation[] = [
  {
    id: 'unshare-user-unmapped',
    says: 'without a mapping everybody is 65534 in a user namespace',
    script: `unshare --user bash -c 'id --user; id --group'`,
    prints: '65534\n65534',
  },
  {
    id: 'unshare-map-root-user',
    says: '--map-root-user makes one 0, maps nobody else and denies setgroups',
    script: `as_learner unshare --map-root-user bash -c 'id --user; id --group; cat /proc/self/{uid_map,gid_map,setgroups}' | tr --squeeze ' '`,
    prints: '0\n0\n 0 1000 1\n 0 1000 1\ndeny',
  },
  {
    id: 'unshare-map-current-user',
    says: '--map-current-user keeps the number',
    script: `as_learner unshare --map-current-user bash -c 'id --user; id --group'`,
    prints: '1000\n1000',
  },
  {
    id: 'unshare-map-user',
    says: '--map-user and --map-group choose the numbers',
    script: `as_learner unshare --map-user=5 --map-group=6 bash -c 'id --user; id --group'`,
    prints: '5\n6',
  },
  {
    id: 'unshare-map-users',
    says: '--map-users needs newuidmap, which this machine has not',
    script: `unshare --user --map-users=1000,0,10 --map-groups=1000,0,10 bash -c 'cat /proc/self/uid_map' 2>&1 | tr --squeeze ' '`,
    prints: 'unshare: failed to execute newuidmap: No such file or directory',
  },
  {
    id: 'unshare-user-capabilities',
    says: 'who makes a user namespace has every capability in it',
    script: `as_learner unshare --map-root-user bash -c '
      grep CapEff: /proc/self/status | cut -f 2'`,
    prints: '000001ffffffffff',
  },
  {
    id: 'unshare-user-setgroups-allow',
    says: '--setgroups allow and a mapping without privilege exclude each other',
    script: 'try unshare --map-root-user --setgroups allow true',
    prints: 'unshare: options --setgroups=allow and --map-group are mutually exclusive\nexit 1',
  },
  {
    id: 'unshare-user-owns',
    says: 'root of a user namespace may change what is made in it, and not what was outside',
    script: `as_learner unshare --map-root-user --uts bash -c 'hostname box; hostname'
      as_learner unshare --map-root-user bash -c 'hostname box' 2>&1; hostname`,
    prints: 'box\nhostname: you must be root to change the host name\nlab-host',
  },
  {
    id: 'unshare-user-eight-deep',
    says: 'user namespaces nest',
    script: `deeper() { [ $1 = 0 ] && id --user || unshare --map-root-user bash -c "deeper $(($1 - 1))"; }
      export -f deeper; as_learner bash -c 'deeper 8'`,
    prints: '0',
  },
  {
    id: 'unshare-setuid',
    says: '--setuid and --setgid change the numbers before the program starts',
    script: `unshare --uts --setgid 1000 --setuid 1000 bash -c 'id --user; id --group'`,
    prints: '1000\n1000',
  },
];

const rest: Expectation[] = [
  {
    id: 'unshare-uts-hostname',
    says: 'a host name set inside stays inside',
    script: `hostname=$(hostname); unshare --uts bash -c 'hostname; hostname box; hostname'; hostname`,
    prints: 'lab-host\nbox\nlab-host',
  },
  {
    id: 'unshare-net-lo',
    says: 'a new net namespace has lo alone, and it is down',
    script: `unshare --net ip -brief link | tr --squeeze ' ' | cut -d ' ' -f 1-2; unshare --net ip route`,
    prints: 'lo DOWN',
  },
  {
    id: 'unshare-net-lo-up',
    says: 'lo works inside once it is up',
    script: `unshare --net bash -c 'ping -c 1 -W 1 127.0.0.1 >/dev/null 2>&1; echo $?; ip link set lo up; ping -c 1 -W 1 127.0.0.1 >/dev/null; echo $?'`,
    prints: '2\n0',
  },
  {
    id: 'unshare-cgroup-root',
    says: 'a new cgroup namespace shows its own cgroup as the root',
    script: 'unshare --cgroup cut -d : -f 3 /proc/self/cgroup | sort --unique',
    prints: '/',
  },
  {
    id: 'unshare-time-boottime',
    says: '--boottime moves the time since the boot inside',
    script: `outside=$(cut -d . -f 1 /proc/uptime)
      inside=$(unshare --time --boottime 86400 --fork cut -d . -f 1 /proc/uptime); echo $(((inside - outside) / 3600)) hours`,
    prints: '24 hours',
  },
  {
    id: 'unshare-time-offsets',
    says: '--monotonic and --boottime are the offsets of the namespace',
    script: `unshare --time --monotonic 60 --boottime 3600 --fork cat /proc/self/timens_offsets | tr --squeeze ' '`,
    prints: 'monotonic 60 0\nboottime 3600 0',
  },
  {
    id: 'unshare-boottime-alone',
    says: '--boottime without --time is refused',
    script: 'try unshare --boottime 5 true',
    prints:
      'unshare: options --monotonic and --boottime require unsharing of a time namespace (-t)\nexit 1',
  },
  {
    id: 'unshare-root',
    says: '--root makes a folder the root of the program',
    script: 'unshare --root=/usr /bin/ls / | grep --line-regexp --count -e bin -e home',
    prints: '1',
  },
  {
    id: 'unshare-wd',
    says: '--wd changes the folder',
    script: 'unshare --uts --wd=/etc pwd',
    prints: '/etc',
  },
  {
    id: 'unshare-exit-status',
    says: 'unshare ends as the program does, with or without --fork',
    script: `unshare --uts bash -c 'exit 7'; echo $?; unshare --uts --fork bash -c 'exit 7'; echo $?
      { unshare --fork bash -c 'kill -TERM $$'; echo $?; } 2>/dev/null`,
    prints: '7\n7\n143',
  },
  {
    id: 'unshare-no-program',
    says: 'a program that is not there is 127, one that may not be executed 126',
    script: 'try unshare --uts /nonexistent; touch file; try unshare --uts ./file',
    prints:
      'unshare: failed to execute /nonexistent: No such file or directory\nexit 127\nunshare: failed to execute ./file: Permission denied\nexit 126',
  },
  {
    id: 'unshare-unknown-option',
    says: 'an unknown option is refused',
    script: 'try unshare --nothing true',
    prints:
      "unshare: unrecognized option '--nothing'\nTry 'unshare --help' for more information.\nexit 1",
  },
  {
    id: 'unshare-unprivileged',
    says: 'without root only a user namespace can be made, and others together with it',
    script: `try as_learner unshare --uts true; try as_learner unshare --mount true
      try as_learner unshare --user --uts true`,
    prints:
      'unshare: unshare failed: Operation not permitted\nexit 1\nunshare: unshare failed: Operation not permitted\nexit 1\nexit 0',
  },
];

export const unshareExpectations: Expectation[] = [...kinds, ...pid, ...user, ...rest];
