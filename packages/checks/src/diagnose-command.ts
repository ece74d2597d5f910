import {
  type CommandView,
  type CommandWay,
  type KernelView,
  type NamespaceKind,
  type ProcessView,
  programsOf,
} from '@tatami/protocol';
import { commandText } from './command-line.ts';
import { diagnoseNaming } from './diagnose-naming.ts';
import {
  asTyped,
  diagnoseNsenter,
  isDockerExec,
  notFoundOrRefused,
  originOf,
} from './diagnose-tools.ts';
import { type Fact, unmet } from './outcome.ts';

/** Programs that look at what a kind of namespace isolates; run outside, they show the machine's. */
const lookers: Partial<Record<NamespaceKind, string[]>> = {
  net: ['ip', 'ping', 'ss', 'dig', 'curl', 'tcpdump', 'nc', 'tracepath', 'nft', 'host', 'nslookup'],
  mnt: [
    'ls',
    'cat',
    'find',
    'less',
    'more',
    'head',
    'tail',
    'grep',
    'mount',
    'findmnt',
    'tree',
    'df',
  ],
  uts: ['hostname', 'uname', 'hostnamectl'],
  pid: ['ps', 'pgrep', 'pstree', 'top'],
  ipc: ['ipcs', 'lsipc'],
};

/** Of these, those that look at what is piped into them unless a file is named. */
const filters = ['cat', 'less', 'more', 'head', 'tail', 'grep'];

interface Question {
  wanted: CommandWay;
  view: KernelView;
  target: ProcessView | null;
}

/**
 * Why none of these commands is the one: what the newest command that was an attempt did instead, at the
 * first of the ways that have something to say. Undefined when none was an attempt.
 */
export function diagnoseCommand(
  ways: CommandWay[],
  view: KernelView,
  target: ProcessView | null,
  commands: CommandView[],
): Fact | undefined {
  for (const command of commands.toReversed())
    for (const wanted of ways) {
      const reason = judge(command, { wanted, view, target });
      if (reason) return reason;
    }
  return undefined;
}

/** It came into these namespaces by setns(2): what was born in the target, as its own program is, did not. */
export const hasEntered = ({ entered }: CommandView, { sameAsTarget }: CommandWay): boolean =>
  sameAsTarget.every((kind) => entered.includes(kind));

function judge(command: CommandView, question: Question): Fact | undefined {
  const { wanted, view, target } = question;
  const aboutTarget = wanted.sameAsTarget.length > 0 || wanted.names.length > 0;
  if (command.by === 'runtime')
    return isDockerExec(command, view) && aboutTarget
      ? unmet('docker-exec', asTyped(command, view))
      : undefined;
  if (command.by !== 'learner') return undefined;
  return (
    (wanted.names.length > 0
      ? diagnoseNaming(command, wanted, target)
      : placed(command, question)) ??
    (command.program === 'nsenter' ? diagnoseNsenter(command, view) : undefined) ??
    notFoundOrRefused(command) ??
    otherTool(command, question)
  );
}

/** A program that was executed in namespaces of others: which ones, against which were wanted. */
function placed(command: CommandView, { wanted, view, target }: Question): Fact | undefined {
  if (command.program === 'nsenter' || command.argv.length === 0) return undefined;
  const params = { command: commandText(command.argv) };
  const { machine } = view;
  const away = command.entered.filter((kind) => command.ns[kind] !== machine.ns[kind]);
  const inTarget = (kind: NamespaceKind) =>
    target !== null && command.ns[kind] === target.ns[kind] && target.ns[kind] !== machine.ns[kind];
  if (away.length > 0 && target) {
    if (!away.some(inTarget)) return unmet('entered-stranger', params);
    if (!wanted.sameAsTarget.every(inTarget)) {
      const kinds = away.filter(inTarget).join(', ');
      return unmet('entered-other', { ...params, kinds, wanted: wanted.sameAsTarget.join(', ') });
    }
    const extra = wanted.sameAsMachine.filter(inTarget);
    const own = (Object.keys(target.ns) as NamespaceKind[]).filter(
      (kind) => target.ns[kind] !== machine.ns[kind],
    );
    if (extra.length > 0 && own.every(inTarget)) return unmet('entered-all', params);
    if (extra.length > 0) return unmet('entered-extra', { ...params, kinds: extra.join(', ') });
  }
  const here = wanted.sameAsTarget.every(inTarget);
  if (!here || !hasEntered(command, wanted)) return undefined;
  return wrongProgram(command, wanted) ?? wrongEnd(command, wanted);
}

function wrongProgram({ argv, file, program }: CommandView, wanted: CommandWay): Fact | undefined {
  const programs = programsOf(wanted);
  if (programs.length === 0 || programs.includes(program ?? '')) return undefined;
  const command = commandText(argv);
  const named = programs.includes(file.split('/').at(-1) ?? '');
  // Where no namespace is asked for, only what bears the name is an attempt.
  if (!named && wanted.sameAsTarget.length === 0) return undefined;
  return unmet('program-other', { command, wanted: programs.join(', ') });
}

function wrongEnd(command: CommandView, wanted: CommandWay): Fact | undefined {
  const { argv, exit, ledTo, program } = command;
  if (wanted.exitCode === undefined || !exit || ledTo === 'exec') return undefined;
  const programs = programsOf(wanted);
  if (programs.length > 0 && !programs.includes(program ?? '')) return undefined;
  const code = exit.code ?? 128 + (exit.signal ?? 0);
  if (code === wanted.exitCode) return undefined;
  return unmet('exit-code', { command: commandText(argv), code, wanted: wanted.exitCode });
}

/** Something that cannot lead there. */
function otherTool(command: CommandView, { wanted, view }: Question): Fact | undefined {
  const params = { command: commandText(command.argv) };
  if (command.entered.length > 0 || wanted.sameAsTarget.length === 0) return undefined;
  if (command.program === 'unshare') return unmet('used-unshare', params);
  // What another tool made or placed is that tool's to explain.
  if (command.made.length > 0 || originOf(command, view)?.program === 'nsenter') return undefined;
  const name = command.program ?? command.file.split('/').at(-1) ?? '';
  if (filters.includes(name) && !command.argv.some((word, at) => at > 0 && word.startsWith('/')))
    return undefined;
  const looks = wanted.sameAsTarget.some((kind) => lookers[kind]?.includes(name));
  return looks ? unmet('outside', params) : undefined;
}
