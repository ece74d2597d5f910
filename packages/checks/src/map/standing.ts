import type { KernelSnapshot, ProcessView, TerminalId } from '@tatami/protocol';

/** A terminal of the machine; its shell's parent is the process that relays it. */
export interface MapTerminal {
  id: TerminalId;
  /** On the host. */
  pid: number;
}

/** What is asked to find out where a terminal stands. */
export interface StandingScene {
  snapshot: KernelSnapshot;
  terminals: MapTerminal[];
  /** `seq` of the typed line that a process goes back to, by its number on the host. */
  lineOf: (pid: number) => number | null;
}

/** The process that each terminal stands at: what its keys go to, by its number on the host. */
export function standings(scene: StandingScene): Map<number, TerminalId[]> {
  const found = new Map<number, TerminalId[]>();
  for (const { id, pid } of scene.terminals) {
    const shell = scene.snapshot.processes.find(({ parent, tty }) => parent === pid && tty);
    if (!shell) continue;
    const at = standsAt(shell, scene);
    found.set(at.pid, [...(found.get(at.pid) ?? []), id]);
  }
  return found;
}

/** The terminal that the first of these processes that lives was started from; numbers are the host's. */
export function terminalAbove(
  pids: number[],
  { snapshot, terminals }: StandingScene,
): TerminalId | null {
  const byPid = new Map(snapshot.processes.map((process) => [process.pid, process]));
  const passed = new Set<number>();
  const first = pids.find((pid) => byPid.has(pid));
  for (let at = byPid.get(first ?? 0); at && !passed.has(at.pid); at = byPid.get(at.parent)) {
    passed.add(at.pid);
    const { parent } = at;
    const terminal = terminals.find(({ pid }) => pid === parent);
    if (terminal) return terminal.id;
  }
  return null;
}

/**
 * Down from a session's leader to the innermost process in the foreground. What that puts between itself and a
 * command has a session of its own, on a terminal of its own (sudo's use_pty, script): there it goes on.
 */
function standsAt(leader: ProcessView, scene: StandingScene): ProcessView {
  const seen = new Set<number>();
  for (let at = leader; ; ) {
    seen.add(at.session);
    const front = scene.snapshot.processes.filter(({ group }) => group === at.foreground);
    const last = innermost(front);
    if (!last) return at;
    const next = sessionBelow(front, at, seen, scene);
    if (!next) return last;
    at = next;
  }
}

/** Of a process group the youngest of those that have no child in it. */
function innermost(group: ProcessView[]): ProcessView | undefined {
  const parents = new Set(group.map(({ parent }) => parent));
  const leaves = group.filter(({ pid }) => !parents.has(pid));
  return leaves.sort((a, b) => b.startTicks - a.startTicks || b.pid - a.pid)[0];
}

/** The oldest process on another terminal that the foreground of this one has led to. */
function sessionBelow(
  front: ProcessView[],
  { session }: ProcessView,
  seen: Set<number>,
  { snapshot, lineOf }: StandingScene,
): ProcessView | undefined {
  const byPid = new Map(snapshot.processes.map((process) => [process.pid, process]));
  const inFront = new Set(front);
  // A process that waits in the background may hold a terminal too.
  const leadsTo = (process: ProcessView): boolean => {
    const passed = new Set<ProcessView>();
    for (let up = byPid.get(process.parent); up && !passed.has(up); up = byPid.get(up.parent)) {
      if (inFront.has(up)) return true;
      if (up.session === session) return false;
      passed.add(up);
    }
    return false;
  };
  // The container runtime is no ancestor of what it starts; the line that was typed tells.
  const client = front.find(({ program }) => program === 'podman');
  const line = client ? lineOf(client.pid) : null;
  const startedBy = ({ pid }: ProcessView) => line !== null && lineOf(pid) === line;
  return snapshot.processes
    .filter((one) => one.foreground > 0 && !seen.has(one.session))
    .filter((one) => leadsTo(one) || startedBy(one))
    .sort((a, b) => a.startTicks - b.startTicks || a.pid - b.pid)[0];
}
