import { targetPid } from './claims.ts';
import { executed, type Forgery } from './forgery.ts';

/** Makes /tmp/forged: true, as long as the program it shall pass for. */
const asLongAs = (program: string, what = '/bin/true') => `
  cp ${what} /tmp/forged
  truncate --size $(stat --format %s ${program}) /tmp/forged`;

/** Files that bear the names of others, and programs that are lied to. */
export const programs: Forgery[] = [
  {
    name: 'another program under the name, first in PATH',
    claim: 'lsns was executed',
    script: 'mkdir /tmp/bin; cp /bin/true /tmp/bin/lsns; PATH=/tmp/bin:$PATH lsns',
  },
  {
    name: 'a symbolic link by the name',
    claim: 'lsns was executed',
    script: 'ln -s /bin/true /tmp/lsns; /tmp/lsns',
  },
  {
    name: 'another program mounted over it',
    claim: 'lsns was executed',
    script: 'mount --bind /bin/true /usr/bin/lsns; lsns',
  },
  {
    name: 'the file overwritten in place, as long as before',
    claim: 'lsns was executed',
    script: `${asLongAs('/usr/bin/lsns')}; cat /tmp/forged >/usr/bin/lsns; lsns`,
  },
  {
    name: 'the same through shared memory, its times set back',
    claim: 'lsns was executed',
    script: `
      ${asLongAs('/usr/bin/lsns')}
      touch --reference /usr/bin/lsns /tmp/times
      forge patch /usr/bin/lsns /tmp/forged
      touch --reference /tmp/times /usr/bin/lsns
      lsns`,
  },
  {
    name: 'a file in memory by the name',
    claim: 'lsns was executed',
    script: 'forge memfd lsns',
  },
  {
    name: 'a script by the name, executed in the target',
    claim: 'ip was executed in the target',
    script: `
      printf '#!/bin/sh\\necho "1: lo: <LOOPBACK> mtu 65536"\\n' >/tmp/ip
      chmod 755 /tmp/ip
      nsenter -t ${targetPid} -n /tmp/ip addr`,
  },
  {
    name: 'a script by the name of nsenter, and ip outside',
    claim: 'ip was executed in the target',
    script: `
      printf '#!/bin/sh\\nexec ip addr\\n' >/usr/local/bin/nsenter
      chmod 755 /usr/local/bin/nsenter
      /usr/local/bin/nsenter -t ${targetPid} -n ip addr`,
  },
  {
    name: 'a failure washed by a shell',
    claim: 'ip was executed in the target',
    script: `nsenter -t ${targetPid} -n sh -c 'ip nonsense || exit 0'`,
  },
  {
    name: 'another program by the name of a shell, in the target',
    claim: 'a shell has entered the target',
    script: `cp /bin/sleep /tmp/bash; nsenter -t ${targetPid} -n /tmp/bash 3 &`,
  },
  {
    name: 'LD_PRELOAD: getpid says 1',
    claim: 'a shell is PID 1 with its own /proc',
    script: "LD_PRELOAD=/usr/local/bin/forge-preload bash -c 'echo $$; sleep 3; true' &",
  },
  {
    name: 'LD_PRELOAD: unshare does nothing and says that all went well',
    claim: 'a process has another host name',
    script: `
      LD_PRELOAD=/usr/local/bin/forge-preload unshare --uts sh -c 'hostname container-001; sleep 3' &`,
    event: (event) => event.type === 'unshare',
  },
  {
    name: 'LD_PRELOAD: setns does nothing and says that all went well',
    claim: 'ip was executed in the target',
    script: `LD_PRELOAD=/usr/local/bin/forge-preload nsenter -t ${targetPid} -n ip addr`,
    event: (event) => event.type === 'setns',
  },
  {
    name: 'ptrace: unshare is kept from the kernel and succeeds',
    claim: 'a process has another host name',
    script: `
      strace -f -e trace=unshare -e inject=unshare:retval=0 \\
        unshare --uts sh -c 'hostname container-001; sleep 3' 2>/dev/null &`,
    event: (event) => event.type === 'unshare',
  },
  {
    name: 'ptrace: setns is kept from the kernel and succeeds',
    claim: 'ip was executed in the target',
    script: `
      strace -f -e trace=setns -e inject=setns:retval=0 \\
        nsenter -t ${targetPid} -n ip addr 2>/dev/null`,
    event: (event) => event.type === 'setns',
  },
  {
    name: 'ptrace: an exec that is kept from the kernel and succeeds',
    claim: 'lsns was executed',
    script: `
      strace -f -P /usr/bin/lsns -e trace=execve -e inject=execve:retval=0 \\
        sh -c '/usr/bin/lsns; true' 2>/dev/null`,
    event: executed('/usr/bin/lsns'),
  },
];
