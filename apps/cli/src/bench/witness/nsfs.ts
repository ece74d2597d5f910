import type { KernelSnapshot } from '@tatami/protocol';
import type { Sandbox } from '@tatami/sandbox';

/**
 * Holds the namespaces that mounts keep against findmnt(8) and stat(1) inside, since lsns of util-linux
 * 2.38 lists none without processes. @returns what differs, one sentence each.
 */
export async function comparePinned(sandbox: Sandbox, view: KernelSnapshot): Promise<string[]> {
  const members = new Map(
    [view.machine, ...view.processes].toReversed().map(({ ns, pids }) => [ns.mnt, pids[0]]),
  );
  // A target may hold blanks, which --raw writes as \x20.
  const { stdout } = await sandbox.exec(
    [...members]
      .map(
        ([mnt, pid]) => `
      findmnt --task ${pid} --types nsfs --raw --noheadings --output FSROOT,TARGET | sort --unique |
        while read -r root target; do
          plain=$(printf %b "$target")
          echo "${mnt} $root $(stat --dereference --format=%i "/proc/${pid}/root$plain") $target"
        done`,
      )
      .join('\n'),
  );
  const witness = stdout.split('\n').filter(Boolean).sort();
  const observed = view.pinned
    .map(
      ({ kind, inode, target, mnt }) =>
        `${mnt} ${kind}:[${inode}] ${inode} ${target.replaceAll(' ', '\\x20')}`,
    )
    .sort();
  return differences(observed, witness, 'findmnt');
}

/** Holds pid_for_children and time_for_children, which lsns does not list, against stat(1) inside. */
export async function compareForChildren(
  sandbox: Sandbox,
  view: KernelSnapshot,
): Promise<string[]> {
  const pids = view.processes.map(({ pids }) => pids[0]);
  const { stdout } = await sandbox.exec(
    `for pid in ${pids.join(' ')}; do for kind in pid time; do
      echo $pid $kind $(stat --dereference --format=%i /proc/$pid/ns/"$kind"_for_children 2>/dev/null)
    done; done`,
  );
  const observed = view.processes.flatMap(({ pids: [pid], pidForChildren, timeForChildren }) => [
    `${pid} pid ${pidForChildren ?? ''}`.trim(),
    `${pid} time ${timeForChildren}`,
  ]);
  return differences(observed.sort(), stdout.split('\n').filter(Boolean).sort(), 'stat');
}

function differences(observed: string[], witness: string[], who: string): string[] {
  return [
    ...observed.filter((line) => !witness.includes(line)).map((line) => `only we see ${line}`),
    ...witness.filter((line) => !observed.includes(line)).map((line) => `only ${who} sees ${line}`),
  ];
}
