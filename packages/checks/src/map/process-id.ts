import type { MapProcessId, ProcessView } from '@tatami/protocol';

/** Names a process of the machine for good; no number of the host's is in it. */
export const processId = ({ pids, startTicks }: ProcessView): MapProcessId =>
  `${pids[0]}.${startTicks}`;
