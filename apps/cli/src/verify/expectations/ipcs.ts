import type { Expectation } from '../expectation.ts';

const id = `awk '{ print $NF }'`;

export const ipcsExpectations: Expectation[] = [
  {
    id: 'ipcs-headings',
    says: 'ipcs shows queues, segments and semaphores under headings',
    script: `unshare --ipc ipcs | grep '^---'; ipcs --shmems | sed -n 3p | tr --squeeze ' '`,
    prints:
      '------ Message Queues --------\n------ Shared Memory Segments --------\n------ Semaphore Arrays --------\nkey shmid owner perms bytes nattch status',
  },
  {
    id: 'ipcs-shm',
    says: 'ipcmk -M makes a segment that ipcs shows and ipcrm -m removes',
    script: `id=$(ipcmk -M 1024 | ${id}); ipcs -m -i $id | grep -o '^bytes=[0-9]*'; ipcs -m | awk -v id=$id '$2 == id { print $3, $4, $5 }'; ipcrm -m $id; ipcs -m | grep --count " $id "`,
    prints: 'bytes=1024\nroot 644 1024\n0',
  },
  {
    id: 'ipcs-queue',
    says: 'ipcmk -Q makes a queue that ipcrm removes by its key',
    script: `id=$(ipcmk -Q | ${id}); ipcs --queues --id $id | grep --count "^Message Queue msqid=$id$"; ipcrm -Q $(ipcs -q | awk -v id=$id '$2 == id { print $1 }'); ipcs -q | grep --count " $id "`,
    prints: '1\n0',
  },
  {
    id: 'ipcs-semaphores',
    says: 'ipcmk -S makes as many semaphores as asked for',
    script: `id=$(ipcmk -S 2 | ${id}); ipcs --semaphores --id $id | grep -o '^nsems = [0-9]*'; ipcrm -s $id; ipcs -s | grep --count " $id "`,
    prints: 'nsems = 2\n0',
  },
  {
    id: 'ipcs-permissions',
    says: 'ipcmk --mode sets who may use it',
    script: `id=$(ipcmk -M 10 --mode 600 | ${id}); ipcs -m | awk -v id=$id '$2 == id { print $4 }'; try as_learner ipcrm -m $id | sed "s/($id)/(ID)/"; ipcrm -m $id`,
    prints: '600\nipcrm: permission denied for id (ID)\nexit 1',
  },
  {
    id: 'ipcs-limits',
    says: 'ipcs --limits gives the limits of /proc/sys/kernel',
    script: `[ $(ipcs -m -l | awk '/max number of segments/ { print $6 }') = $(cat /proc/sys/kernel/shmmni) ] && echo shmmni
      [ $(ipcs -q -l | awk '/max queues system wide/ { print $6 }') = $(cat /proc/sys/kernel/msgmni) ] && echo msgmni`,
    prints: 'shmmni\nmsgmni',
  },
  {
    id: 'ipcs-limits-of-a-namespace',
    says: 'the limits belong to the ipc namespace: those set inside stay inside',
    script: `before=$(cat /proc/sys/kernel/shmmni); unshare --ipc bash -c 'echo 77 > /proc/sys/kernel/shmmni; ipcs -m -l' 2>&1 | awk '/max number of segments/ { print $6 }'; [ $before = $(cat /proc/sys/kernel/shmmni) ] && echo unchanged`,
    prints: '77\nunchanged',
  },
  {
    id: 'ipcs-new-namespace',
    says: 'a new ipc namespace is empty, and what is made in it is not seen outside',
    script: `id=$(ipcmk -M 1024 | ${id}); unshare --ipc bash -c 'ipcs -m | grep --count 1024; ipcmk -M 2048 >/dev/null; ipcs -m | grep --count 2048'; ipcs -m | grep --count 2048; ipcs -m | grep --count 1024; ipcrm -m $id`,
    prints: '0\n1\n0\n1',
  },
  {
    id: 'ipcs-nsenter',
    says: 'who enters an ipc namespace sees what others made in it',
    script: `target --ipc; nsenter -t $pid -i ipcmk -M 4096 >/dev/null; nsenter -t $pid -i ipcs -m | grep --count 4096; ipcs -m | grep --count 4096`,
    prints: '1\n0',
  },
  {
    id: 'ipcs-ends-with-namespace',
    says: 'segments end with the namespace: the next starts with none',
    script: `unshare --ipc bash -c 'ipcmk -M 8192 >/dev/null'; unshare --ipc bash -c 'ipcs -m | grep --count 8192'`,
    prints: '0',
  },
  {
    id: 'ipcs-same-numbers',
    says: 'numbers begin anew in each namespace: the same number is another segment',
    script: `for bytes in 111 222; do unshare --ipc bash -c "id=\\$(ipcmk -M $bytes | ${id.replaceAll('$', '\\$')}); echo \\$id; ipcs -m -i \\$id | grep -o '^bytes=[0-9]*'"; done`,
    prints: '0\nbytes=111\n0\nbytes=222',
  },
  {
    id: 'ipcs-summary',
    says: '--summary counts what there is',
    script: `unshare --ipc bash -c 'ipcmk -M 4096 >/dev/null; ipcmk -M 4096 >/dev/null; ipcs -m --summary' | grep 'segments allocated'`,
    prints: 'segments allocated 2',
  },
  {
    id: 'ipcs-unknown-id',
    says: 'a number that is not there is told',
    script: `unshare --ipc bash -c 'ipcs -m -i 5 2>&1; echo $?; ipcrm -m 5 2>&1; echo $?'`,
    prints: 'ipcs: id 5 not found\n0\nipcrm: invalid id (5)\n1',
  },
  {
    id: 'ipcs-remove-all',
    says: 'ipcrm --all removes everything of its namespace',
    script: `unshare --ipc bash -c 'ipcmk -M 1 >/dev/null; ipcmk -Q >/dev/null; ipcmk -S 1 >/dev/null; ipcrm --all; ipcs | grep --count "^0x"'`,
    prints: '0',
  },
];
