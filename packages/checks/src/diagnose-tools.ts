import type { CommandView, KernelView } from '@tatami/protocol';
import { commandText, notExecuted, nsenterOptions } from './command-line.ts';
import { type Fact, unmet } from './outcome.ts';

/** errno(3): the caller lacks the capability. */
const EPERM = 1;

const text = ({ argv }: CommandView) => ({ command: commandText(argv) });

/** `docker exec`, and what does it by hand: `podman exec`, `crun exec`. */
export const isDockerExec = (command: CommandView, view: KernelView): boolean =>
  ['podman', 'crun', 'runc'].includes(command.program ?? '') &&
  originOf(command, view)?.by !== 'runtime' &&
  command.argv.find((word, at) => at > 0 && !word.startsWith('-')) === 'exec';

/** The command that executed this one in its place, or whose child did. */
export const originOf = (command: CommandView, { history }: KernelView): CommandView | undefined =>
  history?.commands.find(({ seq }) => seq === command.from);

/** The `docker` that a runtime's command came from, as the learner typed it. */
export function asTyped(command: CommandView, view: KernelView): { command: string } {
  const origin = originOf(command, view);
  if (origin && ['docker', 'sudo'].includes(origin.program ?? '')) {
    const { command: typed } = asTyped(origin, view);
    if (origin.program === 'docker' || typed.startsWith('docker')) return { command: typed };
  }
  return text(command);
}

const isRoot = ({ uid }: CommandView, view: KernelView): boolean => uid === view.machine.uid;

/** What an nsenter(1) that led nowhere, or to the machine itself, did wrong. */
export function diagnoseNsenter(command: CommandView, view: KernelView): Fact | undefined {
  const params = text(command);
  const { target, kinds, byFile } = nsenterOptions(command.argv);
  const code = command.exit?.code ?? 0;
  const moved = command.entered.length > 0;
  if (target === null && !byFile && !moved) return unmet('nsenter-no-target', params);
  // An empty variable: the next option was taken for the number.
  if (target?.startsWith('-')) return unmet('nsenter-no-process', { ...params, pid: target });
  if (kinds.length === 0 && !moved) return unmet('nsenter-no-kinds', params);
  if (command.ledTo === null && notExecuted.includes(code))
    return unmet('nsenter-command-missing', params);
  if (code !== 0 && command.ledTo === null) {
    if (!isRoot(command, view)) return unmet('nsenter-not-root', params);
    if (target !== null && !exists(target, view))
      return unmet('nsenter-no-process', { ...params, pid: target });
    return unmet('command-failed', { ...params, code });
  }
  if (!moved && command.ledTo !== null) return unmet('entered-machine', params);
  return undefined;
}

/** A process of this number, as the machine counts them. */
const exists = (pid: string, { machine, processes }: KernelView): boolean =>
  [machine, ...processes].some(({ pids }) => String(pids[0]) === pid);

/** A command that does not exist, or that sudo(8) or unshare(1) would not or could not execute. */
export function notFoundOrRefused(command: CommandView): Fact | undefined {
  const { argv, exit, ledTo, program, failed } = command;
  const code = exit?.code;
  if (argv.length === 0) return unmet('not-found');
  if (code === undefined || code === null || code === 0 || ledTo !== null) return undefined;
  if (program === 'sudo') return unmet('command-failed', { ...text(command), code });
  if (program !== 'unshare') return undefined;
  if (failed?.errno === EPERM) return unmet('unshare-not-root', text(command));
  if (notExecuted.includes(code)) return unmet('command-missing', text(command));
  return unmet('command-failed', { ...text(command), code });
}
