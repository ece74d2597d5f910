import type { Expectation } from '../expectation.ts';

export const lsnsExpectations: Expectation[] = [
  {
    id: 'lsns-headings',
    says: 'lsns shows NS, TYPE, NPROCS, PID, USER and COMMAND',
    script: `lsns | head -1 | tr --squeeze ' ' | sed 's/^ //'`,
    prints: 'NS TYPE NPROCS PID USER COMMAND',
  },
  {
    id: 'lsns-no-headings',
    says: '--noheadings leaves them out, --output chooses columns',
    script: `lsns --noheadings --raw --output TYPE --task $$ | sort | paste -sd ' '`,
    prints: 'cgroup ipc mnt net pid time user uts',
  },
  {
    id: 'lsns-type',
    says: '--type shows one kind',
    script: `target --uts; lsns --type uts --noheadings --raw --output TYPE | sort | uniq --count | tr --squeeze ' '`,
    prints: ' 2 uts',
  },
  {
    id: 'lsns-task',
    says: '--task shows the namespaces of one process',
    script: `target --uts --net; lsns --task $pid --noheadings --raw --output TYPE,PID | awk -v pid=$pid '$2 == pid { print $1 }' | sort | paste -sd ' '`,
    prints: 'net uts',
  },
  {
    id: 'lsns-namespace',
    says: 'a namespace as argument lists its processes',
    script: `target --uts; lsns $(stat --dereference --format=%i /proc/$pid/ns/uts) --noheadings --raw --output COMMAND`,
    prints: 'sleep\\x201000',
  },
  {
    id: 'lsns-json',
    says: '--json is JSON with the columns as keys',
    script: `lsns --json --task $$ | jq --compact-output '[.namespaces[0] | keys[]]'`,
    prints: '["command","nprocs","ns","pid","type","user"]',
  },
  {
    id: 'lsns-counts',
    says: 'NPROCS counts the processes in it, PID is the first',
    script: `unshare --net bash -c 'sleep 1000 & sleep 1000' </dev/null >/dev/null 2>&1 & until [ $(pgrep --count --exact sleep) = 2 ]; do sleep 0.01; done
      ns=$(stat --dereference --format=%i /proc/$!/ns/net); lsns --type net --noheadings --raw --output NS,NPROCS,PID | awk -v ns=$ns -v pid=$! '$1 == ns { print $2, $3 == pid }'`,
    prints: '3 1',
  },
  {
    id: 'lsns-user-parent',
    says: 'PNS and ONS of a user namespace are the one it was made in',
    script: `target --map-root-user; ns() { stat --dereference --format=%i /proc/$1/ns/user; }
      row=$(lsns --type user --noheadings --raw --output NS,PNS,ONS | grep "^$(ns $pid) "); [ "$row" = "$(ns $pid) $(ns $$) $(ns $$)" ] && echo "its parent's"`,
    prints: "its parent's",
  },
  {
    id: 'lsns-pid-parent',
    says: 'PNS of a pid namespace is the one around it, ONS the user namespace that owns it',
    script: `target --map-root-user --pid --fork; ns() { stat --dereference --format=%i /proc/$1/ns/$2; }
      row=$(lsns --type pid --noheadings --raw --output NS,PNS,ONS | grep "^$(ns $pid pid) "); [ "$row" = "$(ns $pid pid) $(ns $$ pid) $(ns $pid user)" ] && echo as made`,
    prints: 'as made',
  },
  {
    id: 'lsns-tree',
    says: '--tree draws who owns whom',
    script: `target --map-root-user --uts; lsns --tree=owner --output NS,TYPE >/dev/null; echo $?; lsns --tree=parent --type user --noheadings --output NS | grep --count '─'`,
    prints: '0\n1',
  },
  {
    id: 'lsns-nsfs',
    says: 'NSFS shows the mount that holds a net namespace, once a process is in it',
    script: `ip netns add blue; lsns --type net --noheadings --raw --output NSFS | grep --count blue
      ip netns exec blue sleep 1000 </dev/null >/dev/null 2>&1 & awaited
      lsns --type net --noheadings --raw --output NSFS | grep blue; ip netns delete blue`,
    prints: '0\n/run/netns/blue',
  },
  {
    id: 'lsns-no-process',
    says: 'lsns 2.38 does not list a namespace that has no process',
    script: `touch held; unshare --uts=held true; lsns --type uts --noheadings --raw --output NS | grep --count $(stat --format=%i held); umount held`,
    prints: '0',
  },
  {
    id: 'lsns-unprivileged',
    says: 'without root only the own processes are seen',
    script: `target --uts; as_learner lsns --type uts --noheadings --raw --output NS | wc --lines`,
    prints: '1',
  },
  {
    id: 'lsns-unknown-type',
    says: 'an unknown type is refused',
    script: 'try lsns --type nothing',
    prints: 'lsns: unknown namespace type: nothing\nexit 1',
  },
  {
    id: 'lsns-unknown-column',
    says: 'an unknown column is refused',
    script: 'try lsns --output NOTHING',
    prints: 'lsns: unknown column: NOTHING\nexit 1',
  },
  {
    id: 'lsns-odd-name',
    says: 'one process with a newline in its name makes lsns 2.38 fail altogether',
    script: String.raw`cp /bin/sleep $'./a\nb'; ./$'a\nb' 1000 </dev/null >/dev/null 2>&1 & until pgrep b >/dev/null; do sleep 0.01; done; try lsns | tail -1`,
    prints: 'exit 1',
  },
];
