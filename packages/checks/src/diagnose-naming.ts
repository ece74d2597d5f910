import { type CommandView, type CommandWay, type ProcessView, programsOf } from '@tatami/protocol';
import { commandText } from './command-line.ts';
import { namingOf } from './named-process.ts';
import { type Fact, unmet } from './outcome.ts';

/** With these a program prints its manual and looks at nothing. */
const manual = ['--help', '--version'];

/** One of the programs that look at it, and not at its own manual. */
function looks({ argv, program }: CommandView, way: CommandWay): boolean {
  const programs = programsOf(way);
  const isOne = programs.length === 0 || programs.includes(program ?? '');
  return isOne && !argv.some((word) => manual.includes(word));
}

/** It named what it should, with one of the programs that look at it, and did so without failing. */
export function hasNamed(
  command: CommandView,
  way: CommandWay,
  target: ProcessView | null,
): boolean {
  if (way.names.length === 0) return true;
  if (!target || !looks(command, way)) return false;
  if (namingOf(way.names, command.argv, target) !== 'wanted') return false;
  const { exit, ledTo } = command;
  // While it runs nobody knows; what looks for long is mostly ended by Ctrl-C.
  return ledTo !== null || (exit !== null && (exit.code === 0 || exit.signal !== null));
}

/** What a command that should name something of the target named, or how it failed. */
export function diagnoseNaming(
  named: CommandView,
  way: CommandWay,
  target: ProcessView | null,
): Fact | undefined {
  if (!target) return undefined;
  const { argv, exit, ledTo } = named;
  const naming = namingOf(way.names, argv, target);
  const command = commandText(argv);
  const isLook = looks(named, way);
  if (naming === 'wanted') {
    // What led to another command is told of by that one.
    if (!isLook) return ledTo === null ? unmet('names-without-looking', { command }) : undefined;
    const code = exit?.code ?? 0;
    return code !== 0 && ledTo === null
      ? unmet('exit-code', { command, code, wanted: 0 })
      : undefined;
  }
  if (!isLook || naming === null) return undefined;
  return naming === 'other-file'
    ? unmet('names-other-file', { command, wanted: way.names.join(', ') })
    : unmet('names-other', { command, pid: naming.other });
}
