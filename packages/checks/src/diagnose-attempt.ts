import type { CommandView, KernelView, NamespaceKind, ProcessFacts } from '@tatami/protocol';
import { commandText, hasOption } from './command-line.ts';
import { asTyped, diagnoseNsenter, isDockerExec, notFoundOrRefused } from './diagnose-tools.ts';
import { type Fact, unmet } from './outcome.ts';

const shells = ['bash', 'dash', 'sh', 'su'];

/**
 * Why no process is what the check wants, from what was executed since the step began: the newest
 * attempt tells. Undefined when nothing was an attempt, or nobody saw it.
 */
export function diagnoseAttempt(wanted: ProcessFacts, view: KernelView): Fact | undefined {
  for (const command of view.history?.commands.toReversed() ?? []) {
    if (command.by !== 'learner' && command.by !== 'runtime') continue;
    const reason =
      wanted.sameAsTarget.length > 0
        ? enteringAttempt(command, wanted, view)
        : makingAttempt(command, wanted, view);
    if (reason) return reason;
  }
  return undefined;
}

/** The check wants a process in namespaces that exist already. */
function enteringAttempt(
  command: CommandView,
  wanted: ProcessFacts,
  view: KernelView,
): Fact | undefined {
  const params = { command: commandText(command.argv) };
  if (isDockerExec(command, view)) return unmet('docker-exec', asTyped(command, view));
  if (command.by === 'runtime') return undefined;
  if (command.program === 'nsenter')
    return diagnoseNsenter(command, view) ?? enteredAndLeft(command, wanted);
  if (command.program === 'unshare' && command.ledTo !== null) return unmet('used-unshare', params);
  return notFoundOrRefused(command);
}

function enteredAndLeft(command: CommandView, { sameAsTarget }: ProcessFacts): Fact | undefined {
  const missing = sameAsTarget.filter((kind) => !command.entered.includes(kind));
  if (missing.length > 0) return unmet('not-in-target', { kinds: missing.join(', ') });
  return command.exit ? unmet('ended', { command: commandText(command.argv) }) : undefined;
}

/** The check wants a process in namespaces of its own. */
function makingAttempt(
  command: CommandView,
  wanted: ProcessFacts,
  view: KernelView,
): Fact | undefined {
  const params = { command: commandText(command.argv) };
  if (command.program === 'podman' && ['run', 'exec'].includes(command.argv[1] ?? ''))
    return unmet('used-docker', asTyped(command, view));
  if (command.by === 'runtime') return undefined;
  if (command.program === 'nsenter') return unmet('used-nsenter', params);
  const refused = notFoundOrRefused(command);
  if (refused) return refused;
  if (command.program === 'unshare' && command.ledTo !== null) return unshared(command, wanted);
  const outside = command.made.length === 0 && command.entered.length === 0;
  if (outside && shells.includes(command.program ?? '')) return unmet('plain-shell', params);
  return undefined;
}

/** What an unshare(1) that has ended lacked, or had too much. */
function unshared(command: CommandView, wanted: ProcessFacts): Fact {
  const { argv, made, ledTo } = command;
  const forked = ledTo === 'child';
  if (wanted.pidForChildren === 'new' && made.includes('pid') && forked) return unmet('pid-forked');
  // Without a fork nobody is in the new pid namespace, whatever was made.
  const kinds =
    wanted.pidForChildren === 'new' ? [...wanted.differs, 'pid' as const] : wanted.differs;
  const missing = kinds.filter((kind) => !made.includes(kind));
  if (wanted.ownProc && missing.length === 1 && missing[0] === 'mnt') return unmet('proc-not-own');
  if (missing.length > 0) return unmet('no-namespace', { kinds: missing.join(', ') });
  if (wanted.innerPid !== undefined && !forked) return unmet('pid-not-forked');
  const extra = made.filter((kind) => extraKinds(wanted).includes(kind));
  if (extra.length > 0) return unmet('namespace-extra', { kinds: extra.join(', ') });
  if (wanted.ownProc && !hasOption(argv, 'mount-proc')) return unmet('proc-not-own');
  return unmet('ended', { command: commandText(argv) });
}

const extraKinds = ({ same, pidForChildren }: ProcessFacts): NamespaceKind[] =>
  pidForChildren === 'new' ? same.filter((kind) => kind !== 'pid') : same;
