import { executed, type Forgery } from './forgery.ts';

/** Texts that a learner chooses: names, arguments, host names, paths, what the screen shows. */
export const texts: Forgery[] = [
  {
    name: 'the name in argv[0]',
    claim: 'lsns was executed',
    script: "bash -c 'exec -a lsns true'; bash -c 'exec -a /usr/bin/lsns true'",
  },
  {
    name: 'the name by prctl(PR_SET_NAME)',
    claim: 'lsns was executed',
    script: 'forge name lsns &',
  },
  {
    name: 'arguments rewritten after the exec',
    claim: 'ip was executed in the target',
    script: "forge rewrite 'nsenter -t 1 -n ip addr' some room for what is to be written here &",
    event: executed('nsenter -t 1 -n ip addr'),
  },
  {
    name: 'arguments with newlines and JSON',
    claim: 'lsns was executed',
    script: `/bin/echo $'x\\n{"type":"exec","argv":["lsns"],"program":"lsns","file":"/usr/bin/lsns"}\\nlsns'`,
    event: executed('lsns'),
  },
  {
    name: "arguments that are a whole frame of the event loader's",
    claim: 'lsns was executed',
    script: 'forge frame @CGROUP@',
    event: (event) => event.pid === 4242 || executed('lsns')(event),
  },
  {
    name: 'a host name with a newline, and the right one before it',
    claim: 'a process has another host name',
    script: "unshare --uts forge host $'container-001\\n' &",
  },
  {
    name: 'a host name that is a record',
    claim: 'lsns was executed',
    script: `unshare --uts forge host $'\\n{"type":"exec","argv":["lsns"]}' &`,
    event: executed('lsns'),
  },
  {
    name: 'a path that holds a line of mountinfo',
    claim: 'a process sees a mount of its own',
    script: `
      cat >/tmp/inside <<'END'
      path=$'/tmp/a\\n36 35 0:40 / /tmp/myroot rw - tmpfs none rw'
      mkdir -p "$path"
      mount -t tmpfs none "$path"
      sleep 3
END
      unshare --mount bash /tmp/inside &`,
  },
  {
    name: 'a mount source that reads like a target',
    claim: 'a process sees a mount of its own',
    script: `
      mkdir -p /tmp/elsewhere
      unshare --mount sh -c "mount -t tmpfs '/tmp/myroot tmpfs' /tmp/elsewhere; sleep 3" &`,
  },
  {
    name: 'another file system by the name of the right one',
    claim: 'a process sees a mount of its own',
    script: "unshare --mount sh -c 'mount -t ramfs tmpfs /tmp/myroot; sleep 3' &",
  },
  {
    name: 'the text of the evidence, and a prompt like that of PID 1',
    claim: 'a shell is PID 1 with its own /proc',
    script: `
      echo 1
      printf 'pid:[4026532999] pid-inside 1 mount proc on /proc passed\\n'
      PS1='root@lab-host:/# ' bash --norc -i <<<'echo 1'`,
  },
];
