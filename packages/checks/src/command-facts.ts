import {
  type CommandFacts,
  type CommandView,
  type CommandWay,
  type KernelView,
  type ProcessView,
  programsOf,
  waysOf,
} from '@tatami/protocol';
import { commandText } from './command-line.ts';
import { diagnoseCommand, hasEntered } from './diagnose-command.ts';
import { hasNamed } from './diagnose-naming.ts';
import { type Fact, met, unmet, unseen } from './outcome.ts';
import { seenNamespace } from './process-facts.ts';

/** What the check wants to have been executed since the step began, one after the other. */
export function commandPart(
  wanted: CommandFacts[],
  view: KernelView,
  target: ProcessView | null,
): Fact[] {
  if (wanted.length === 0) return [];
  const { history } = view;
  if (!history) return [unseen('events-off')];
  const facts: Fact[] = [];
  let rest = history.commands;
  for (const one of wanted) {
    const ways = waysOf(one);
    const wayOf = (command: CommandView) => ways.find((way) => fulfils(way, command, view, target));
    const at = rest.findIndex((command) => wayOf(command) !== undefined);
    const command = rest[at];
    const way = command && wayOf(command);
    if (!way) {
      const lost = history.lost > 0 ? unseen('events-lost', { count: history.lost }) : undefined;
      return [...facts, lost ?? diagnoseCommand(ways, view, target, rest) ?? unmet('no-command')];
    }
    facts.push(met(...seen(way, command)));
    rest = rest.slice(at + 1);
  }
  return facts;
}

/** The learner's own doing, with the namespaces and the end that are wanted. */
function fulfils(
  wanted: CommandWay,
  command: CommandView,
  view: KernelView,
  target: ProcessView | null,
): boolean {
  if (command.by !== 'learner' || command.argv.length === 0) return false;
  const programs = programsOf(wanted);
  if (programs.length > 0 && !programs.includes(command.program ?? '')) return false;
  if (wanted.exitCode !== undefined && command.exit?.code !== wanted.exitCode) return false;
  return (
    hasEntered(command, wanted) &&
    hasNamed(command, wanted, target) &&
    wanted.sameAsTarget.every((kind) => command.ns[kind] === target?.ns[kind]) &&
    wanted.sameAsMachine.every((kind) => command.ns[kind] === view.machine.ns[kind])
  );
}

function seen(wanted: CommandWay, command: CommandView) {
  const code = command.exit?.code;
  return [
    { name: 'command', value: commandText(command.argv) },
    ...(command.entered.length > 0 ? [{ name: 'entered', value: command.entered.join(', ') }] : []),
    ...[...wanted.sameAsTarget, ...wanted.sameAsMachine].map((kind) =>
      seenNamespace(kind, command.ns[kind]),
    ),
    ...(wanted.exitCode !== undefined ? [{ name: 'exit-code', value: String(code) }] : []),
  ];
}
