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

/** Processes of one look, to be found by what each step down asks for: a learner can make hundreds of sessions. */
interface Kin {
  byGroup: Map<number, ProcessView[]>;
  byParent: Map<number, ProcessView[]>;
}

/** The process that each terminal stands at: what its keys go to, by its number on the host. */
export function standings(scene: StandingScene): Map<number, TerminalId[]> {
  const { processes } = scene.snapshot;
  const kin = {
    byGroup: grouped(processes, ({ group }) => group),
    byParent: grouped(processes, ({ parent }) => parent),
  };
  const found = new Map<number, TerminalId[]>();
  for (const { id, pid } of scene.terminals) {
    const shell = kin.byParent.get(pid)?.find(({ tty }) => tty);
    if (!shell) continue;
    const at = standsAt(shell, scene, kin);
    found.set(at.pid, [...(found.get(at.pid) ?? []), id]);
  }
  return found;
}

function grouped(
  processes: ProcessView[],
  key: (process: ProcessView) => number,
): Map<number, ProcessView[]> {
  const groups = new Map<number, ProcessView[]>();
  for (const process of processes) {
    const group = groups.get(key(process));
    if (group) group.push(process);
    else groups.set(key(process), [process]);
  }
  return groups;
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
function standsAt(leader: ProcessView, scene: StandingScene, kin: Kin): ProcessView {
  const seen = new Set<number>();
  for (let at = leader; ; ) {
    seen.add(at.session);
    const front = kin.byGroup.get(at.foreground) ?? [];
    const last = innermost(front);
    if (!last) return at;
    const next = [...ledTo(front, at, kin), ...startedBy(front, scene)]
      .filter((one) => one.foreground > 0 && !seen.has(one.session))
      .sort((a, b) => a.startTicks - b.startTicks || a.pid - b.pid)[0];
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

/** What the foreground of a session has led to, outside that session: a process in its background may hold a terminal too. */
function ledTo(
  front: ProcessView[],
  { session }: ProcessView,
  { byParent }: Kin,
): Set<ProcessView> {
  const found = new Set<ProcessView>();
  const ways = [...front];
  for (let at = ways.pop(); at; at = ways.pop())
    for (const child of byParent.get(at.pid) ?? []) {
      if (found.has(child) || child.session === session) continue;
      found.add(child);
      ways.push(child);
    }
  return found;
}

/** The container runtime is no ancestor of what it starts; the line that was typed tells. */
function startedBy(front: ProcessView[], { snapshot, lineOf }: StandingScene): ProcessView[] {
  const client = front.find(({ program }) => program === 'podman');
  const line = client ? lineOf(client.pid) : null;
  return line === null ? [] : snapshot.processes.filter(({ pid }) => lineOf(pid) === line);
}
