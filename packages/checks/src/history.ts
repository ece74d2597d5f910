import type {
  CommandView,
  FileIdentity,
  HistoryView,
  Initiator,
  KernelEvent,
  NamespaceKind,
} from '@tatami/protocol';
import { notExecuted } from './command-line.ts';
import { CommandLines, isLogin, isPrompt } from './command-lines.ts';
import type { Deeds } from './map/deeds.ts';

/** Commands kept per sandbox; some ten minutes of busy typing, and a bound on what a flood can cost. */
const keptCommands = 400;
/** Processes followed at once: more than a sandbox may have, in case an exit was lost. */
const keptProcesses = 1_024;

const runtimePrograms = new Set(['podman', 'conmon', 'crun', 'runc', 'netavark', 'aardvark-dns']);

type ExecEvent = Extract<KernelEvent, { type: 'exec' }>;
type ForkEvent = Extract<KernelEvent, { type: 'fork' }>;

/** A process that lives, as far as its events tell. */
interface Followed {
  command: CommandView | null;
  ns: KernelEvent['ns'];
  pidForChildren: number;
  entered: NamespaceKind[];
  made: NamespaceKind[];
  by: Initiator;
}

/** The learner's own, in namespaces that it entered or made: what checks of commands mostly ask for. */
const hasMoved = ({ by, entered, made }: CommandView): boolean =>
  by === 'learner' && entered.length + made.length > 0;

const isShell = (command: CommandView | null): boolean =>
  ['bash', 'dash', 'sh'].includes(command?.program ?? '');

/** Names the machine's program whose file this is, or null. */
type ProgramOf = (file: FileIdentity) => string | null;

/**
 * Makes commands out of the kernel's events of one sandbox. Which kinds of namespace a command entered or
 * made is handed down from process to child, as the kernel does.
 */
export class History {
  readonly #programOf: ProgramOf;
  readonly #deeds: Deeds | null;
  readonly #processes = new Map<number, Followed>();
  #commands: CommandView[] = [];
  #lost = 0;
  /** Nobody looks now, and somebody did before. */
  #blind = false;
  #lines: CommandLines | null = null;

  /** `deeds` is told what typed lines do to namespaces. */
  constructor(programOf: ProgramOf, deeds: Deeds | null = null) {
    this.#programOf = programOf;
    this.#deeds = deeds;
  }

  /** A step begins: what was executed or lost before counts no more. `keepLines`: it will be looked back on. */
  begin(keepLines = false): void {
    this.#commands = [];
    this.#lost = this.#blind ? 1 : 0;
    this.#lines = keepLines ? new CommandLines() : null;
  }

  lose(count: number): void {
    this.#lost += count;
  }

  /** Nobody looks from here on; how much is missed is unknown, so something is. */
  interrupt(): void {
    this.#blind = true;
    this.lose(1);
  }

  /** Everything is seen, or counted as lost, from here on. */
  goOn(): void {
    this.#blind = false;
  }

  get view(): HistoryView {
    return { commands: this.#commands, lost: this.#lost };
  }

  /** What was typed since the step began, if that is kept. */
  get lines(): CommandLines | null {
    return this.#lines;
  }

  /** What a process that lives has executed last, by its number on the host; null: nothing of the machine. */
  programRunBy(pid: number): string | null {
    const command = this.#processes.get(pid)?.command;
    return command?.pid === pid ? command.program : null;
  }

  /** `seq` of the typed line that a process that lives goes back to. */
  lineOf(pid: number): number | null {
    return this.#processes.get(pid)?.command?.line ?? null;
  }

  /** On whose account a process that lives runs, by its number on the host; null: its beginning was not seen. */
  startedBy(pid: number): Initiator | null {
    return this.#processes.get(pid)?.by ?? null;
  }

  add(events: KernelEvent[]): void {
    for (const event of events) this.#take(event);
    if (this.#commands.length <= keptCommands) return;
    // A check may want one before another: a loop in between must not make the first undone.
    const half = keptCommands / 2;
    const moved = this.#commands.slice(0, -half).filter(hasMoved);
    this.#commands = [...moved.slice(-half), ...this.#commands.slice(-half)];
  }

  #take(event: KernelEvent): void {
    if (event.type === 'fork') {
      this.#follow(event.pid, this.#child(event));
      return;
    }
    const process = this.#processes.get(event.pid) ?? unknown(event);
    if (event.type === 'exec') this.#exec(event, process);
    else if (event.type === 'exit') this.#exit(event, process);
    else {
      if (event.type === 'setns' || event.type === 'unshare') {
        noteChange(event, process);
        if (event.errno === 0 && event.type === 'setns')
          this.#did(event, process.command, 'entered', event.changed);
        else if (event.errno === 0 && event.type === 'unshare')
          this.#did(event, process.command, 'made', event.kinds);
      }
      process.ns = event.ns;
      process.pidForChildren = event.pidForChildren;
    }
  }

  #child(event: ForkEvent): Followed {
    const parent = this.#processes.get(event.parent);
    // Its parent was there before anybody looked.
    if (!parent) return { ...unknown(event), by: event.tty ? 'learner' : 'machine' };
    const made = madeByClone(event, parent);
    this.#did(event, parent.command, 'made', made);
    return {
      ...parent,
      ns: sameOr(parent.ns, event.ns),
      pidForChildren: event.pidForChildren,
      made: union(parent.made, made),
      by: parent.by === 'login' ? 'learner' : parent.by,
    };
  }

  #exec(event: ExecEvent, process: Followed): void {
    const { at, seq, pid, parent, pids, uid, tty, argv, file, pidForChildren } = event;
    const ns = sameOr(process.ns, event.ns);
    const program = this.#programOf(event);
    const from = process.command?.seq ?? null;
    const line = lineOf(event, process);
    if (process.command) process.command.ledTo = process.command.pid === pid ? 'exec' : 'child';
    const { entered, made } = process;
    // A login shell that is replaced was replaced by what somebody typed.
    const who = process.by === 'login' && process.command ? 'learner' : process.by;
    const runs = program !== null && runtimePrograms.has(program);
    const by = who === 'learner' && runs ? 'runtime' : who;
    // Written out: one that others are spread into takes twice the memory.
    const command: CommandView = {
      seq,
      at,
      pid,
      parent,
      pids,
      uid,
      tty,
      argv,
      file,
      program,
      ns,
      pidForChildren,
      entered,
      made,
      by,
      from,
      line,
      failed: null,
      ledTo: null,
      exit: null,
    };
    this.#commands.push(command);
    this.#lines?.add(command);
    this.#follow(pid, { ...process, command, ns, pidForChildren, by });
  }

  #exit(event: Extract<KernelEvent, { type: 'exit' }>, process: Followed): void {
    this.#processes.delete(event.pid);
    const { code, signal } = event;
    if (process.command?.pid === event.pid) process.command.exit = { code, signal };
    else if (code !== null && notExecuted.includes(code) && isShell(process.command))
      this.#notFound(event, process, code);
  }

  /** A shell's child that was to execute a program, and ended since there is none. */
  #notFound(event: KernelEvent, process: Followed, code: number): void {
    const { at, seq, pid, parent, pids, uid, tty, ns, pidForChildren } = event;
    const { entered, made, by } = process;
    this.#commands.push({
      ...{ seq, at, pid, parent, pids, uid, tty, ns, pidForChildren },
      ...{ argv: [], file: '', program: null, entered, made, by },
      ...{ from: process.command?.seq ?? null, line: null, failed: null, ledTo: null },
      exit: { code, signal: null },
    });
  }

  #did(
    event: KernelEvent,
    command: CommandView | null,
    what: 'made' | 'entered',
    kinds: NamespaceKind[],
  ): void {
    if (!this.#deeds || !command || command.line === null || kinds.length === 0) return;
    const { line } = command;
    const typed = this.#commands.findLast(({ seq }) => seq === line) ?? command;
    this.#deeds.note({ event, what, kinds, command, typed });
  }

  #follow(pid: number, process: Followed): void {
    this.#processes.set(pid, process);
    if (this.#processes.size <= keptProcesses) return;
    const [oldest] = this.#processes.keys();
    if (oldest !== undefined) this.#processes.delete(oldest);
  }
}

/** A process whose beginning was not seen. What executes without one came in from outside. */
function unknown({ ns, pidForChildren, tty }: KernelEvent): Followed {
  const by = tty ? 'login' : 'machine';
  return { command: null, ns, pidForChildren, entered: [], made: [], by };
}

/** Of a command that a process executes: what a learner's shell forks or is replaced by was typed there. */
function lineOf({ seq, argv }: ExecEvent, { command, by }: Followed): number | null {
  if (!command) return by === 'learner' ? seq : null;
  if (!isPrompt(command) || !['login', 'learner'].includes(command.by)) return command.line;
  return isProfile(argv, command) ? null : seq;
}

/** The first that a login shell executes: Debian's /etc/profile asks for whom it is. */
const isProfile = (argv: string[], shell: CommandView): boolean =>
  shell.ledTo === null && isLogin(shell) && argv.join(' ') === 'id -u';

/** Notes what a setns(2) or unshare(2) did, on the process and on the command it belongs to. */
function noteChange(
  event: Extract<KernelEvent, { type: 'setns' | 'unshare' }>,
  process: Followed,
): void {
  const { command } = process;
  if (event.errno !== 0) {
    if (command) command.failed = { call: event.type, errno: event.errno };
    return;
  }
  if (event.type === 'setns') process.entered = union(process.entered, event.changed);
  else process.made = union(process.made, event.kinds);
  if (!command) return;
  command.entered = union(command.entered, process.entered);
  command.made = union(command.made, process.made);
}

/** A child in other namespaces than its parent, and not where the parent's children were to go, was cloned so. */
function madeByClone({ ns }: ForkEvent, parent: Followed): NamespaceKind[] {
  return (Object.keys(ns) as NamespaceKind[]).filter((kind) =>
    kind === 'pid'
      ? ns.pid !== parent.ns.pid && ns.pid !== parent.pidForChildren
      : kind !== 'time' && ns[kind] !== parent.ns[kind],
  );
}

const union = <T>(a: T[], b: T[]): T[] =>
  b.every((one) => a.includes(one)) ? a : [...new Set([...a, ...b])];

/** Hundreds of commands are kept for each of hundreds of machines, and nearly all stand where their parent does. */
const sameOr = (known: KernelEvent['ns'], ns: KernelEvent['ns']): KernelEvent['ns'] =>
  (Object.keys(ns) as NamespaceKind[]).every((kind) => ns[kind] === known[kind]) ? known : ns;
