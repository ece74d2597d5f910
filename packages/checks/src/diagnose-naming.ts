import { type CommandView, type CommandWay, type ProcessView, programsOf } from '@tatami/protocol';
import { commandText } from './command-line.ts';
import { namingOf } from './named-process.ts';
import { type Fact, unmet } from './outcome.ts';

/** It named what it should, with one of the programs that look at it, and did so without failing. */
export function hasNamed(
  command: CommandView,
  way: CommandWay,
  target: ProcessView | null,
): boolean {
  if (way.names.length === 0) return true;
  if (!target || namingOf(way.names, command.argv, target) !== 'wanted') return false;
  const { exit, ledTo } = command;
  // While it runs nobody knows; what looks for long is mostly ended by Ctrl-C.
  return ledTo !== null || (exit !== null && (exit.code === 0 || exit.signal !== null));
}

/** What a command that should name something of the target named, or how it failed. */
export function diagnoseNaming(
  { argv, exit, ledTo, program }: CommandView,
  way: CommandWay,
  target: ProcessView | null,
): Fact | undefined {
  if (!target) return undefined;
  const naming = namingOf(way.names, argv, target);
  const command = commandText(argv);
  const programs = programsOf(way);
  const looks = programs.length === 0 || programs.includes(program ?? '');
  if (naming === 'wanted') {
    // What led to another command is told of by that one.
    if (!looks) return ledTo === null ? unmet('names-without-looking', { command }) : undefined;
    const code = exit?.code ?? 0;
    return code !== 0 && ledTo === null
      ? unmet('exit-code', { command, code, wanted: 0 })
      : undefined;
  }
  if (!looks || naming === null) return undefined;
  return naming === 'other-file'
    ? unmet('names-other-file', { command, wanted: way.names.join(', ') })
    : unmet('names-other', { command, pid: naming.other });
}
