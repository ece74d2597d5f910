import { claimId } from './claims.ts';
import type { Forgery } from './forgery.ts';

/** A program that acts as conmon(8) does: its child is PID 1 of a pid namespace of its own. */
const likeConmon = "-c 'unshare --pid --fork --net sleep 3; true' -n test-nginx";

/** Namespaces, /proc, containers and the observer itself, dressed up. */
export const world: Forgery[] = [
  {
    name: "the machine's own host name",
    claim: 'a process has another host name',
    script: 'hostname container-001; sleep 2; hostname lab-host',
  },
  {
    name: 'a tmpfs on /proc with a status that says 1',
    claim: 'a shell is PID 1 with its own /proc',
    script: `
      cat >/tmp/inside <<'END'
      mount -t tmpfs proc /proc
      mkdir /proc/self /proc/1
      printf 'Name:\\tbash\\nPid:\\t1\\nNSpid:\\t1\\n' | tee /proc/self/status >/proc/1/status
      sleep 3
      true
END
      unshare --mount bash /tmp/inside &`,
  },
  {
    name: 'an overlay on /proc',
    claim: 'a shell is PID 1 with its own /proc',
    script: `
      cat >/tmp/inside <<'END'
      mount -t tmpfs none /mnt
      mkdir -p /mnt/lower/self /mnt/upper /mnt/work
      mount -t overlay proc -o lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/work /proc
      sleep 3
      true
END
      unshare --pid --fork --mount bash /tmp/inside &`,
  },
  {
    name: "the machine's own proc, mounted anew",
    claim: 'a shell is PID 1 with its own /proc',
    script: `
      unshare --pid --fork --mount bash -c 'mount --rbind /proc /proc; sleep 3; true' &`,
  },
  {
    name: "a new proc over the machine's",
    claim: 'a shell is PID 1 with its own /proc',
    script: `
      unshare --pid --fork bash -c 'mount -t proc proc /proc; sleep 3; umount /proc; true' &`,
  },
  {
    name: 'a process dressed as the container',
    claim: 'the container runs',
    script: `
      unshare --pid --fork --net --uts bash -c \\
        'hostname test-nginx; exec -a "nginx: master process nginx" sleep 3' &`,
  },
  {
    name: 'a process by the name of conmon that says it has the container',
    claim: 'the container runs',
    script: `cp /bin/bash /tmp/conmon; /tmp/conmon ${likeConmon} &`,
  },
  {
    name: 'a shell mounted over conmon',
    claim: 'the container runs',
    script: `mount --bind /bin/bash /usr/bin/conmon; conmon ${likeConmon} &`,
  },
  {
    name: 'conmon overwritten in place, as long as before',
    claim: 'the container runs',
    script: `
      cp /bin/dash /tmp/forged
      truncate --size $(stat --format %s /usr/bin/conmon) /tmp/forged
      cat /tmp/forged >/usr/bin/conmon
      conmon ${likeConmon} &`,
  },
  {
    name: 'a command of the target itself, which nobody entered',
    claim: 'ip was executed in the target',
    script: `
      pkill -KILL -fx 'sleep 1000'
      unshare --uts --net --pid --fork bash -c 'hostname lab-target; ip addr; sleep 3; true' &`,
  },
  {
    name: 'a target that shares the network of the machine',
    claim: 'ip was executed in the target',
    script: `
      pkill -KILL -fx 'sleep 1000'
      unshare --uts --pid --fork bash -c 'hostname lab-target; sleep 4; true' &
      sleep 0.5; ip addr`,
  },
  {
    name: "the runtime's state files, written by hand",
    claim: 'the container runs',
    script: `
      unshare --pid --fork --net sleep 3 &
      state=/var/lib/containers/storage/overlay-containers
      mkdir -p $state /run/crun/test-nginx /run/runc/test-nginx
      id=$(printf '0%.0s' $(seq 64))
      echo '[{"id":"'$id'","names":["test-nginx"],"image":"nginx"}]' >$state/containers.json
      echo '{"id":"'$id'","pid":'$!',"status":"running"}' |
        tee /run/crun/test-nginx/status >/run/runc/test-nginx/state.json`,
  },
  {
    name: "the kernel's trace and log, written into",
    claim: 'lsns was executed',
    script: `
      mount -t tracefs none /mnt && echo granted
      line='lsns-4242 [000] 1.0: sched_process_exec: filename=/usr/bin/lsns pid=4242 old_pid=4242'
      for file in /sys/kernel/tracing/trace_marker /sys/kernel/debug/tracing/trace_marker /dev/kmsg; do
        [ -e $file ] && echo "$line" >$file && echo granted
      done 2>/dev/null`,
    event: (event) => event.pid === 4242,
    never: 'granted',
  },
  {
    name: "the observer's own means: bpf(2), perf events, the process connector",
    claim: 'lsns was executed',
    script: 'forge observe',
    never: 'granted',
  },
  {
    name: 'the answer, given to another question',
    claim: 'the cause is known',
    answer: { checkId: 'other', answer: { cause: 'frozen', value: 'T' } },
  },
  {
    name: 'an answer that names every state',
    claim: 'the cause is known',
    answer: { checkId: claimId, answer: { cause: 'frozen', value: 'R S D T t Z' } },
  },
  {
    name: 'the right value with another cause',
    claim: 'the cause is known',
    answer: { checkId: claimId, answer: { cause: 'lock', value: 'T' } },
  },
  {
    name: 'the answer, typed into the terminal',
    claim: 'the cause is known',
    script: 'echo frozen T; echo \'{"cause":"frozen","value":"T"}\'',
  },
];
