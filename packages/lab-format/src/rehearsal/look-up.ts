import type { FaultFact, Target } from '@tatami/protocol';

/** A line by which a learner finds a value that is asked for without a cause, and where the output shows it. */
export interface LookUp {
  type: string;
  shows: RegExp;
}

/** Not in the line as it is typed: there a variable follows. */
const shows = /PID: (\d+)/;

/** Without `docker`, which may be out of service. @throws where no check of a lesson asks for this of such a target. */
export function lookUp(fact: FaultFact, target: Target): LookUp {
  const pid = `PID=${pidOf(target)}`;
  if (fact === 'pid') return { type: `${pid}; echo "PID: $PID"`, shows };
  if (fact !== 'net-companion') throw new Error(`how is ${fact} found?`);
  const inode = 'NS=$(sudo stat -L -c %i /proc/$PID/ns/net)';
  const others = 'for N in $(sudo lsns -n -o PID $NS); do [ $N = $PID ] || echo "PID: $N"; done';
  return { type: [pid, inode, others].join('; '), shows };
}

function pidOf(target: Target): string {
  if ('container' in target) return `$(pgrep -P $(pgrep -f -- '-n ${target.container} '))`;
  if ('process' in target) return `$(pgrep -x ${target.process})`;
  throw new Error(`how is the PID of ${target.hostname} found?`);
}
