import type { Expectation } from '../expectation.ts';

const shared = 'mkdir a; mount --bind a a; mount --make-shared a;';
const seen = '[ -e a/file ] && echo seen || echo not seen';
const mountInside = `mount -t tmpfs none a; touch a/file`;

/** unshare --mount: what goes in and out of a mount namespace, and namespaces that outlive their processes. */
export const mountExpectations: Expectation[] = [
  {
    id: 'mount-private',
    says: 'unshare --mount makes all private: what is mounted inside is not seen outside',
    script: `${shared} unshare --mount bash -c '${mountInside}; ${seen}'; ${seen}`,
    prints: 'seen\nnot seen',
  },
  {
    id: 'mount-propagation-shared',
    says: 'with --propagation shared it is seen outside',
    script: `${shared} unshare --mount --propagation shared bash -c '${mountInside}'; ${seen}`,
    prints: 'seen',
  },
  {
    id: 'mount-propagation-unchanged',
    says: '--propagation unchanged leaves what was shared so',
    script: `${shared} unshare --mount --propagation unchanged bash -c '${mountInside}'; ${seen}`,
    prints: 'seen',
  },
  {
    id: 'mount-propagation-slave',
    says: 'with --propagation slave mounts come in and do not go out',
    script: `${shared} mkfifo go; unshare --mount --propagation slave bash -c 'echo > go; read < go; ${seen}; mkdir a/b; mount -t tmpfs none a/b; touch a/b/file; echo > go; sleep 0.2' &
      read < go; ${mountInside}; echo > go; read < go; [ -e a/b/file ] && echo out || echo not out; wait`,
    prints: 'seen\nnot out',
  },
  {
    id: 'mount-private-keeps-out',
    says: 'a private namespace does not see what is mounted outside later',
    script: `${shared} mkfifo go; unshare --mount bash -c 'echo > go; read < go; ${seen}' &
      read < go; ${mountInside}; echo > go; wait`,
    prints: 'not seen',
  },
  {
    id: 'mount-user-shared',
    says: 'from a user namespace nothing goes out, whatever --propagation says',
    script: `${shared} unshare --map-root-user --mount --propagation shared bash -c '${mountInside}; ${seen}'; ${seen}`,
    prints: 'seen\nnot seen',
  },
  {
    id: 'mount-root-shared',
    says: 'the root of the machine is shared, as systemd leaves it',
    script: 'findmnt --noheadings --output PROPAGATION /',
    prints: 'shared',
  },
  {
    id: 'mount-bind-unbindable',
    says: 'an unbindable mount cannot be bound elsewhere',
    script: `mkdir a b; mount --bind a a; mount --make-unbindable a; try mount --bind a b | tail -1`,
    prints: 'exit 32',
  },
  {
    id: 'mount-working-folder',
    says: 'a folder that is changed inside is not changed outside',
    script: `mkdir d; unshare --mount bash -c 'cd d; basename $PWD'; [ $(basename $PWD) != d ] && echo outside`,
    prints: 'd\noutside',
  },
  {
    id: 'persistent-uts',
    says: '--uts=FILE keeps the namespace without a process, and nsenter --uts=FILE enters it',
    script: `touch held; unshare --uts=held hostname box; nsenter --uts=held hostname; umount held; try nsenter --uts=held hostname`,
    prints: "box\nnsenter: reassociate to namespace 'ns/uts' failed: Invalid argument\nexit 1",
  },
  {
    id: 'persistent-net',
    says: 'ip netns add keeps a net namespace under /run/netns',
    script: `ip netns add blue; ip netns exec blue ip link set lo up; nsenter --net=/run/netns/blue ip -brief link | tr --squeeze ' ' | cut -d ' ' -f 1-2
      stat --file-system --format=%T /run/netns/blue; ip netns delete blue`,
    prints: 'lo UNKNOWN\nnsfs',
  },
  {
    id: 'persistent-mount',
    says: '--mount=FILE needs a private mount below it, and is then entered by it',
    // Linux 6.18 orders mount namespaces by a number that each CPU counts for itself, and refuses the bind
    // when the new one was made on another than the old one: both are made on one here.
    script: `cpu=$(taskset --cpu-list --pid $$ | grep -o '[0-9]*$')
      taskset --cpu-list $cpu unshare --mount bash -c 'mkdir p; mount -t tmpfs none p; touch p/held
      unshare --mount=p/held bash -c "mount -t tmpfs none /mnt; touch /mnt/file"
      nsenter --mount=p/held ls /mnt; ls /mnt'`,
    prints: 'file',
  },
  {
    id: 'persistent-mount-shared',
    says: '--mount=FILE on a shared mount fails, for it would hold itself',
    script: 'touch held; try unshare --mount=held true | sed s:proc/[0-9]*:proc/N:',
    prints: 'unshare: mount /proc/N/ns/mnt on held failed: Invalid argument\nexit 1',
  },
  {
    id: 'persistent-user',
    says: '--user=FILE fails: inside its own user namespace unshare may not mount outside',
    script: 'touch held; try unshare --user=held true | sed s:proc/[0-9]*:proc/N:',
    prints: 'unshare: mount /proc/N/ns/user on held failed: Operation not permitted\nexit 1',
  },
  {
    id: 'persistent-pid',
    says: '--pid=FILE holds a pid namespace that nobody can enter once its PID 1 is gone',
    script: 'touch held; unshare --pid=held --fork true; try nsenter --pid=held true; umount held',
    prints: 'nsenter: fork failed: Cannot allocate memory\nexit 1',
  },
  {
    id: 'persistent-file-missing',
    says: 'the file must be there',
    script: 'try unshare --uts=missing true | tail -1',
    prints: 'exit 1',
  },
];
