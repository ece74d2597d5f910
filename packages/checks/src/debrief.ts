import type {
  CheckSpec,
  CheckVerdict,
  CommandView,
  Evidence,
  NamespaceKind,
  PathLine,
} from '@tatami/protocol';
import { commandText, notExecuted } from './command-line.ts';
import { type CommandLine, endOf, isPrompt, lineText, togetherMs } from './command-lines.ts';

/** The service that an incident is about, as it was seen at some moment: it may be started anew. */
export interface SeenTarget {
  name: string;
  ns: Record<NamespaceKind, number>;
  /** The machine's PIDs of its own processes. */
  pids: number[];
}

/** What a learner's lines are looked back on with. */
export interface DebriefScene {
  lines: CommandLine[];
  /** Of the step: the parts of its flow. */
  checks: readonly CheckSpec[];
  verdicts: CheckVerdict[];
  targets: SeenTarget[];
  machine: Record<NamespaceKind, number> | undefined;
}

const lists = new Set('ps pgrep pidof pstree top lsns'.split(' '));
const looksOfDocker = 'ps container ls inspect logs top stats port'.split(' ');
/** What ends a look that would go on: Ctrl-C, timeout(1). */
const stopped = [130, 124];

/** With what is asked of every word of every line: the runner serves others meanwhile. */
interface Scene extends DebriefScene {
  /** PIDs of the targets, as they are typed. */
  pids: Set<string>;
}

/** The learner's way through an incident, with what each line ticked, and whether it helped. */
export function pathOf(asked: DebriefScene): PathLine[] {
  const { lines, targets } = asked;
  const scene = { ...asked, pids: new Set(targets.flatMap(({ pids }) => pids.map(String))) };
  const ticks = ticksOf(scene);
  const helpful = helpfulOf(scene, ticks);
  return lines.map((line) => ({
    at: new Date(line.typed.at).toISOString(),
    command: lineText(line),
    exitCode: codeOf(endOf(line.typed, line.more)),
    ticked: ticks.get(line) ?? [],
    helped: helpful.has(line),
  }));
}

/** From the last line to the first: one that fed its next helped as that did. */
function helpfulOf(scene: Scene, ticks: Map<CommandLine, string[]>): Set<CommandLine> {
  const { lines } = scene;
  const helpful = new Set<CommandLine>();
  const knownFrom = lines.findIndex((line) => namesTarget(line, scene));
  for (const [index, line] of [...lines.entries()].reverse()) {
    const pidIsKnown = knownFrom !== -1 && index > knownFrom;
    const next = lines[index + 1];
    const fedHelp = next !== undefined && helpful.has(next) && feeds(line, next);
    if (fedHelp || ticks.has(line) || looks(line, pidIsKnown, scene)) helpful.add(line);
  }
  return helpful;
}

/** `$(pgrep java)` is executed right before the line that it is a part of. */
const feeds = (line: CommandLine, next: CommandLine): boolean =>
  ['pgrep', 'pidof'].includes(line.typed.program ?? '') &&
  codeOf(endOf(line.typed, line.more)) === 0 &&
  line.typed.parent === next.typed.parent &&
  next.typed.at - line.typed.at < togetherMs;

const codeOf = (exit: CommandView['exit']): number | null => exit?.code ?? null;
const all = ({ typed, more }: CommandLine): CommandView[] => [typed, ...more];

function ticksOf(scene: Scene): Map<CommandLine, string[]> {
  const { checks, verdicts } = scene;
  const ticks = new Map<CommandLine, string[]>();
  for (const { checkId, verdict } of verdicts) {
    const check = checks.find(({ id }) => id === checkId);
    if (verdict.status !== 'passed' || !check) continue;
    const line = tickedBy(check, verdict.evidence, scene);
    if (line) ticks.set(line, [...(ticks.get(line) ?? []), checkId]);
  }
  return ticks;
}

/** The last line before the tick that executed, or is, what the evidence names; or that dealt with the service. */
function tickedBy(
  check: CheckSpec,
  { at, facts }: Evidence,
  scene: Scene,
): CommandLine | undefined {
  const before = scene.lines.filter(({ typed }) => typed.at <= Date.parse(at));
  const valueNamed = (name: string) => facts.findLast((fact) => fact.name === name)?.value;
  const command = valueNamed('command');
  if (command !== undefined)
    return before.findLast((line) => all(line).some(({ argv }) => commandText(argv) === command));
  const pid = valueNamed('pid-machine');
  if (pid !== undefined)
    return before.findLast((line) => all(line).some(({ pids }) => String(pids[0]) === pid));
  // An answer alone was typed into the form, and no line ticked it.
  if (!check.service) return undefined;
  return (
    before.findLast((line) => entersTarget(line, scene) || namesTarget(line, scene)) ??
    before.at(-1)
  );
}

/** It looked at the target, and was not refused. */
function looks(line: CommandLine, pidIsKnown: boolean, scene: Scene): boolean {
  if (entersTarget(line, scene)) return isInside(line);
  const exit = endOf(line.typed, line.more);
  const goesOn = exit === null || exit.signal === 2 || stopped.includes(exit.code ?? 0);
  if (namesTarget(line, scene) && (goesOn || exit.code === 0))
    return isDump(line) || !all(line).some(({ program }) => program === 'kill');
  if (exit?.code !== 0) return false;
  return asksDocker(line, scene.targets) || (!pidIsKnown && listsProcesses(line));
}

/** A namespace of the target that is not the machine's too, now or when it was last executed in. */
const entersTarget = (line: CommandLine, { targets, machine }: DebriefScene): boolean =>
  all(line).some(({ entered, ns }) =>
    entered.some(
      (kind) => ns[kind] !== machine?.[kind] && targets.some((one) => one.ns[kind] === ns[kind]),
    ),
  );

/** Something was executed there; how that ended is what the target answers. */
function isInside(line: CommandLine): boolean {
  const last = all(line).at(-1);
  if (!last) return false;
  if (last.program === 'nsenter') return codeOf(last.exit) === 0;
  return isPrompt(last) || !notExecuted.includes(codeOf(last.exit) ?? 0);
}

/** `kill -3` has a JVM print its threads; every other signal is no look. */
const isDump = (line: CommandLine): boolean =>
  line.typed.argv.some((word) => /^-(3|QUIT|SIGQUIT)$/.test(word));

const pidInWord = /(?:^|[=,]|^-[pt]|\/proc\/)(\d+)(?=$|[,/])/g;

/** An argument is its PID, or a path below /proc/PID, or holds one of them as an option's value. */
const namesTarget = (line: CommandLine, { pids }: Scene): boolean =>
  all(line).some(({ argv }) =>
    argv
      .slice(1)
      .some((word) => [...word.matchAll(pidInWord)].some(([, pid = '']) => pids.has(pid))),
  );

/** `docker logs shop` and the like; `exec` is the way around. */
function asksDocker({ typed, more }: CommandLine, targets: SeenTarget[]): boolean {
  const runtime = [typed, ...more].find(({ program }) => program === 'podman');
  const [verb, ...words] = runtime?.argv.slice(1).filter((word) => !word.startsWith('-')) ?? [];
  return looksOfDocker.includes(verb ?? '') && targets.some(({ name }) => words.includes(name));
}

function listsProcesses(line: CommandLine): boolean {
  const programs = all(line).map(({ program, argv: [word = ''] }) => program ?? word);
  if (programs.some((program) => lists.has(program.split('/').at(-1) ?? ''))) return true;
  const runtime = all(line).find(({ program }) => program === 'podman');
  return runtime?.argv.some((word) => looksOfDocker.includes(word)) ?? false;
}
